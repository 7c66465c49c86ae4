"""Records that are not decided: those that an operator skips, and those that are too large or were not unpacked.

In: the skips that operators have written, read when a partition opens. Out: a :class:`RefusedError`, so that the record
becomes a dead letter, or a :class:`RecordDamagedError`, which stops the partition until an operator skips the record.
A skip holds for one offset. It also holds for a record that ends the process, because it is read before any record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from aiokafka.structs import TopicPartition

from workers.engine.api import RefusedError
from workers.engine.partitioner import partition_of
from workers.engine.state_errors import RecordDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiokafka import AIOKafkaConsumer

    from workers.engine.api import Record

_POLL_MS = 200


class Skip(msgspec.Struct, frozen=True):
    """An operator's order not to decide one record."""

    topic: str
    partition: int
    offset: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class SkipSource:
    """The topic with the operators' actions. Its records are partitioned by the decimal number of the record's partition."""

    topic: str
    decode: Callable[[bytes], Skip | None]
    """Returns the skip in a record's value, or None if it holds another action or cannot be read."""

    def place(self, partition: int, partitions: int) -> TopicPartition:
        """Return the partition of the topic that holds the skips for a partition of the sources."""
        return TopicPartition(self.topic, partition_of(str(partition).encode(), partitions))


@dataclass(frozen=True, slots=True)
class Skips:
    """The skips of one partition, by topic and offset."""

    by_place: Mapping[tuple[str, int], Skip] = field(default_factory=dict)

    def check(self, record: Record, most_bytes: int) -> None:
        """Raise RefusedError if the record is not to be decided, and RecordDamagedError if it stops the partition."""
        value = record.value
        is_read = record.unread is None and (value is None or len(value) <= most_bytes)
        if is_read and not self.by_place:  # nearly always
            return
        skip = self.by_place.get((record.topic, record.offset))
        if skip is not None:
            raise RefusedError("skipped", f"skipped by {skip.by}: {skip.why}")
        if record.unread is not None:
            if not record.unread.reason:
                raise RecordDamagedError(record.topic, record.partition, record.offset, record.unread.detail)
            raise RefusedError(record.unread.reason, record.unread.detail)
        if value is not None and len(value) > most_bytes:
            raise RefusedError("too_large", f"{len(value)} bytes, at most {most_bytes} are read")

    def stops_at(self, record: Record) -> bool:
        """Whether the record stops the partition."""
        is_damaged = record.unread is not None and not record.unread.reason
        return is_damaged and (record.topic, record.offset) not in self.by_place


async def read_skips(
    consumer: AIOKafkaConsumer, where: TopicPartition, end: int, source: SkipSource
) -> Skips:
    """Read all skips up to ``end``, the end of the partition ``where``."""
    if not end:
        return Skips()
    consumer.assign([where])
    await consumer.seek_to_beginning(where)
    found: dict[tuple[str, int], Skip] = {}
    while await consumer.position(where) < end:
        for record in (await consumer.getmany(where, timeout_ms=_POLL_MS)).get(where, ()):
            skip = source.decode(record.value or b"")
            if skip is not None:
                found[skip.topic, skip.offset] = skip
    return Skips(found)
