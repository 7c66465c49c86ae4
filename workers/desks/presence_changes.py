"""A rep goes away or comes back by the dates of the record: the accounts that depend on the rep hear of it in time.

In: a rep's row at the desk of one, the time. Out: how the rep stands, and the timer of the next change. Told are all
accounts, in chunks (people.py); one that is told twice hears the same.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from workers.desks.presence import back_at_ms, is_absent
from workers.desks.rows import RepRow
from workers.engine.rows import Rows
from workers.engine.timers import cancel_timer, set_timer

PRESENCE = "presence"
"""The timer of the next change, by desk of one."""


class Presence(NamedTuple):
    """How a rep stands, and since when as far as the record's dates tell. Milliseconds UTC."""

    change: Literal["left", "away", "returned"]
    since_ms: int | None = None


def presence_at(rep: RepRow, at_ms: int) -> Presence:
    """Return how the rep stands at ``at_ms``; absences that meet or overlap are one."""
    if not rep.active:
        return Presence("left")
    if not is_absent(rep, at_ms):
        return Presence("returned", max((ends for _, ends in rep.absences if ends <= at_ms), default=None))
    since_ms = at_ms
    for starts, ends in reversed(
        rep.absences
    ):  # latest first, so that each may begin before the one it meets
        if starts <= since_ms <= ends:
            since_ms = starts
    return Presence("away", since_ms)


def next_change_ms(rep: RepRow, at_ms: int) -> int | None:
    """Return when the rep next goes away or comes back, later than ``at_ms``; None where no date tells."""
    if not rep.active:
        return None
    if is_absent(rep, at_ms):
        return back_at_ms(rep, at_ms)
    return min((starts for starts, _ in rep.absences if starts > at_ms), default=None)


def schedule_presence_change(rows: Rows, desk: str, rep: RepRow, at_ms: int) -> None:
    """Set the timer of the rep's next change, or cancel it."""
    change_ms = next_change_ms(rep, at_ms)
    if change_ms is None:
        cancel_timer(rows, PRESENCE, desk)
    else:
        set_timer(rows, PRESENCE, desk, change_ms)
