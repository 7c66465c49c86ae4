"""Detection of repeated events: one row per event, kept while a repeat may be accepted, and swept daily in chunks.

An event is named by its topic, its event_id and, if it states one, its producer. Its own date does not matter: a sender
that tries again often sets a new date. Of all dates under which an event arrives, the earliest counts. The order of
arrival does not matter.

A row's key begins with the period of eight days in which the event arrived. So a repeat is found with few reads, and a
period that has left the window is swept as one range. Rows of earlier releases begin with the day that the event
stated. They hold no date, so a repeat of such an event is dropped whatever its date.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

import msgspec
from msgspec.structs import replace

from schemas.base import InboundEvent
from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError
from workers.engine.rows import Row
from workers.identity.event_time import DAY_MS
from workers.identity.placeholder_ids import is_placeholder_event_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows
    from workers.identity.event_time import EventTime

CHUNK: Final = 50
"""Most rows that one chunk of a sweep reads."""
PERIOD_DAYS: Final = 8
"""Length of the periods of arrival. With the usual window of 7 days, a repeat is in the current period or the last."""

E = TypeVar("E", bound=InboundEvent)
_PERIOD_MS: Final = PERIOD_DAYS * DAY_MS
_DIGITS: Final = 7
_LAST_DAY: Final = 10**_DIGITS - 1
_PRODUCER_END: Final = "\x1f"
"""Separates producer and event_id. Neither may hold it: the contract refuses control characters in ids."""


class SeenRow(Row, frozen=True):
    """One accepted event, keyed by (last day of the period of arrival, topic, event id), so that a repeat counts once.

    Bounded by the repeats window: swept once the period has left it.
    """

    prefix: ClassVar[str] = "seen"
    is_cached: ClassVar[bool] = False
    arrival_ms: int = 0
    """Timestamp of the record that brought the event first. Milliseconds UTC. 0: a row of an earlier release."""
    at_ms: int = 0
    """Earliest date of the event that counts. Milliseconds UTC. 0: a row of an earlier release."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """The arrival of an event."""

    at_ms: int
    """The record's own timestamp. Milliseconds UTC."""
    stream_ms: int
    """Stream time. Milliseconds UTC."""


class Repeat(msgspec.Struct, frozen=True):
    """An event that arrived before."""

    counted_ms: int | None
    """Date under which the event has counted so far, if this repeat has an earlier one. Milliseconds UTC."""


def id_of(event: InboundEvent) -> str:
    """Return the id under which an event is remembered: its event_id, within its producer if it states one."""
    return event.event_id if event.producer is None else f"{event.producer}{_PRODUCER_END}{event.event_id}"


def refuse_placeholder_id(topic: str, event: InboundEvent) -> None:
    """Raise RefusedError for an event whose id is a placeholder. All later events under it would be dropped as repeats."""
    if is_placeholder_event_id(event.event_id):
        detail = f"{topic}: event_id: expected an id of its own, found a placeholder"
        raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail)


def name_by_producer(event: E) -> E:
    """Return the event with an event_id that is unique among all producers. The same object if it states none."""
    if event.producer is None:
        return event
    return event.model_copy(update={"event_id": f"{event.producer}/{event.event_id}"})


