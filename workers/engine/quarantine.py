"""Stops a partition when too many of its records are dead letters: too many in a row, or too large a share.

A broken deployment that a supervisor restarts must not drain a topic into the dead letters. So the counts are a row and
survive a restart. Past a limit the partition stops until an operator resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from msgspec.structs import replace

from workers.engine.rows import Row


class QuarantineRow(Row, frozen=True):
    """Counts of dead letters among the recent records of this partition. One row."""

    prefix: ClassVar[str] = "~quarantine"
    handled: int = 0
    dead: int = 0
    run: int = 0
    stopped: str = ""
    """Why the partition stopped. Empty while it runs."""
    resumed_offset: int = -1
    """Offset in the own log of the last resume, so that it is used only once. -1: none so far."""
    answers_from: int = -1
    """The end of the own log at the stop. Only a resume at this offset or later answers it. -1: unknown or not stopped."""


@dataclass(frozen=True, slots=True)
class QuarantineLimits:
    """A partition stops at ``run`` dead letters in a row, or above ``share_percent`` of the last ``window`` records."""

    share_percent: float = 50
    window: int = 1000
    run: int = 500


def count_record(row: QuarantineRow, limits: QuarantineLimits, *, is_dead: bool) -> QuarantineRow:
    """Return the counts with one more record. A full window is halved, so that older records count less and less."""
    if (
        not is_dead and not row.run and row.handled + 1 < limits.window
    ):  # nearly always: only one number changes
        return replace(row, handled=row.handled + 1)
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
    return replace(row, handled=handled, dead=dead, run=run, stopped=stopped)
