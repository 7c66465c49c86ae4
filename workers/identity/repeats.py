"""Whether an event was seen before: one row per event for as long as a repeat is taken, swept daily in chunks.

A row is named by the day that the event itself says, so a repeat finds it however late it comes, and a day that has
left the window is swept as one range. An event_id that comes again with another day's date is another event; so is
one of another topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from workers.engine.rows import Row
from workers.identity.event_time import DAY_MS, EventTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows

CHUNK: Final = 50
"""Rows that one chunk of a sweep looks at."""

_DIGITS: Final = 7
_LAST_DAY: Final = 10**_DIGITS - 1


class SeenRow(Row, frozen=True):
    """One event that was taken, keyed by (day said, topic, event_id), so that a repeat counts once.

    Bounded by the repeats window: swept when no event of that day would be taken any more; of a day that lies ahead,
    when the event's arrival has left the window.
    """

    prefix: ClassVar[str] = "seen"
    arrival_ms: int = 0
    """Of an event dated ahead of its arrival; else 0, because its day says enough."""


_TAKEN: Final = SeenRow()


def day_key(time_ms: int) -> str:
    """Return the day (UTC) as digits that sort."""
    return f"{min(time_ms // DAY_MS, _LAST_DAY):0{_DIGITS}d}"


def take_once(rows: Rows, topic: str, event_id: str, time: EventTime, arrival_ms: int) -> bool:
    """Take an event and remember it; False when it was taken before."""
    day = day_key(time.said_ms)
    if rows.get(SeenRow, day, topic, event_id) is not None:
        return False
    rows.put(SeenRow(arrival_ms=arrival_ms) if time.is_clamped else _TAKEN, day, topic, event_id)
    return True


def sweep_seen(
    rows: Rows,
    after: tuple[str, ...],
    now_ms: int,
    window_ms: int,
    forgotten: Callable[..., None] | None = None,
) -> tuple[str, ...] | None:
    """Delete one chunk of rows that nothing can repeat any more; return where to go on, None at the end.

    A day is kept for the window and a day more, because stream time may run ahead of a record's own stamp.
    ``forgotten`` is told each (day, topic, event_id) of a past day.
    """
    horizon_ms = max(now_ms - window_ms - DAY_MS, 0)
    gone_before, ahead_from = day_key(horizon_ms), day_key(now_ms + 2 * DAY_MS)
    found = rows.scan(SeenRow, after=after, limit=CHUNK)
    for parts, row in found:
        if parts[0] < gone_before:
            rows.delete(SeenRow, *parts)
            if forgotten is not None:
                forgotten(*parts)
        elif parts[0] >= ahead_from and row.arrival_ms < horizon_ms:
            rows.delete(SeenRow, *parts)
        elif parts[0] < ahead_from:
            return (ahead_from,)
    return found[-1][0] if len(found) == CHUNK else None
