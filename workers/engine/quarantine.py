"""When too many records of a partition are dead letters: a share of the recent ones, or a run without a good one.

A broken deploy, restarted by a supervisor, must not drain a topic into the dead letters; so the counts are a row and
outlive a restart. Past a limit the partition stops until an operator resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from workers.engine.rows import Row


class QuarantineRow(Row, frozen=True):
    """Dead letters among the recent records of this partition. One row."""

    prefix: ClassVar[str] = "~quarantine"
    handled: int = 0
    dead: int = 0
    run: int = 0
    stopped: str = ""
    """Why the partition stopped; empty while it runs."""
    resumed_offset: int = -1
    """The offset, in the own log, of the operator's last resume: it counts once."""


@dataclass(frozen=True, slots=True)
class QuarantineLimits:
    """Past ``run`` dead letters in a row, or ``share_percent`` of the last ``window`` records, a partition stops."""

    share_percent: float = 50
    window: int = 1000
    run: int = 500


def counted(row: QuarantineRow, limits: QuarantineLimits, *, is_dead: bool) -> QuarantineRow:
    """Count one record. The window halves when it is full, so that old records weigh less and less."""
    handled, dead = row.handled + 1, row.dead + is_dead
    run = row.run + 1 if is_dead else 0
    stopped = row.stopped
    if run >= limits.run:
        stopped = f"{run} dead letters in a row (limit {limits.run})"
    elif handled >= limits.window:
        if dead * 100 > limits.share_percent * handled:
            stopped = (
                f"{dead} of the last {handled} records are dead letters (limit {limits.share_percent:g} %)"
            )
        handled, dead = handled // 2, dead // 2
    return QuarantineRow(
        handled=handled, dead=dead, run=run, stopped=stopped, resumed_offset=row.resumed_offset
    )
