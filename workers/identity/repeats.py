"""Detection of repeated events: one row per event, kept while a repeat may be accepted, and swept daily in chunks.

A row's key begins with the day that the event itself states. So a repeat finds the row however late it arrives, and a
day that has left the window is swept as one range. The same event_id with another day's date is another event. So is
the same event_id in another topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from workers.engine.rows import Row
from workers.identity.event_time import DAY_MS, EventTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows

CHUNK: Final = 50
"""Most rows that one chunk of a sweep reads."""

_DIGITS: Final = 7
_LAST_DAY: Final = 10**_DIGITS - 1


class SeenRow(Row, frozen=True):
    """One accepted event, keyed by (stated day, topic, event_id), so that a repeat counts once.

    Bounded by the repeats window: swept once no event of that day would be accepted. The row of a future-dated event is
    swept once its arrival has left the window.
    """

    prefix: ClassVar[str] = "seen"
    arrival_ms: int = 0
    """Arrival time of a future-dated event. Milliseconds UTC. 0 for other events: their day is enough."""


_SEEN: Final = SeenRow()


def day_key(time_ms: int) -> str:
    """Return the day (UTC) as digits that sort."""
    return f"{min(time_ms // DAY_MS, _LAST_DAY):0{_DIGITS}d}"


def remember_if_new(rows: Rows, topic: str, event_id: str, time: EventTime, arrival_ms: int) -> bool:
    """Remember an event. Return False if it was remembered before, so that this one is a repeat."""
    day = day_key(time.said_ms)
    if rows.get(SeenRow, day, topic, event_id) is not None:
        return False
    rows.put(SeenRow(arrival_ms=arrival_ms) if time.is_clamped else _SEEN, day, topic, event_id)
    return True


def sweep_seen(
    rows: Rows,
    after: tuple[str, ...],
    now_ms: int,
    window_ms: int,
    on_forgotten: Callable[..., None] | None = None,
) -> tuple[str, ...] | None:
    """Delete one chunk of rows whose event cannot be repeated any more.

    Returns the key after which the next chunk starts, or None at the end. A day is kept for the window plus one day,
    because stream time may run ahead of a record's own timestamp. ``on_forgotten`` is called with the (day, topic,
    event_id) of each deleted event of a past day.
    """
    horizon_ms = max(now_ms - window_ms - DAY_MS, 0)
    gone_before, ahead_from = day_key(horizon_ms), day_key(now_ms + 2 * DAY_MS)
    found = rows.scan(SeenRow, after=after, limit=CHUNK)
    for parts, row in found:
        if parts[0] < gone_before:
            rows.delete(SeenRow, *parts)
            if on_forgotten is not None:
                on_forgotten(*parts)
        elif parts[0] >= ahead_from and row.arrival_ms < horizon_ms:
            rows.delete(SeenRow, *parts)
        elif parts[0] < ahead_from:
            return (ahead_from,)
    return found[-1][0] if len(found) == CHUNK else None
