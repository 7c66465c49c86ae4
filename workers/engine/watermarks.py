"""How far a task has read: its watermark, and the watermarks of earlier releases in its log.

A watermark is a time that one task has reached: it has decided and committed every record that its sources held then. The
tasks share their watermarks through a topic of the app (watermark_channel.py). Earlier releases wrote them into the logs
downstream instead, where they are rows of the reader.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from workers.engine.rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faust.types import TP

    from workers.engine.control import Watermark
    from workers.engine.rows import Rows

_MOST_TASKS = 100_000


class WatermarkRow(Row, frozen=True):
    """The time that one upstream task has reached, keyed by (agent, partition). One row per task. Milliseconds UTC.

    Only workers of earlier releases, and workers that serve one, write watermarks into a log.
    """

    prefix: ClassVar[str] = "~watermark"
    at_ms: int
    partitions: int


class Slowest(NamedTuple):
    """The upstream task that holds back the time of a partition."""

    at_ms: int
    """The time that the task has reached. 0: not known. Milliseconds UTC."""
    agent: str
    partition: int


class Goal(NamedTuple):
    """A time that a task reaches once it has decided its sources up to these ends.

    The time was read before the ends were requested, so no record that is stamped earlier can be behind them.
    """

    at_ms: int
    ends: Mapping[TP, int]


@dataclass(slots=True)
class Reach:
    """How far one task has come since it was opened."""

    goal: Goal | None = None
    """The goal that the task waits for. None: it has none."""
    at_ms: int = 0
    """The latest watermark of the task. Milliseconds UTC."""
    at_s: float = 0.0
    """The monotonic time of the latest watermark. Seconds."""
    logged_s: float = field(default_factory=time.monotonic)
    """When the task last wrote watermarks into logs, for workers of an earlier release; at first the opening. Seconds."""


class Watermarks:
    """The watermarks that one partition has read in its log, loaded from its rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._unsaved: set[tuple[str, int]] = set()
        self.known: dict[tuple[str, int], WatermarkRow] = {
            (agent, int(partition)): row
            for (agent, partition), row in rows.scan(WatermarkRow, limit=_MOST_TASKS)
        }

    def learn(self, watermark: Watermark) -> None:
        """Apply a watermark. A smaller one than the known one changes nothing."""
        task = (watermark.agent, watermark.partition)
        known = self.known.get(task)
        if known is None or watermark.at_ms > known.at_ms or watermark.partitions != known.partitions:
            self.known[task] = WatermarkRow(watermark.at_ms, watermark.partitions)
            self._unsaved.add(task)

    def save(self) -> None:
        """Put the watermarks applied since the last call into the rows."""
        for agent, partition in sorted(self._unsaved):
            self._rows.put(self.known[agent, partition], agent, str(partition))
        self._unsaved.clear()
