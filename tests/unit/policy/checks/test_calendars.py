"""A calendar that stays closed for longer than a deadline is searched is refused, with the entry that closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from workers.policy.hours import is_holiday
from workers.policy.load import load_policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]
HOURS = 'hours: {mon-fri: "08:30-17:30"}, holidays: US}'
MONDAY = date(2026, 3, 2)


def mondays(weeks: int, windows: str = "closed") -> str:
    days = (MONDAY + timedelta(weeks=week) for week in range(weeks))
    return "{" + ", ".join(f'"{day}": {windows}' for day in days) + "}"


def east(changed: Changed, rest: str) -> str:
    return changed((HOURS, f'hours: {{mon: "09:00-17:00"}}, {rest}}}'))


@pytest.mark.parametrize(
    ("rest", "key", "found"),
    [
        (f"days: {mondays(157)}", "calendars.east.days.2029-02-26", "between 2026-02-24 and 2029-02-"),
        (f"days: {mondays(200)}", "calendars.east.days.2029-12-24", "between 2026-02-24 and"),
    ],
)
def test_special_days_that_close_each_open_day_are_refused(
    changed: Changed, problems: Problems, rest: str, key: str, found: str
) -> None:
    (problem,) = [one for one in problems(east(changed, rest)) if one.key.startswith("calendars.east")]
    assert problem.key == key
    assert found in problem.found
    assert "deadlines need opening hours" in problem.expected


def test_special_days_and_holidays_together_are_refused(changed: Changed, problems: Problems) -> None:
    days = (MONDAY + timedelta(weeks=week) for week in range(157))
    listed = ", ".join(f'"{day}": closed' for day in days if not is_holiday("US", day))
    text = changed((HOURS, f'hours: {{mon: "09:00-17:00"}}, holidays: US, days: {{{listed}}}}}'))
    (problem,) = [one for one in problems(text) if one.key.startswith("calendars.east")]
    assert problem.key.startswith("calendars.east.days.2029-02")


@pytest.mark.parametrize(
    "rest",
    [
        f"days: {mondays(150)}",
        f"days: {mondays(200, chr(34) + '10:00-11:00' + chr(34))}",
        f'days: {mondays(157)[:-1]}, "2027-03-03": "10:00-11:00"}}',
        'days: {"1990-01-01": closed, "2200-01-06": closed}',
    ],
    ids=["opens again within the time", "open on special days", "one open day between", "far apart"],
)
def test_a_calendar_that_opens_again_is_accepted(changed: Changed, rest: str) -> None:
    load_policy(east(changed, rest).replace("mql: 3h", "mql: 5h"))


def test_a_time_to_answer_that_the_calendar_cannot_reach_is_refused(
    changed: Changed, problems: Problems
) -> None:
    text = changed(("inquiry: 8h", "inquiry: 9999h"))
    assert {one.key for one in problems(text)} >= {"desks.inside_sales.answer_within.inquiry"}
