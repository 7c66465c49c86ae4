"""How far the upstream tasks of a partition have surely come: the bound of its ticks.

Each upstream task writes its stream time into the log when it is caught up. The least of them all is the time that no
unread record lies before; while one task has not spoken, nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.control import Watermark
    from workers.engine.rows import Rows

_MOST_TASKS = 100_000


class WatermarkRow(Row, frozen=True):
    """How far one upstream task has come, keyed by (agent, partition). One row per upstream task."""

    prefix: ClassVar[str] = "~watermark"
    at_ms: int
    partitions: int


class Watermarks:
    """The watermarks of one partition, as its rows have them."""

    def __init__(self, rows: Rows, upstream: tuple[str, ...]) -> None:
        self._rows = rows
        self._upstream = upstream
        self._unsaved: set[tuple[str, int]] = set()
        self._known: dict[tuple[str, int], WatermarkRow] = {
            (agent, int(partition)): row
            for (agent, partition), row in rows.scan(WatermarkRow, limit=_MOST_TASKS)
        }

    def learn(self, said: Watermark) -> None:
        """Take a watermark; one that says less than is known changes nothing."""
        known = self._known.get((said.agent, said.partition))
        if known is None or said.at_ms > known.at_ms or said.partitions != known.partitions:
            self._known[said.agent, said.partition] = WatermarkRow(said.at_ms, said.partitions)
            self._unsaved.add((said.agent, said.partition))

    def save(self) -> None:
        """Put what was learned since the last time into the rows."""
        for agent, partition in sorted(self._unsaved):
            self._rows.put(self._known[agent, partition], agent, str(partition))
        self._unsaved.clear()

    def reached_ms(self) -> int:
        """The least watermark of all upstream tasks, ms UTC; 0 while one of them has not spoken."""
        marks: list[int] = []
        for upstream in self._upstream:
            of_agent = [row for (agent, _), row in self._known.items() if agent == upstream]
            if not of_agent or len(of_agent) < max(row.partitions for row in of_agent):
                return 0
            marks += [row.at_ms for row in of_agent]
        return min(marks, default=0)
