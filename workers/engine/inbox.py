"""The records that wait for one task: one queue per source, in order.

In: record batches as fetched. Out: the next record to decide, the one with the earliest stamp among the first records
of the queues. A batch that does not continue its queue without a gap is refused. The task bounds the queues.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.engine.control import TIMELESS_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workers.engine.api import Record
    from workers.engine.clocks import EdgeClock


class GapError(Exception):
    """A batch begins after the expected offset: a fetched batch was never delivered."""

    def __init__(self, topic: str, expected: int, start: int) -> None:
        super().__init__(f"{topic}: expected offset {expected}, the batch begins at {start}")
        self.topic = topic
        self.expected = expected


class Inbox:
    """Records waiting for one partition task."""

    def __init__(self, topics: Sequence[str], own_log: str = "", clock: EdgeClock | None = None) -> None:
        """``topics`` are ordered by rank. ``clock`` bounds the stamp of each record; only agents at the edge have one."""
        self._waiting: dict[str, deque[Record]] = {topic: deque() for topic in topics}
        self._bytes: dict[str, int] = dict.fromkeys(topics, 0)
        self.expected: dict[str, int] = dict.fromkeys(topics, 0)
        self._own_log = own_log
        self._clock = clock

    def expect(self, topic: str, offset: int) -> None:
        """Start a source at ``offset`` and drop its waiting records."""
        self._waiting[topic].clear()
        self._bytes[topic] = 0
        self.expected[topic] = offset

    def offer(self, topic: str, start: int, records: Iterable[Record]) -> None:
        """Add a fetched batch; records that were added before are skipped. Raises GapError if it begins after the expected offset."""
        expected = self.expected[topic]
        if start > expected:
            raise GapError(topic, expected, start)
        queue = self._waiting[topic]
        size = 0
        for record in records:
            if record.offset < expected:
                continue
            queue.append(record if self._clock is None else self._bounded(record, self._clock))
            size += len(record.value or b"") + len(record.key or b"")
            expected = record.offset + 1
        self._bytes[topic] += size
        self.expected[topic] = expected

    def count(self, topic: str) -> int:
        """Return the number of records that wait in one source."""
        return len(self._waiting[topic])

    def size(self, topic: str) -> int:
        """Return the size of the keys and values that wait in one source. Bytes."""
        return self._bytes[topic]

    def total(self, topics: Iterable[str]) -> int:
        """Return the number of records that wait in these sources."""
        return sum(len(self._waiting[topic]) for topic in topics)

    def first_offset(self, topic: str) -> int | None:
        """Return the offset of the first waiting record of a source, or None."""
        first = self._first(topic)
        return None if first is None else first.offset

    def first_stamp_ms(self, topic: str) -> int | None:
        """Return the stamp of the first waiting record of a source, or None. Milliseconds UTC."""
        first = self._first(topic)
        return None if first is None else first.timestamp_ms

    def _first(self, topic: str) -> Record | None:
        """Return the first waiting record. The thread of the metrics page asks too, while the task takes records out."""
        try:
            return self._waiting[topic][0]
        except IndexError:
            return None

    def spans(self, topics: Iterable[str], most: int) -> dict[str, tuple[int, int]]:
        """Return, per source, the first and last offset that a batch of at most ``most`` records may take."""
        found = {}
        for topic in topics:
            queue = self._waiting[topic]
            if queue:
                found[topic] = (queue[0].offset, queue[min(most, len(queue)) - 1].offset)
        return found

    def peek(self, topics: Iterable[str]) -> Record | None:
        """Return the record to decide next: the earliest first record of these sources, ties by rank. None if none waits."""
        best: Record | None = None
        for topic in topics:
            if queue := self._waiting[topic]:
                first = queue[0]
                if best is None or first.timestamp_ms < best.timestamp_ms:
                    best = first
        return best

    def pop(self, record: Record) -> None:
        """Remove the record that ``peek`` has returned."""
        taken = self._waiting[record.topic].popleft()
        self._bytes[taken.topic] -= len(taken.value or b"") + len(taken.key or b"")

    def _bounded(self, record: Record, clock: EdgeClock) -> Record:
        is_timeless = record.topic == self._own_log and not TIMELESS_HEADERS.isdisjoint(record.headers)
        stamp = clock.bound(record.timestamp_ms) if is_timeless else clock.clamp(record.timestamp_ms)
        return record if stamp == record.timestamp_ms else replace(record, timestamp_ms=stamp)
