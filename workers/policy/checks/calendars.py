"""Checks of calendars: each opens again within the time for which deadlines are searched, and long enough for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from workers.policy.hours import is_holiday
from workers.policy.scalars import MINUTE_MS, OpeningDays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.desks import Calendar, Desk
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem
    from workers.policy.scalars import OpeningTime

MOST_CLOSED_DAYS: Final = 1_100
"""Days within which a deadline is searched (workers/desks/calendar.py). A longer closure has no deadlines."""
_SAMPLE: Final = date(2024, 1, 1)
"""First day of the sample that shows whether weekly hours and holidays alone leave a day open."""
_APART: Final = 31
"""Special days with more days between them than this belong to different closures."""


def check_calendars(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each calendar that stays closed too long, and each time to answer that its calendar cannot reach."""
    closed = set()
    for name, calendar in policy.calendars.items():
        entry = _find_closing_entry(calendar)
        if entry is not None:
            closed.add(name)
            since, until, key = entry
            yield document.make_problem(
                ("calendars", name, *key),
                f"a calendar that does not open between {since} and {until}; this entry closes its last open day",
                f"a calendar with an open day within {MOST_CLOSED_DAYS:,} days, because deadlines need opening hours",
            )
    for name, desk in policy.desks.items():
        known = policy.calendars.get(desk.calendar)
        if known is not None and desk.calendar not in closed:
            yield from _check_times(name, desk, known, document)


def _check_times(name: str, desk: Desk, calendar: Calendar, document: Document) -> Iterator[Problem]:
    """Yield each time to answer, or time until escalation, that is longer than the opening hours of three years.

    A lead who asks for sales never waits longer than an MQL. A business day counts as the longest of the week for that
    lead, and as the shortest for the MQL.
    """
    days_ms = [
        sum(one.end_minute - one.start_minute for one in day) * MINUTE_MS for day in calendar.week if day
    ]
    shortest_ms, longest_ms = min(days_ms), max(days_ms)
    most_ms = sum(days_ms) * (MOST_CLOSED_DAYS // 7)
    within = desk.answer_within
    if _is_longer(within.raised_hand, longest_ms, within.mql, shortest_ms):
        yield document.make_problem(
            ("desks", name, "answer_within"),
            "a raised_hand time that is longer than the mql time",
            "a raised_hand time of at most the mql time: a lead who asks for sales never waits longer",
        )
    for key in ("mql", "raised_hand", "inquiry", "expansion", "in_cycle", "service"):
        span = getattr(within, key)
        if span is None:
            continue
        span_ms = _in_ms(span, longest_ms)
        if max(span_ms, within.escalation_ms(span_ms) or 0) > most_ms:
            place: KeyPath = ("desks", name, "answer_within", key)
            yield document.make_problem(
                place,
                document.describe_value_at(document.origin_of(place)),
                f"less than {most_ms // MINUTE_MS // 60:,}h, the opening hours that calendar {desk.calendar} has in"
                f" {MOST_CLOSED_DAYS:,} days, also after the multiple of answer_within.after",
            )


def _is_longer(first: OpeningTime, first_day_ms: int, second: OpeningTime, second_day_ms: int) -> bool:
    """Whether the first time is longer than the second. Two numbers of days are compared as such."""
    if isinstance(first, OpeningDays) and isinstance(second, OpeningDays):
        return first > second
    return _in_ms(first, first_day_ms) > _in_ms(second, second_day_ms)


def _in_ms(time: OpeningTime, day_ms: int) -> int:
    return time.days * day_ms if isinstance(time, OpeningDays) else time


def _find_closing_entry(calendar: Calendar) -> tuple[date, date, KeyPath] | None:
    """Return the first and last day of a closure that is too long, and the key that closes its last day."""
    for first, last in _closures(sorted(calendar.special_days)):
        since = first - timedelta(days=_APART)
        closing: KeyPath | None = None
        day = since
        while day <= last + timedelta(days=MOST_CLOSED_DAYS):
            if calendar.windows_on(day):
                since, closing = day + timedelta(days=1), None
                if day > last + timedelta(days=_APART):
                    break
            elif calendar.week[day.weekday()]:
                closing = _entry_of(calendar, day)
            if (day - since).days >= MOST_CLOSED_DAYS and closing is not None:
                return since, max(day, last), _last_entry(calendar, since, last) or closing
            day += timedelta(days=1)
    return None


def _closures(days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and last special day of each group, and the sample without special days."""
    yield _SAMPLE, _SAMPLE
    start = 0
    for at, day in enumerate(days):
        if at + 1 == len(days) or (days[at + 1] - day).days > _APART:
            yield days[start], day
            start = at + 1


def _entry_of(calendar: Calendar, day: date) -> KeyPath:
    return ("days", day.isoformat()) if day in calendar.special_days else ("holidays",)


def _last_entry(calendar: Calendar, since: date, last: date) -> KeyPath | None:
    """Return the key that closes the latest day of a closure that the weekly hours would open."""
    day = last
    while day >= since:
        is_closed = day in calendar.special_days or (
            calendar.holidays is not None and is_holiday(calendar.holidays, day)
        )
        if is_closed and calendar.week[day.weekday()]:
            return _entry_of(calendar, day)
        day -= timedelta(days=1)
    return None
