"""When an event happened, as far as it may be believed: never long after it arrived, never too long before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError

DAY_MS: Final = 86_400_000
AHEAD_MS: Final = 300_000
"""An event may be dated this far ahead of its arrival; a date further ahead is clamped to it."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class EventTime(msgspec.Struct, frozen=True):
    """``said_ms`` is what the event says, ``at_ms`` what counts. Milliseconds UTC."""

    at_ms: int
    said_ms: int
    is_imported: bool = False
    """It is history, and was brought by an import."""

    @property
    def is_clamped(self) -> bool:
        """Whether the event is dated ahead of its arrival."""
        return self.at_ms < self.said_ms


def to_ms(instant: datetime) -> int:
    """Return whole milliseconds since 1970-01-01 UTC, rounded down, without a detour over floats."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def event_time(occurred_at: datetime, arrival_ms: int, window_ms: int) -> EventTime:
    """Return the time of an event that arrived at ``arrival_ms`` (the record's own stamp).

    Raises RefusedError ``too_old``: dated more than ``window_ms`` before its arrival, where repeats are not known
    any more.
    """
    said_ms = to_ms(occurred_at)
    if said_ms < max(arrival_ms - window_ms, 0):
        days = (arrival_ms - said_ms) // DAY_MS
        detail = f"occurred_at lies {days} days before the record's time stamp; at most {window_ms // DAY_MS} are taken"
        raise RefusedError(DeadLetterReason.TOO_OLD, detail)
    return EventTime(min(said_ms, arrival_ms + AHEAD_MS), said_ms)


def history_time(occurred_at: datetime, first_arrival_ms: int) -> EventTime:
    """Return the time of an imported event that had arrived at ``first_arrival_ms``, however long ago."""
    said_ms = to_ms(occurred_at)
    return EventTime(min(said_ms, first_arrival_ms + AHEAD_MS), said_ms, is_imported=True)