def day_key(time_ms: int) -> str:
    """Return the day (UTC) as digits that sort."""
    return _key_of_day(time_ms // DAY_MS)


@lru_cache(maxsize=1_024)
def _key_of_day(day: int) -> str:
    return f"{min(day, _LAST_DAY):0{_DIGITS}d}"


def may_hold_old_rows(rows: Rows, now_ms: int, window_ms: int) -> bool:
    """Whether rows of an earlier release may be left. None is ever added, so False holds for good.

    An old row of a live event begins with a day of the window. A row of this release begins with the last day of a period,
    and ``remember`` reads that key anyway.
    """
    first = max(max(now_ms - window_ms, 0) // DAY_MS - 2, 0)
    days = (day for day in range(first, now_ms // DAY_MS + 3) if (day + 1) % PERIOD_DAYS)
    return any(rows.scan(SeenRow, _key_of_day(day), limit=1) for day in days)


def remember(
    rows: Rows,
    topic: str,
    event_id: str,
    time: EventTime,
    arrival: Arrival,
    window_ms: int,
    *,
    has_old_rows: bool = True,
) -> Repeat | None:
    """Remember an event by its earliest date.

    Returns None if it is new: it has not arrived within ``window_ms``. ``event_id`` is that of ``id_of``.
    ``has_old_rows``: the answer of :func:`may_hold_old_rows`. It saves a read for each event.
    """
    held = _find(rows, topic, event_id, arrival, window_ms)
    if held is None:
        if has_old_rows and _is_in_old_row(rows, topic, event_id, time):
            return Repeat(None)
        rows.put(SeenRow(arrival.at_ms, time.at_ms), _period(arrival.at_ms), topic, event_id)
        return None
    period, row = held
    if time.at_ms >= row.at_ms:
        return Repeat(None)
    rows.put(replace(row, at_ms=time.at_ms), period, topic, event_id)
    return Repeat(row.at_ms)


def is_remembered(
    rows: Rows, topic: str, event_id: str, time: EventTime, arrival: Arrival, window_ms: int
) -> bool:
    """Whether an event that arrived live is still remembered, even beyond the window."""
    kept_ms = window_ms + (PERIOD_DAYS + 1) * DAY_MS
    if _find(rows, topic, event_id, arrival, kept_ms) is not None:
        return True
    return _is_in_old_row(rows, topic, event_id, time)


def sweep_seen(
    rows: Rows,
    after: tuple[str, ...],
    now_ms: int,
    window_ms: int,
    on_forgotten: Callable[..., None] | None = None,
) -> tuple[str, ...] | None:
    """Delete one chunk of rows whose event cannot be repeated any more.

    Returns the key after which the next chunk starts, or None at the end. A row is kept for the window plus one day,
    because stream time may run ahead of a record's own timestamp. ``on_forgotten`` is called with the (day, topic,
    event id) of each deleted event of a past day.
    """
    horizon_ms = max(now_ms - window_ms - DAY_MS, 0)
    gone_before, ahead_from = day_key(horizon_ms), day_key(now_ms + (PERIOD_DAYS + 1) * DAY_MS)
    found = rows.scan(SeenRow, after=after, limit=CHUNK)
    for parts, row in found:
        if parts[0] < gone_before:
            rows.delete(SeenRow, *parts)
            if on_forgotten is not None:
                on_forgotten(day_key(row.at_ms) if row.at_ms else parts[0], *parts[1:])
        elif parts[0] >= ahead_from and row.arrival_ms < horizon_ms:
            rows.delete(SeenRow, *parts)
        elif parts[0] < ahead_from:
            return (ahead_from,)
    return found[-1][0] if len(found) == CHUNK else None


def _find(
    rows: Rows, topic: str, event_id: str, arrival: Arrival, window_ms: int
) -> tuple[str, SeenRow] | None:
    """Return the row of an event that arrived at most ``window_ms`` before or after, with its period."""
    at_ms = arrival.at_ms
    first_ms = at_ms - window_ms
    last_ms = min(at_ms + window_ms, arrival.stream_ms)
    for period in _periods(max(first_ms, 0) // _PERIOD_MS, last_ms // _PERIOD_MS):
        row = rows.get(SeenRow, period, topic, event_id)
        if row is not None and (not row.at_ms or first_ms <= row.arrival_ms <= at_ms + window_ms):
            return period, row  # a row of an earlier release has no date, so nothing is earlier
    return None


def _is_in_old_row(rows: Rows, topic: str, event_id: str, time: EventTime) -> bool:
    """Whether an earlier release has stored the event, under the same stated day."""
    row = rows.get(SeenRow, day_key(time.said_ms), topic, event_id)
    return row is not None and not row.at_ms


def _period(time_ms: int) -> str:
    """Return the last day of the period that holds a time, as digits that sort."""
    return _periods(time_ms // _PERIOD_MS, time_ms // _PERIOD_MS)[0]


@lru_cache(maxsize=1_024)
def _periods(first: int, last: int) -> tuple[str, ...]:
    """Return the last days of the periods with these numbers as digits that sort, the latest first."""
    return tuple(_key_of_day((number + 1) * PERIOD_DAYS - 1) for number in range(last, first - 1, -1))
