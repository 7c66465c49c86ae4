"""The daily sweep, which deletes outdated rows. It starts at midnight (UTC) of stream time and runs in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.engine.timers import TimerSlotRow, set_timer, start_cursor
from workers.identity.event_time import DAY_MS
from workers.identity.repeats import CHUNK, day_key

if TYPE_CHECKING:
    from workers.engine.rows import Row, Rows

SWEEP: Final = "sweep"
"""The kind of the timer and of the cursor."""
COUNTS_KEPT_DAYS: Final = 30
"""Days for which a day's count row is kept."""


def ensure_sweep(rows: Rows, now_ms: int) -> None:
    """Schedule a sweep at the next midnight (UTC), unless one is scheduled already."""
    if rows.get(TimerSlotRow, SWEEP, "") is None:
        set_timer(rows, SWEEP, "", (now_ms // DAY_MS + 1) * DAY_MS)


def begin_sweep(rows: Rows, due_ms: int) -> None:
    """Start the sweep that is due, and schedule the next one a day later."""
    start_cursor(rows, SWEEP, "")
    set_timer(rows, SWEEP, "", due_ms + DAY_MS)


def sweep_counts(rows: Rows, type_: type[Row], now_ms: int) -> None:
    """Delete the count rows of days older than 30 days. ``type_`` is keyed by the day alone."""
    gone_before = day_key(max(now_ms - COUNTS_KEPT_DAYS * DAY_MS, 0))
    for day, _ in rows.scan(type_, limit=CHUNK):
        if day[0] < gone_before:
            rows.delete(type_, *day)
