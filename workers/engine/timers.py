"""Timers and cursors, as rows: work for a later time, and long work that is done in chunks.

(kind, key) identifies a timer or a cursor. Setting a timer twice moves it. A scan for due timers starts after the last
timer that fired; otherwise it would pass the tombstones of all timers that ever fired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.engine.api import Cursor, Timer
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.rows import Rows

NEVER_MS = 2**62
_DIGITS = 15
_LAST_SLOT_MS = 10**_DIGITS - 1  # the year 33658; slots sort as text, so all have the same number of digits


class TimerRow(Row, frozen=True):
    """One pending timer, keyed by (slot, key, kind). Each (kind, key) has at most one. ``due_ms``: milliseconds UTC."""

    prefix: ClassVar[str] = "~timer"
    due_ms: int


class TimerSlotRow(Row, frozen=True):
    """The slot of the timer (kind, key), with which it can be moved or cancelled. Milliseconds UTC."""

    prefix: ClassVar[str] = "~timer-slot"
    slot_ms: int


class FiredRow(Row, frozen=True):
    """The slot of the last timer that fired. Milliseconds UTC. One row."""

    prefix: ClassVar[str] = "~fired"
    slot_ms: int = 0


class CursorRow(Row, frozen=True):
    """Long work that is not done yet, with its position. Each (kind, key) has at most one."""

    prefix: ClassVar[str] = "~cursor"
    position: str = ""


def _slot(slot_ms: int) -> str:
    return f"{slot_ms:0{_DIGITS}d}"


def set_timer(rows: Rows, kind: str, key: str, due_ms: int) -> None:
    """Set or move the timer (kind, key). With a due time in the past it fires before the next record."""
    cancel_timer(rows, kind, key)
    fired = rows.get(FiredRow)
    slot_ms = min(max(due_ms, fired.slot_ms if fired else 0, 0), _LAST_SLOT_MS)
    rows.put(TimerRow(due_ms=due_ms), _slot(slot_ms), key, kind)
    rows.put(TimerSlotRow(slot_ms=slot_ms), kind, key)
    rows.timer_hint_ms = min(rows.timer_hint_ms, slot_ms)


def cancel_timer(rows: Rows, kind: str, key: str) -> None:
    """Cancel the timer (kind, key). If there is none, nothing changes."""
    at = rows.get(TimerSlotRow, kind, key)
    if at is not None:
        rows.delete(TimerRow, _slot(at.slot_ms), key, kind)
        rows.delete(TimerSlotRow, kind, key)


def next_timer(rows: Rows, until_ms: int) -> Timer | None:
    """Return the earliest timer whose slot is at or before ``until_ms``, or None. Ties: key, then kind."""
    if rows.timer_hint_ms > until_ms:
        return None
    fired = rows.get(FiredRow)
    found = rows.scan(TimerRow, start=(_slot(fired.slot_ms if fired else 0),), limit=1)
    if not found:
        rows.timer_hint_ms = NEVER_MS
        return None
    (slot, key, kind), row = found[0]
    rows.timer_hint_ms = int(slot)
    return Timer(kind, key, row.due_ms) if int(slot) <= until_ms else None


def take_timer(rows: Rows, timer: Timer) -> None:
    """Remove a timer that is about to be handled, and note its slot as the start of later scans."""
    at = rows.get(TimerSlotRow, timer.kind, timer.key)
    if at is None:
        return
    rows.delete(TimerRow, _slot(at.slot_ms), timer.key, timer.kind)
    rows.delete(TimerSlotRow, timer.kind, timer.key)
    fired = rows.get(FiredRow)
    if fired is None or at.slot_ms > fired.slot_ms:
        rows.put(FiredRow(slot_ms=at.slot_ms))


def start_cursor(rows: Rows, kind: str, key: str) -> None:
    """Start long work, or restart it from the beginning. The engine does one chunk of it per record."""
    rows.put(CursorRow(), kind, key)
    rows.cursor_hint = True


def is_under_way(rows: Rows, kind: str, key: str) -> bool:
    """Whether the work (kind, key) was started and is not done."""
    return rows.cursor_hint and rows.get(CursorRow, kind, key) is not None


def next_cursor(rows: Rows) -> Cursor | None:
    """Return the first cursor that has work left, or None."""
    if not rows.cursor_hint:
        return None
    found = rows.scan(CursorRow, limit=1)
    if not found:
        rows.cursor_hint = False
        return None
    (kind, key), row = found[0]
    return Cursor(kind, key, row.position)


def move_cursor(rows: Rows, cursor: Cursor, position: str | None) -> None:
    """Set the next position of a cursor; None ends it. A cursor that was restarted meanwhile stays at its start."""
    now = rows.get(CursorRow, cursor.kind, cursor.key)
    if now is None or now.position != cursor.position:
        return
    if position is None:
        rows.delete(CursorRow, cursor.kind, cursor.key)
    else:
        rows.put(CursorRow(position=position), cursor.kind, cursor.key)
