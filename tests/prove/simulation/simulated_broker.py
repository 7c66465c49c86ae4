"""A Kafka cluster in memory: partitions, the coordinator of transactions, and the coordinator of the group.

Simulated is what the engine relies on:

- The decision about a transaction precedes its markers. Meanwhile its producer is answered CONCURRENT_TRANSACTIONS.
- InitProducerId aborts the open transaction of its transactional id and fences the earlier producer. So does the time-out.
- With the second transaction version (KIP-890) a write adds its partition, and every end gives the producer a new epoch.
- A static member that joins again keeps the generation. Its former member id is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka.errors import UnknownTopicOrPartitionError

from tests.prove.simulation.simulated_log import (
    INVALID_PRODUCER_EPOCH,
    INVALID_TXN_STATE,
    NO_ERROR,
    HangingTransactionError,
    PartitionLog,
    Place,
    Transaction,
    Written,
)

CONCURRENT_TRANSACTIONS: Final = 51
UNKNOWN_MEMBER_ID: Final = 25
ILLEGAL_GENERATION: Final = 22
FENCED_INSTANCE_ID: Final = 82
Identity = tuple[int, int]
"""Id and epoch of a producer."""
Member = tuple[int, str, str | None]
"""Generation, member id and instance id, as a request names them."""


class _Producer:
    """The state of one transactional id at its coordinator."""

    def __init__(self, producer_id: int) -> None:
        self.id, self.epoch = producer_id, -1
        self.latest: Transaction | None = None

    @property
    def open(self) -> Transaction | None:
        """The transaction that is not complete. Only one at a time, as in Kafka."""
        return self.latest if self.latest is not None and not self.latest.is_complete else None


class Broker:
    """The cluster. Its methods are requests that a broker has received; each takes effect at once."""

    def __init__(
        self,
        partitions: int,
        transaction_timeout_s: float,
        *,
        verifies: bool = True,
        has_second_version: bool = False,
    ) -> None:
        """``verifies``: whether partitions ask the coordinator about a transaction (KIP-890, Kafka 3.6)."""
        self.partitions = partitions
        self.transaction_timeout_s = transaction_timeout_s
        self.verifies = verifies or has_second_version
        self.has_second_version = has_second_version
        """Whether the second transaction version is active (KIP-890, Kafka 4.0)."""
        self.logs: dict[Place, PartitionLog] = {}
        self.generation = 0
        self.members: dict[str, str | None] = {}
        """Member ids with their instance ids."""
        self.committed: dict[Place, int] = {}
        """The group's offsets, for lag monitors."""
        self._producers: dict[str, _Producer] = {}
        self._names: dict[int, str] = {}
        self.aborted = 0
        self.hanging: list[Place] = []
        """Partitions that would hold a record of no transaction, for which no marker ever comes."""
        self.reports: list[bytes] = []
        """The topic of the watermarks: what the workers report to each other."""

    # Topics.

    def create(self, topic: str, topic_id: str) -> None:
        """Create a topic, or create it again with another id and no records."""
        for partition in range(self.partitions):
            self.logs[topic, partition] = PartitionLog((topic, partition), topic_id)

    def log(self, place: Place) -> PartitionLog:
        """Return a partition. Raises UnknownTopicOrPartitionError."""
        if place not in self.logs:
            raise UnknownTopicOrPartitionError
        return self.logs[place]

    def produce(self, place: Place, timestamp: int, key: bytes | None, value: bytes | None) -> int:
        """Append a record of an ordinary producer. Return its offset."""
        return self.log(place).append((timestamp, key, value, ()))

    # Transactions.

    def init_producer(self, transactional_id: str) -> tuple[int, Identity]:
        """Abort the open transaction of the id, or return an error code and the new identity of its producer."""
        producer = self._producers.get(transactional_id)
        if producer is None:
            producer = self._producers[transactional_id] = _Producer(len(self._producers) + 1)
            self._names[producer.id] = transactional_id
        if producer.open is not None:
            if producer.open.commits is None:
                producer.epoch += 1
                self._decide(producer, commits=False)
            return CONCURRENT_TRANSACTIONS, (-1, -1)
        producer.epoch += 1
        return NO_ERROR, (producer.id, producer.epoch)

    def add(self, transactional_id: str, identity: Identity, places: Sequence[Place], now_s: float) -> int:
        """Add partitions to a transaction. Return an error code."""
        producer = self._producers[transactional_id]
        if identity != (producer.id, producer.epoch):
            return INVALID_PRODUCER_EPOCH
        transaction = producer.open
        if transaction is None:
            transaction = producer.latest = Transaction(transactional_id, *identity, now_s)
        elif transaction.commits is not None:
            return CONCURRENT_TRANSACTIONS
        transaction.unmarked.update(places)
        return NO_ERROR

    def write(
        self, identity: Identity, place: Place, sequence: int, records: Sequence[Written], now_s: float
    ) -> tuple[int, int]:
        """Append the records of the open transaction to one partition. Return an error code and the offset of the first."""
        if self.has_second_version:
            code = self.add(self._names[identity[0]], identity, (place,), now_s)
            if code != NO_ERROR:
                return code, -1
        transaction = self._of(identity[0])
        if self.verifies and (
            transaction is None or transaction.commits is not None or transaction.epoch != identity[1]
        ):
            return INVALID_TXN_STATE, -1
        if transaction is not None and place not in transaction.unmarked:
            transaction = None
        try:
            return self.log(place).write(transaction, identity, sequence, records)
        except HangingTransactionError:
            self.hanging.append(place)
            return INVALID_TXN_STATE, -1

    def end(self, transactional_id: str, identity: Identity, *, commits: bool) -> tuple[int, Identity]:
        """Decide the open transaction. Its markers follow with :meth:`mark`.

        Return an error code and the identity of the next transaction. A repeated request is recognised.
        """
        producer = self._producers[transactional_id]
        latest = producer.latest
        is_repeat = (
            self.has_second_version
            and latest is not None
            and latest.commits is commits
            and identity == (latest.producer_id, latest.epoch) == (producer.id, producer.epoch - 1)
        )
        if not is_repeat and identity != (producer.id, producer.epoch):
            return INVALID_PRODUCER_EPOCH, (-1, -1)
        if latest is None or latest.epoch != identity[1] or latest.commits not in {None, commits}:
            return INVALID_TXN_STATE, (-1, -1)
        if latest.commits is None:
            producer.epoch += self.has_second_version
            self._decide(producer, commits=commits)
            return NO_ERROR, (producer.id, producer.epoch)
        if not latest.is_complete:
            return CONCURRENT_TRANSACTIONS, (-1, -1)
        return NO_ERROR, (producer.id, producer.epoch)

    def without_markers(self) -> list[Transaction]:
        """Return the transactions that are decided and lack markers."""
        return [one for one in self._incomplete() if one.commits is not None]

    def mark(self, transaction: Transaction, place: Place) -> None:
        """Write the marker of a decided transaction into a partition."""
        transaction.unmarked.discard(place)
        self.log(place).mark(transaction)

    def time_out(self, now_s: float) -> None:
        """Abort the transactions that are open for longer than the time-out, and fence their producers."""
        for transaction in self._incomplete():
            if transaction.commits is None and now_s - transaction.began_s > self.transaction_timeout_s:
                self.init_producer(transaction.transactional_id)

    def is_open(self, transactional_id: str) -> bool:
        """Whether a transaction of this id is undecided."""
        producer = self._producers.get(transactional_id)
        return producer is not None and producer.open is not None and producer.open.commits is None

    # The group.

    def commit_offsets(self, member: Member, offsets: Mapping[Place, int]) -> bool:
        """Store offsets of the group for its lag. Return whether they were accepted: not from a former member."""
        if self.check_member(member) != NO_ERROR:
            return False
        self.committed.update(offsets)
        return True

    def check_member(self, member: Member) -> int:
        """Return an error code if the group does not count this member in this generation."""
        generation, member_id, instance_id = member
        if member_id not in self.members:
            is_replaced = instance_id is not None and instance_id in self.members.values()
            return FENCED_INSTANCE_ID if is_replaced else UNKNOWN_MEMBER_ID
        return NO_ERROR if generation == self.generation else ILLEGAL_GENERATION

    # Inside.

    def _incomplete(self) -> list[Transaction]:
        return [one.open for one in self._producers.values() if one.open is not None]

    def _of(self, producer_id: int) -> Transaction | None:
        return self._producers[self._names[producer_id]].open

    def _decide(self, producer: _Producer, *, commits: bool) -> None:
        transaction = producer.open
        if transaction is None:
            raise RuntimeError("no transaction is open")
        transaction.commits, transaction.marker_epoch = commits, producer.epoch
        self.aborted += not commits


def new_topic_id(number: int) -> str:
    """Return a topic id that follows from a number."""
    return uuid.UUID(int=number).hex
