"""Imported events: which of them count. Each counts once, however often it is imported.

In: a record with the header ``imported``, which holds the time when its event first arrived. Out: whether it counts.
Ids of live events are kept for the window of repeats. Ids of imported events are kept while an event of their day can
give points. No event is imported from a day whose ids are deleted: it could not be known which events had counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError
from workers.engine.rows import Row
from workers.identity.event_time import DAY_MS
from workers.identity.repeats import day_key, is_remembered, remember

if TYPE_CHECKING:
    from workers.engine.api import Record
    from workers.engine.rows import Rows
    from workers.identity.event_time import EventTime
    from workers.identity.repeats import Arrival
    from workers.policy.model import Policy

HEADER: Final = "imported"
Rejection = Literal["of_no_use", "repeated", "day_forgotten"]
"""Why an imported event does not count. Each value is the name of a field of CountRow."""

_CHUNK: Final = 200
_LONGEST_MS: Final = 3_652 * DAY_MS
"""No policy lets points last longer: ten years."""
_DIGITS: Final = 15


class ImportedRow(Row, frozen=True):
    """One accepted imported event, keyed by (day, topic, event_id). Kept while an event of its day can give points."""

    prefix: ClassVar[str] = "imported"


class ForgottenDayRow(Row, frozen=True):
    """A day of which events counted and whose ids are deleted, keyed by (day, topic).

    One row per day and topic. Kept for ten years.
    """

    prefix: ClassVar[str] = "forgotten"


_IMPORTED: Final = ImportedRow()
_FORGOTTEN: Final = ForgottenDayRow()


def first_arrival_ms(record: Record) -> int | None:
    """Return when the event of an imported record first arrived. None if the record is live.

    Raises RefusedError ``breaks_contract`` if the header is not a time. Milliseconds UTC, at most 15 digits.
    """
    for name, value in record.headers:
        if name == HEADER:
            if not (value.isdigit() and len(value) <= _DIGITS):
                detail = "header imported: expected milliseconds since 1970-01-01 UTC"
                raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail)
            return int(value)
    return None


class ImportRules:
    """Decides by the policy which imported events count."""

    def __init__(self, policy: Policy) -> None:
        self._window_ms = policy.privacy.repeats.ms
        self._useful_ms = policy.points_last_ms
        self._anonymous_ms = min(policy.points_last_ms, policy.privacy.anonymous_history.ms)

    def is_useful(self, time: EventTime, now_ms: int, *, is_anonymous: bool) -> bool:
        """Whether an event can still give points.

        ``is_anonymous``: the event names no address. It must then also be young enough for the anonymous history that
        the policy keeps of live visitors.
        """
        return time.at_ms >= now_ms - (self._anonymous_ms if is_anonymous else self._useful_ms)

    def remember_or_reject(
        self,
        rows: Rows,
        topic: str,
        event_id: str,
        time: EventTime,
        arrival: Arrival,
        *,
        is_anonymous: bool,
    ) -> Rejection | None:
        """Remember an event that counts and return None. Return the reason for an event that does not count.

        ``event_id`` is that of ``id_of``.
        """
        now_ms, day = arrival.at_ms, day_key(time.at_ms)
        if not self.is_useful(time, now_ms, is_anonymous=is_anonymous):
            return "of_no_use"
        if rows.get(ImportedRow, day, topic, event_id) is not None:
            return "repeated"
        if time.at_ms >= now_ms - self._window_ms:
            if remember(rows, topic, event_id, time, arrival, self._window_ms) is not None:
                return "repeated"  # the same event sent live must not count either
        elif is_remembered(rows, topic, event_id, time, arrival, self._window_ms):
            return "repeated"
        if rows.get(ForgottenDayRow, day, topic) is not None:
            return "day_forgotten"
        rows.put(_IMPORTED, day, topic, event_id)
        return None


def mark_day_forgotten(rows: Rows, day: str, topic: str, event_id: str) -> None:
    """Mark the day of a live event whose id was deleted, unless the id is still stored as that of an imported event."""
    if rows.get(ForgottenDayRow, day, topic) is None and rows.get(ImportedRow, day, topic, event_id) is None:
        rows.put(_FORGOTTEN, day, topic)


def sweep_imported(rows: Rows, after: tuple[str, ...], now_ms: int, useful_ms: int) -> tuple[str, ...] | None:
    """Delete one chunk of imported ids whose day gives no points any more.

    Returns the key after which the next chunk starts, or None at the end.
    """
    gone_before = day_key(max(now_ms - useful_ms - DAY_MS, 0))
    found = rows.scan(ImportedRow, after=after, limit=_CHUNK)
    for parts, _ in found:
        if parts[0] >= gone_before:
            break
        rows.delete(ImportedRow, *parts)
        rows.put(_FORGOTTEN, parts[0], parts[1])
    else:
        if len(found) == _CHUNK:
            return found[-1][0]
    for day, _ in rows.scan(ForgottenDayRow, limit=_CHUNK):
        if day[0] < day_key(max(now_ms - _LONGEST_MS, 0)):
            rows.delete(ForgottenDayRow, *day)
    return None
