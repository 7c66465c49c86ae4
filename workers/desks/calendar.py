"""Opening hours: when a calendar is open, and when a given amount of working time has passed.

Pure: instants in, instants out, in milliseconds UTC. Input: the windows that begin on each day. Output: openings,
deadlines, and the days, weeks and months of the calendar's zone.

A window belongs to the day on which it opens: a window over midnight continues into a holiday. If the clocks skip an
opening or closing time, the instant of the change counts instead. If the clocks show a time twice, a window opens at
the first reading and closes at the second. So it covers every minute whose reading is inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from workers.policy.hours import Window

_DAYS_AHEAD = 1_100
_CACHED_DAYS = 1_200
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the reading of a wall clock has no zone
_LAST_ORDINAL = date.max.toordinal() - 2

Span = tuple[int, int]
"""An open span: from (inclusive) until (exclusive). Milliseconds UTC."""


class NeverOpensError(ValueError):
    """Raised if the calendar has too little open time in the next 1,100 days to compute an instant."""


class Per(StrEnum):
    """The lengths of a capacity period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar day, week (from Monday) or month in a calendar's zone.

    ``name`` is its first day, ISO 8601. ``ends_ms`` is the first instant after it, in milliseconds UTC.
    """

    name: str
    ends_ms: int


_NONE = Period("", 0)


class Calendar:
    """Opening hours in one zone. ``windows_on`` returns the windows that begin on a day.

    Computed days are cached, at most 1,200.
    """

    def __init__(self, zone: tzinfo, windows_on: Callable[[date], tuple[Window, ...]]) -> None:
        self._zone = zone
        self._windows_on = windows_on
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._periods: dict[Per, tuple[int, Period]] = {}

    def is_open(self, at_ms: int) -> bool:
        """Whether the calendar is open at ``at_ms``."""
        today = self._local(at_ms).toordinal()
        return any(
            start <= at_ms < end for day in range(today - 1, today + 2) for start, end in self._spans_of(day)
        )

    def next_opening(self, at_ms: int) -> int:
        """Return ``at_ms`` if the calendar is open then, else the next opening. Raises NeverOpensError."""
        for start, end in self._spans_from(at_ms):
            if end > at_ms:
                return max(start, at_ms)
        raise NeverOpensError(f"not open within {_DAYS_AHEAD} days")

    def add_working_time(self, from_ms: int, duration_ms: int) -> int:
        """Return the earliest instant at which ``duration_ms`` of open time have passed since ``from_ms``.

        If the calendar is closed at ``from_ms``, time counts from the next opening. A duration of 0 or less returns
        ``from_ms``. Raises NeverOpensError.
        """
        left_ms, at_ms = duration_ms, from_ms
        if left_ms <= 0:
            return from_ms
        for start, end in self._spans_from(from_ms):
            begin = max(start, at_ms)
            if end <= begin:
                continue
            if end - begin >= left_ms:
                return begin + left_ms
            left_ms -= end - begin
            at_ms = end
        raise NeverOpensError(f"{duration_ms} ms of open time do not pass within {_DAYS_AHEAD} days")

    def open_days(self, from_ms: int, days: int) -> int:
        """Return the open time of ``days`` business days from ``from_ms``, in milliseconds.

        They end at the same time of day on the open day that is ``days`` open days later, at the latest when it closes.
        If the calendar is closed at ``from_ms``, they begin with the next opening. Raises NeverOpensError.
        """
        begin_ms = self.next_opening(from_ms)
        first = self._local(begin_ms).toordinal()
        first -= any(start <= begin_ms < end for start, end in self._spans_of(first - 1))
        since_midnight_ms = begin_ms - self._instant_ms(date.fromordinal(first), 0, fold=0)
        left = days
        for ordinal in range(first + 1, min(first + _DAYS_AHEAD, _LAST_ORDINAL)):
            spans = self._spans_of(ordinal)
            left -= bool(spans)
            if left == 0:
                minute, rest_ms = divmod(since_midnight_ms, 60_000)
                same_ms = self._instant_ms(date.fromordinal(ordinal), minute, fold=0) + rest_ms
                return self.working_time(begin_ms, min(same_ms, max(end for _, end in spans)))
        raise NeverOpensError(f"{days} open days do not pass within {_DAYS_AHEAD} days")

    def working_time(self, from_ms: int, until_ms: int) -> int:
        """Return the open time between two instants, in milliseconds. 0 if ``until_ms`` is not later."""
        total_ms, at_ms = 0, from_ms
        for start, end in self._spans_from(from_ms):
            if start >= until_ms:
                break
            closes_ms = min(end, until_ms)
            # Windows may overlap: a special day after an open night, or an hour that the clocks show twice.
            if closes_ms > at_ms:
                total_ms += closes_ms - max(start, at_ms)
                at_ms = closes_ms
        return total_ms

    def period(self, at_ms: int, per: Per) -> Period:
        """Return the day, week or month that contains ``at_ms`` in the calendar's zone, whatever its opening hours."""
        since_ms, known = self._periods.get(per, (0, _NONE))
        if since_ms <= at_ms < known.ends_ms:
            return known
        day = self._local(at_ms).date()
        if per is Per.WEEK:
            day -= timedelta(days=day.weekday())
            after = day + timedelta(days=7)
        elif per is Per.MONTH:
            day = day.replace(day=1)
            after = (day + timedelta(days=31)).replace(day=1)
        else:
            after = day + timedelta(days=1)
        period = Period(day.isoformat(), self._instant_ms(after, 0, fold=1))
        self._periods[per] = (self._instant_ms(day, 0, fold=1), period)
        return period

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(self._zone)

    def _spans_from(self, at_ms: int) -> Iterator[Span]:
        first = self._local(at_ms).toordinal() - 1
        for ordinal in range(first, min(first + _DAYS_AHEAD, _LAST_ORDINAL)):
            yield from self._spans_of(ordinal)

    def _spans_of(self, ordinal: int) -> tuple[Span, ...]:
        known = self._spans.get(ordinal)
        if known is not None:
            return known
        if len(self._spans) >= _CACHED_DAYS:
            self._spans.clear()
        day = date.fromordinal(ordinal)
        windows = (
            (
                self._instant_ms(day, window.start_minute, fold=0),
                self._instant_ms(day, window.end_minute, fold=1),
            )
            for window in self._windows_on(day)
        )
        spans = tuple(span for span in windows if span[0] < span[1])  # the clocks may skip a whole window
        self._spans[ordinal] = spans
        return spans

    def _instant_ms(self, day: date, minute: int, *, fold: int) -> int:
        """Return the instant at which the clocks show ``minute`` of ``day``.

        If they show it twice, ``fold`` 0 is the first reading and 1 the second.
        """
        wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
        wall_s = int((wall - _EPOCH).total_seconds())
        before_s, after_s = (
            _seconds(wall.replace(tzinfo=self._zone, fold=one).utcoffset()) for one in (0, 1)
        )
        if after_s <= before_s:  # shown once, or twice: the second reading has the smaller offset
            return (wall_s - (after_s if fold else before_s)) * 1000
        low_s, high_s = wall_s - after_s, wall_s - before_s  # the change is in (low, high]
        while high_s - low_s > 1:
            middle_s = (low_s + high_s) // 2
            jumped = (
                _seconds(datetime.fromtimestamp(middle_s, UTC).astimezone(self._zone).utcoffset()) == after_s
            )
            low_s, high_s = (low_s, middle_s) if jumped else (middle_s, high_s)
        return high_s * 1000


def _seconds(offset: timedelta | None) -> int:
    return int(offset.total_seconds()) if offset is not None else 0
