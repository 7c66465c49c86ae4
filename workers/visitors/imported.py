"""Imported history: which of it is of use, and that each event of it counts once, however often it is imported.

In: a record with the header ``imported``, which says when its event had first arrived. Out: whether it counts. Live, ids
are known for the window of repeats; imported ones as long as anything of their day gives points. Of a day whose ids are
known no more nothing is imported: nobody could tell what of it had counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError
from workers.engine.rows import Row
from workers.identity.event_time import DAY_MS
from workers.identity.repeats import SeenRow, day_key, take_once

if TYPE_CHECKING:
    from workers.engine.api import Record
    from workers.engine.rows import Rows
    from workers.identity.event_time import EventTime
    from workers.policy.model import Policy

HEADER: Final = "imported"
WhyNot = Literal["of_no_use", "repeated", "day_forgotten"]
"""Why an imported event does not count: the fields of CountRow."""

_CHUNK: Final = 200
_LONGEST_MS: Final = 3_652 * DAY_MS
"""No policy lets points last longer."""
_DIGITS: Final = 15


class ImportedRow(Row, frozen=True):
    """One imported event that was taken, keyed by (day, topic, event_id). Bounded: as long as its day gives points."""

    prefix: ClassVar[str] = "imported"


class ForgottenDayRow(Row, frozen=True):
    """A day of which something counted whose ids are known no more, keyed by (day, topic). One a day, for ten years."""

    prefix: ClassVar[str] = "forgotten"


_TAKEN: Final = ImportedRow()
_FORGOTTEN: Final = ForgottenDayRow()


def first_arrival_ms(record: Record) -> int | None:
    """Return when the event of an imported record had first arrived; None where the record is live.

    Raises RefusedError ``breaks_contract``: the header is no time.
    """
    for name, value in record.headers:
        if name == HEADER:
            if not (value.isdigit() and len(value) <= _DIGITS):
                detail = "header imported: expected milliseconds since 1970-01-01 UTC"
                raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail)
            return int(value)
    return None


class Imports:
    """What of history the policy has a use for."""

    def __init__(self, policy: Policy) -> None:
        self._window_ms = policy.privacy.repeats.ms
        self._useful_ms = policy.points_last_ms
        self._anonymous_ms = min(policy.points_last_ms, policy.privacy.anonymous_history.ms)

    def is_of_use(self, time: EventTime, now_ms: int, *, is_anonymous: bool) -> bool:
        """Whether an event may still give points; of who gave no address no more is kept than of live visitors."""
        return time.at_ms >= now_ms - (self._anonymous_ms if is_anonymous else self._useful_ms)

    def why_not(
        self, rows: Rows, record: Record, event_id: str, time: EventTime, *, is_anonymous: bool
    ) -> WhyNot | None:
        """Take an event and remember it; else say why it does not count."""
        topic, now_ms, day = record.topic, record.timestamp_ms, day_key(time.at_ms)
        if not self.is_of_use(time, now_ms, is_anonymous=is_anonymous):
            return "of_no_use"
        if rows.get(ImportedRow, day, topic, event_id) is not None:
            return "repeated"
        if time.at_ms >= now_ms - self._window_ms:
            if not take_once(rows, topic, event_id, time, now_ms):  # so that it counts live no more either
                return "repeated"
        elif rows.get(SeenRow, day, topic, event_id) is not None:
            return "repeated"
        if rows.get(ForgottenDayRow, day, topic) is not None:
            return "day_forgotten"
        rows.put(_TAKEN, day, topic, event_id)
        return None


def live_forgotten(rows: Rows, day: str, topic: str, event_id: str) -> None:
    """The id of an event is known no more as a live one; where it is known as an imported one, its day is not forgotten."""
    if rows.get(ForgottenDayRow, day, topic) is None and rows.get(ImportedRow, day, topic, event_id) is None:
        rows.put(_FORGOTTEN, day, topic)


def sweep_imported(rows: Rows, after: tuple[str, ...], now_ms: int, useful_ms: int) -> tuple[str, ...] | None:
    """Forget one chunk of ids whose day gives no points any more; return where to go on, None at the end."""
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
