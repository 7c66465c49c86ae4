"""The time of an event: the time that it states, limited by the time of its arrival.

An event counts at most 5 minutes after its arrival. A live event from before the window of repeats is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError

DAY_MS: Final = 86_400_000
AHEAD_MS: Final = 300_000
"""Most milliseconds by which an event may be future-dated. A later date is clamped to that."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class EventTime(msgspec.Struct, frozen=True):
    """The time that an event states, and the time that counts for the router. Milliseconds UTC."""

    at_ms: int
    """The time that counts: the stated time, clamped if it is future-dated."""
    said_ms: int
    """The time that the event itself states."""
    is_imported: bool = False
    """Whether an import brought the event as history."""
    counted_ms: int | None = None
    """Later date under which an earlier arrival of the event has counted so far. Milliseconds UTC. None: it is new."""

    @property
    def is_clamped(self) -> bool:
        """Whether the event is future-dated and its time was therefore clamped."""
        return self.at_ms < self.said_ms


def to_ms(instant: datetime) -> int:
    """Return whole milliseconds since 1970-01-01 UTC, rounded down. Uses integers only, no floats."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def event_time(occurred_at: datetime, arrival_ms: int, window_ms: int) -> EventTime:
    """Return the time of a live event that arrived at ``arrival_ms`` (the record's own timestamp).

    Raises RefusedError ``too_old`` if it is dated more than ``window_ms`` before its arrival. The ids of events from
    before are forgotten, so a repeat could not be recognised.
    """
    said_ms = to_ms(occurred_at)
    if said_ms < max(arrival_ms - window_ms, 0):
        days = (arrival_ms - said_ms) // DAY_MS
        detail = f"occurred_at lies {days} days before the record's time stamp; at most {window_ms // DAY_MS} are taken"
        raise RefusedError(DeadLetterReason.TOO_OLD, detail)
    return EventTime(min(said_ms, arrival_ms + AHEAD_MS), said_ms)


def history_time(occurred_at: datetime, first_arrival_ms: int) -> EventTime:
    """Return the time of an imported event that first arrived at ``first_arrival_ms``. Any age is allowed."""
    said_ms = to_ms(occurred_at)
    return EventTime(min(said_ms, first_arrival_ms + AHEAD_MS), said_ms, is_imported=True)
