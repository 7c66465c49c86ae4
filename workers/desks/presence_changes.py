"""When a rep's presence changes, by the dates of the rep's record.

Input: a rep's row at its own desk, the time. Output: the rep's presence, and the timer of its next change. When the
timer is due, rep_records.py notifies all accounts of the rep in chunks. An account notified twice gets the same
event_id.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from workers.desks.presence import back_at_ms, is_absent
from workers.desks.rows import RepRow
from workers.engine.rows import Rows
from workers.engine.timers import cancel_timer, set_timer

PRESENCE = "presence"
"""The kind of the timer of a rep's next change. Its key is the rep's own desk."""


class Presence(NamedTuple):
    """A rep's presence and when it began, as far as the record's dates show. Milliseconds UTC."""

    change: Literal["left", "away", "returned"]
    """One of left (inactive), away and returned (present)."""
    since_ms: int | None = None
    """When it began. None: the dates do not show it. Milliseconds UTC."""


def presence_at(rep: RepRow, at_ms: int) -> Presence:
    """Return the rep's presence at ``at_ms``. Absences that meet or overlap count as one."""
    if not rep.active:
        return Presence("left")
    if not is_absent(rep, at_ms):
        return Presence("returned", max((ends for _, ends in rep.absences if ends <= at_ms), default=None))
    since_ms = at_ms
    # The latest absence first: each earlier one may meet or overlap the one after it.
    for starts, ends in reversed(rep.absences):
        if starts <= since_ms <= ends:
            since_ms = starts
    return Presence("away", since_ms)


def next_change_ms(rep: RepRow, at_ms: int) -> int | None:
    """Return when the rep next goes away or comes back, after ``at_ms``. None if no date is known."""
    if not rep.active:
        return None
    if is_absent(rep, at_ms):
        return back_at_ms(rep, at_ms)
    return min((starts for starts, _ in rep.absences if starts > at_ms), default=None)


def schedule_presence_change(rows: Rows, desk: str, rep: RepRow, at_ms: int) -> None:
    """Set the timer of the rep's next change, or cancel it if there is none."""
    change_ms = next_change_ms(rep, at_ms)
    if change_ms is None:
        cancel_timer(rows, PRESENCE, desk)
    else:
        set_timer(rows, PRESENCE, desk, change_ms)
