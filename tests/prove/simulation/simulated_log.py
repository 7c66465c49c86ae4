"""One partition of the simulated broker: its records with their transactions, and what it knows of each producer.

- A transaction's records take their offsets when they are written. A marker at its end takes an offset too.
- A reader with `read_committed` sees nothing at or after the first offset of a transaction without a marker (the last stable
  offset), and skips aborted records.
- A batch is accepted once: its producer's epoch and sequence number are checked (KIP-98).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from workers.engine.api import Record

Place = tuple[str, int]
Written = tuple[int, bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]
"""Stamp, key, value and headers of a record to write."""
NO_ERROR: Final = 0
OUT_OF_ORDER_SEQUENCE: Final = 45
INVALID_PRODUCER_EPOCH: Final = 47
INVALID_TXN_STATE: Final = 48
_KNOWN_BATCHES: Final = 5


class HangingTransactionError(Exception):
    """A record was accepted that belongs to no transaction. No marker would ever follow it, and readers would wait for ever."""


class Stored(NamedTuple):
    """One record of a partition. A marker and an aborted record have an offset and are never delivered."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    transaction: Transaction | None = None
    is_marker: bool = False

    @property
    def is_committed(self) -> bool:
        """Whether the record is delivered to readers of committed records."""
        return not self.is_marker and (self.transaction is None or self.transaction.commits is True)


@dataclass(eq=False)
class Transaction:
    """One transaction. ``commits``: the coordinator's decision, None before it."""

    transactional_id: str
    producer_id: int
    epoch: int
    began_s: float
    unmarked: set[Place] = field(default_factory=set)
    """Partitions of the transaction that have no marker yet."""
    commits: bool | None = None
    marker_epoch: int = -1

    @property
    def is_complete(self) -> bool:
        """Whether it is decided and has all of its markers."""
        return self.commits is not None and not self.unmarked


@dataclass
class _KnownProducer:
    epoch: int = -1
    next_sequence: int = 0
    batches: list[tuple[int, int]] = field(default_factory=list)
    """Sequence number and offset of the latest batches."""


class PartitionLog:
    """One partition. ``begin`` is its first offset, ``end`` the offset after the last record."""

    def __init__(self, place: Place, topic_id: str) -> None:
        self.place, self.topic_id = place, topic_id
        self.records: list[Stored] = []
        self.begin = self.end = 0
        self.undecided: dict[Transaction, int] = {}
        """The first offset of each transaction without a marker here."""
        self._producers: dict[int, _KnownProducer] = {}

    def last_stable(self) -> int:
        """Return the last stable offset: the first one of a transaction without a marker here, else the end."""
        return min(self.undecided.values(), default=self.end)

    def append(
        self, record: Written, transaction: Transaction | None = None, *, is_marker: bool = False
    ) -> int:
        """Append one record. Return its offset."""
        self.records.append(Stored(*self.place, self.end, *record, transaction, is_marker))
        self.end += 1
        return self.end - 1

    def delete_all(self) -> None:
        """Delete all records, as retention does. The offsets continue."""
        self.records, self.begin = [], self.end

    def read(self, offset: int, most: int) -> tuple[list[Stored], int]:
        """Return at most ``most`` committed records from ``offset`` on, and the position after them."""
        stable = self.last_stable()
        found: list[Stored] = []
        position = offset
        for record in self.records[bisect_left(self.records, offset, key=_offset) :]:
            if record.offset >= stable or len(found) == most:
                return found, max(position, min(stable, record.offset))
            position = record.offset + 1
            if record.is_committed:
                found.append(record)
        return found, max(position, stable)

    def compact(self) -> None:
        """Remove records that a later one of the same key replaces, below the last stable offset. Offsets stay."""
        stable = self.last_stable()
        below = [record for record in self.records if record.offset < stable and record.is_committed]
        last = {record.key: record.offset for record in below}
        kept = [record for record in below if last[record.key] == record.offset]
        self.records = kept + [record for record in self.records if record.offset >= stable]

    def write(
        self,
        transaction: Transaction | None,
        producer: tuple[int, int],
        sequence: int,
        records: Sequence[Written],
    ) -> tuple[int, int]:
        """Append a batch of a transaction. Return an error code and the offset of its first record.

        ``producer``: its id and epoch. Raises HangingTransactionError if the batch is accepted but is part of no transaction.
        """
        producer_id, epoch = producer
        known = self._producers.setdefault(producer_id, _KnownProducer())
        if epoch < known.epoch:
            return INVALID_PRODUCER_EPOCH, -1
        if epoch > known.epoch:
            if sequence:
                return OUT_OF_ORDER_SEQUENCE, -1
            self._producers[producer_id] = known = _KnownProducer(epoch)
        for of_batch, offset in known.batches:
            if of_batch == sequence:
                return NO_ERROR, offset
        if sequence != known.next_sequence:
            return OUT_OF_ORDER_SEQUENCE, -1
        if transaction is None:
            raise HangingTransactionError(self.place)
        first = self.end
        self.undecided.setdefault(transaction, first)
        for record in records:
            self.append(record, transaction)
        known.next_sequence += len(records)
        known.batches = [*known.batches, (sequence, first)][-_KNOWN_BATCHES:]
        return NO_ERROR, first

    def mark(self, transaction: Transaction) -> None:
        """Append the marker of a decided transaction."""
        self.append((0, None, None, ()), transaction, is_marker=True)
        self.undecided.pop(transaction, None)
        known = self._producers.setdefault(transaction.producer_id, _KnownProducer())
        if transaction.marker_epoch > known.epoch:
            self._producers[transaction.producer_id] = _KnownProducer(transaction.marker_epoch)


def as_record(stored: Stored) -> Record:
    """Return a stored record as a task reads it."""
    return Record(
        stored.topic,
        stored.partition,
        stored.offset,
        stored.timestamp_ms,
        stored.key,
        stored.value,
        stored.headers,
    )


def _offset(record: Stored) -> int:
    return record.offset
