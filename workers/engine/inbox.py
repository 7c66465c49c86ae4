"""What waits for one task: records per source, in order, merged by their stamps at the heads. Bounded.

In: record batches as fetched. Out: the next record to decide. It refuses what does not follow what it has.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from workers.engine.api import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class GapError(Exception):
    """A batch begins behind what is expected: something fetched was never delivered."""

    def __init__(self, topic: str, expected: int, start: int) -> None:
        super().__init__(f"{topic}: expected offset {expected}, the batch begins at {start}")
        self.topic = topic
        self.expected = expected


class Inbox:
    """Records waiting for one partition task."""

    def __init__(self, topics: Sequence[str], clamp: Callable[[int], int] | None = None) -> None:
        """``topics`` in the order of their rank, which breaks ties; ``clamp`` bounds a stamp (edge only)."""
        self._waiting: dict[str, deque[Record]] = {topic: deque() for topic in topics}
        self._bytes: dict[str, int] = dict.fromkeys(topics, 0)
        self.expected: dict[str, int] = dict.fromkeys(topics, 0)
        self._clamp = clamp

    def expect(self, topic: str, offset: int) -> None:
        """Begin a source at ``offset``, dropping what waits of it."""
        self._waiting[topic].clear()
        self._bytes[topic] = 0
        self.expected[topic] = offset

    def offer(self, topic: str, start: int, records: Iterable[Any]) -> None:
        """Take a fetched batch. Raises GapError where it does not follow what is here."""
        expected = self.expected[topic]
        if start > expected:
            raise GapError(topic, expected, start)
        queue = self._waiting[topic]
        size = 0
        for raw in records:
            if raw.offset < expected:
                continue
            stamp = raw.timestamp if raw.timestamp is not None and raw.timestamp > 0 else 0
            if self._clamp is not None:
                stamp = self._clamp(stamp)
            queue.append(
                Record(topic, raw.partition, raw.offset, stamp, raw.key, raw.value, tuple(raw.headers))
            )
            size += len(raw.value or b"") + len(raw.key or b"")
            expected = raw.offset + 1
        self._bytes[topic] += size
        self.expected[topic] = expected

    def count(self, topic: str) -> int:
        """Records that wait of one source."""
        return len(self._waiting[topic])

    def size(self, topic: str) -> int:
        """Bytes that wait of one source."""
        return self._bytes[topic]

    def total(self, topics: Iterable[str]) -> int:
        """Records that wait of these sources."""
        return sum(len(self._waiting[topic]) for topic in topics)

    def first_offset(self, topic: str) -> int | None:
        """The offset of the first record that waits of a source, or None."""
        queue = self._waiting[topic]
        return queue[0].offset if queue else None

    def spans(self, topics: Iterable[str], most: int) -> dict[str, tuple[int, int]]:
        """Per source the first and last offset of what a batch of at most ``most`` records may take."""
        found = {}
        for topic in topics:
            queue = self._waiting[topic]
            if queue:
                found[topic] = (queue[0].offset, queue[min(most, len(queue)) - 1].offset)
        return found

    def peek(self, topics: Iterable[str]) -> Record | None:
        """The earliest head of these sources by (stamp, rank), or None."""
        best: Record | None = None
        for topic in topics:
            queue = self._waiting[topic]
            if queue and (best is None or queue[0].timestamp_ms < best.timestamp_ms):
                best = queue[0]
        return best

    def pop(self, record: Record) -> None:
        """Remove a head that was peeked."""
        taken = self._waiting[record.topic].popleft()
        self._bytes[taken.topic] -= len(taken.value or b"") + len(taken.key or b"")
