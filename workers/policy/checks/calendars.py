"""Checks of calendars: each opens again within the time for which deadlines are searched, and long enough for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from workers.policy.hours import is_holiday
from workers.policy.partners import PartnerTimes
from workers.policy.scalars import MINUTE_MS, OpeningDays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.desks import Calendar, Desk
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.partners import Partner
    from workers.policy.problem import Problem
    from workers.policy.scalars import OpeningTime

MOST_CLOSED_DAYS: Final = 1_100
"""Days within which a deadline is searched (workers/desks/calendar.py). A longer closure has no deadlines."""
_KINDS: Final = ("mql", "raised_hand", "inquiry", "expansion", "in_cycle", "service")
"""Keys of a desk's ``answer_within`` that are times to answer."""
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
            yield from _check_times_of_desk(("desks", name, "answer_within"), desk, known, document)
    default = next((route.desk for route in policy.routes if route.otherwise is not None), None)
    home = policy.desks.get(default or "")
    for name, partner in policy.partners.items():
        calendar_name = partner.calendar or ("" if home is None else home.calendar)
        known = policy.calendars.get(calendar_name)
        if known is not None and calendar_name not in closed:
            place: KeyPath = ("partners", name, "answer_within")
            yield from _check_times_of_partner(place, partner, (calendar_name, known), document)


def _check_times_of_desk(
    place: KeyPath, desk: Desk, calendar: Calendar, document: Document
) -> Iterator[Problem]:
    within = desk.answer_within
    if _is_longer(within.raised_hand, within.mql, calendar):
        yield _report_order(place, document)
    spans: dict[KeyPath, OpeningTime | None] = {(key,): getattr(within, key) for key in _KINDS}
    spans |= {("when", name): span for name, span in within.when.items()}
    for key, span in spans.items():
        if span is not None:
            span_ms = _in_ms(span, max(_days_ms(calendar)))
            longest_ms = max(span_ms, within.escalation_ms(span_ms) or 0)
            yield from _check_length((*place, *key), longest_ms, (desk.calendar, calendar), document)


def _check_times_of_partner(
    place: KeyPath, partner: Partner, calendar: tuple[str, Calendar], document: Document
) -> Iterator[Problem]:
    within, day_ms = partner.answer_within, max(_days_ms(calendar[1]))
    if not isinstance(within, PartnerTimes):
        yield from _check_length(place, _in_ms(within, day_ms), calendar, document)
        return
    if _is_longer(within.raised_hand, within.mql, calendar[1]):
        yield _report_order(place, document)
    for key, span in (("raised_hand", within.raised_hand), ("mql", within.mql)):
        yield from _check_length((*place, key), _in_ms(span, day_ms), calendar, document)


def _report_order(place: KeyPath, document: Document) -> Problem:
    return document.make_problem(
        (*place, "raised_hand"),
        "a raised_hand time that is longer than the mql time",
        "a raised_hand time of at most the mql time: a lead who asks for sales never waits longer",
    )


def _check_length(
    place: KeyPath, span_ms: int, calendar: tuple[str, Calendar], document: Document
) -> Iterator[Problem]:
    """Yield a problem if a time to answer, or until escalation, is longer than the opening hours of three years."""
    most_ms = sum(_days_ms(calendar[1])) * (MOST_CLOSED_DAYS // 7)
    if span_ms > most_ms:
        yield document.make_problem(
            place,
            document.describe_value_at(document.origin_of(place)),
            f"less than {most_ms // MINUTE_MS // 60:,}h, the opening hours that calendar {calendar[0]} has in"
            f" {MOST_CLOSED_DAYS:,} days, also after the multiple of answer_within.after",
        )


def _days_ms(calendar: Calendar) -> list[int]:
    """Return the opening time of each open day of the week. Milliseconds."""
    return [sum(one.end_minute - one.start_minute for one in day) * MINUTE_MS for day in calendar.week if day]


def _is_longer(first: OpeningTime, second: OpeningTime, calendar: Calendar) -> bool:
    """Whether the first time may be longer than the second.

    Two numbers of days are compared as such. Otherwise a day is the longest of the week for the first time, and the
    shortest for the second.
    """
    if isinstance(first, OpeningDays) and isinstance(second, OpeningDays):
        return first > second
    return _in_ms(first, max(_days_ms(calendar))) > _in_ms(second, min(_days_ms(calendar)))


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
