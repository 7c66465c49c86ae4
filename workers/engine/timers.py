"""Timers and cursors: rows that make a task come back to something, ordered by due time or continued in chunks.

A timer is named by (kind, key): setting it again moves it. What is due is found by a scan that starts behind the last
one fired, or it would walk over the tombstones of all that ever fired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.engine.api import Cursor, Timer
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.rows import Rows

NEVER_MS = 2**62
_DIGITS = 15
_LAST_SLOT_MS = 10**_DIGITS - 1  # the year 33658; slots sort as text, so none may have a digit more


class TimerRow(Row, frozen=True):
    """One pending timer, keyed by (slot, key, kind). Bounded by what sets timers: each (kind, key) has one."""

    prefix: ClassVar[str] = "~timer"
    due_ms: int


class TimerSlotRow(Row, frozen=True):
    """Where the timer (kind, key) stands, so that it can be moved or cancelled."""

    prefix: ClassVar[str] = "~timer-slot"
    slot_ms: int


class FiredRow(Row, frozen=True):
    """The slot of the last timer fired. One row."""

    prefix: ClassVar[str] = "~fired"
    slot_ms: int = 0


class CursorRow(Row, frozen=True):
    """Work that concerns many, under way. Bounded by what starts cursors: each (kind, key) has one."""

    prefix: ClassVar[str] = "~cursor"
    position: str = ""


def _slot(slot_ms: int) -> str:
    return f"{slot_ms:0{_DIGITS}d}"


def set_timer(rows: Rows, kind: str, key: str, due_ms: int) -> None:
    """Set or move the timer (kind, key). A due time in the past fires before the next record."""
    cancel_timer(rows, kind, key)
    fired = rows.get(FiredRow)
    slot_ms = min(max(due_ms, fired.slot_ms if fired else 0, 0), _LAST_SLOT_MS)
    rows.put(TimerRow(due_ms=due_ms), _slot(slot_ms), key, kind)
    rows.put(TimerSlotRow(slot_ms=slot_ms), kind, key)
    rows.timer_hint_ms = min(rows.timer_hint_ms, slot_ms)


def cancel_timer(rows: Rows, kind: str, key: str) -> None:
    """Cancel the timer (kind, key); where there is none, nothing changes."""
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
    """Remove a timer that is about to be handled and remember where the scans go on."""
    at = rows.get(TimerSlotRow, timer.kind, timer.key)
    if at is None:
        return
    rows.delete(TimerRow, _slot(at.slot_ms), timer.key, timer.kind)
    rows.delete(TimerSlotRow, timer.kind, timer.key)
    fired = rows.get(FiredRow)
    if fired is None or at.slot_ms > fired.slot_ms:
        rows.put(FiredRow(slot_ms=at.slot_ms))


def start_cursor(rows: Rows, kind: str, key: str) -> None:
    """Begin (or begin again) work that concerns many; the engine continues it one chunk per record."""
    rows.put(CursorRow(), kind, key)
    rows.cursor_hint = True


def is_under_way(rows: Rows, kind: str, key: str) -> bool:
    """Whether the work (kind, key) was begun and is not at its end."""
    return rows.cursor_hint and rows.get(CursorRow, kind, key) is not None


def next_cursor(rows: Rows) -> Cursor | None:
    """Return the first cursor under way, or None."""
    if not rows.cursor_hint:
        return None
    found = rows.scan(CursorRow, limit=1)
    if not found:
        rows.cursor_hint = False
        return None
    (kind, key), row = found[0]
    return Cursor(kind, key, row.position)


def move_cursor(rows: Rows, cursor: Cursor, position: str | None) -> None:
    """Remember where a cursor goes on; None ends it. One begun again meanwhile stays at its start."""
    now = rows.get(CursorRow, cursor.kind, cursor.key)
    if now is None or now.position != cursor.position:
        return
    if position is None:
        rows.delete(CursorRow, cursor.kind, cursor.key)
    else:
        rows.put(CursorRow(position=position), cursor.kind, cursor.key)
