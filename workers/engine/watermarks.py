"""The watermarks that a partition has received from the tasks upstream. They bound its ticks.

Each upstream task writes the time that it has reached into the log when it has read its sources to their ends. No unread record has a
stamp before the smallest of these times. While one upstream task has sent no watermark, the time is unknown (0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.control import Watermark
    from workers.engine.rows import Rows

_MOST_TASKS = 100_000


class WatermarkRow(Row, frozen=True):
    """The time that one upstream task has reached, keyed by (agent, partition). One row per task. Milliseconds UTC."""

    prefix: ClassVar[str] = "~watermark"
    at_ms: int
    partitions: int


class Slowest(NamedTuple):
    """The upstream task that holds back the time of a partition."""

    at_ms: int
    """The time that the task has reached. Milliseconds UTC."""
    agent: str
    partition: int


class Watermarks:
    """The watermarks of one partition, loaded from its rows."""

    def __init__(self, rows: Rows, upstream: tuple[str, ...]) -> None:
        self._rows = rows
        self._upstream = upstream
        self._unsaved: set[tuple[str, int]] = set()
        self._known: dict[tuple[str, int], WatermarkRow] = {
            (agent, int(partition)): row
            for (agent, partition), row in rows.scan(WatermarkRow, limit=_MOST_TASKS)
        }

    def learn(self, watermark: Watermark) -> None:
        """Apply a watermark. A smaller one than the known one changes nothing."""
        task = (watermark.agent, watermark.partition)
        known = self._known.get(task)
        if known is None or watermark.at_ms > known.at_ms or watermark.partitions != known.partitions:
            self._known[task] = WatermarkRow(watermark.at_ms, watermark.partitions)
            self._unsaved.add(task)

    def save(self) -> None:
        """Put the watermarks applied since the last call into the rows."""
        for agent, partition in sorted(self._unsaved):
            self._rows.put(self._known[agent, partition], agent, str(partition))
        self._unsaved.clear()

    def reached_ms(self) -> int:
        """Return the smallest watermark of all upstream tasks, or 0 while one of them has sent none. Milliseconds UTC."""
        slowest = self.slowest()
        return slowest.at_ms if slowest is not None else 0

    def slowest(self) -> Slowest | None:
        """Return the upstream task with the smallest watermark, or None while one of them has sent none."""
        marks: list[Slowest] = []
        for upstream in self._upstream:
            of_agent = [(task, row) for task, row in self._known.items() if task[0] == upstream]
            if not of_agent or len(of_agent) < max(row.partitions for _, row in of_agent):
                return None
            marks += [Slowest(row.at_ms, *task) for task, row in of_agent]
        return min(marks, default=None)
