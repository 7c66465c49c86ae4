"""Deadlines by the calendar: nights, weekends, holidays, special days, and nights in which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.unit.desks.world import utc
from workers.desks.calendar import Calendar, NeverOpensError, Per
from workers.policy.desks import Calendar as Written
from workers.policy.hours import zone

HOUR_MS = 3_600_000
WRITTEN = {
    "east": Written(
        timezone="America/New_York",
        hours={"mon-fri": "08:30-17:30"},
        holidays="US",
        days={"2026-12-24": "08:30-12:00", "2026-07-03": "10:00-11:00"},
    ),
    "split": Written(timezone="Europe/Berlin", hours={"mon-fri": "08:00-12:00, 13:00-17:00"}),
    "night": Written(timezone="America/New_York", hours={"sun-thu": "22:00-06:00"}, holidays="US"),
    "early": Written(timezone="America/New_York", hours={"mon-sun": "02:30-04:00"}),
    "twice": Written(timezone="America/New_York", hours={"mon-sun": "01:30-03:00"}),
    "fold": Written(timezone="America/New_York", hours={"mon-sun": "00:30-01:30"}),
    "always": Written(timezone="America/New_York", hours={"mon-sun": "00:00-24:00"}),
}


def calendar(name: str) -> Calendar:
    return Calendar(WRITTEN[name].zone, WRITTEN[name].windows_on)


@pytest.mark.parametrize(
    ("name", "asked", "hours", "due"),
    [
        ("east", "2026-03-02 14:00", 3, "2026-03-02 17:00"),  # Monday 09:00 in New York
        ("east", "2026-03-02 03:00", 3, "2026-03-02 16:30"),  # at night: time counts from 08:30
        ("east", "2026-03-02 21:30", 3, "2026-03-03 15:30"),  # Monday 16:30: one hour today
        ("east", "2026-03-02 21:30", 1, "2026-03-02 22:30"),  # ends with the day, and not at the next opening
        ("east", "2026-03-06 22:00", 3, "2026-03-09 15:00"),  # Friday 17:00, the clocks change on Sunday
        ("east", "2026-05-22 21:00", 3, "2026-05-26 15:00"),  # over Memorial Day
        ("east", "2026-12-24 16:00", 3, "2026-12-28 15:30"),  # short day, Christmas, weekend
        ("east", "2026-07-03 13:00", 1, "2026-07-03 15:00"),  # a special day beats the observed holiday
        ("split", "2026-03-02 10:30", 2, "2026-03-02 13:30"),  # over lunch
        (
            "night",
            "2026-03-03 10:00",
            9,
            "2026-03-04 11:00",
        ),  # the last hour of one night, the next as a whole
        (
            "night",
            "2026-03-08 02:30",
            8,
            "2026-03-09 10:00",
        ),  # Sunday 22:00 on
        (
            "night",
            "2026-05-25 03:00",
            4,
            "2026-05-25 07:00",
        ),  # the night of Sunday continues into the holiday
        ("night", "2026-05-25 23:00", 1, "2026-05-27 03:00"),  # the holiday's own night does not open
        (
            "early",
            "2026-03-08 05:00",
            1,
            "2026-03-08 08:00",
        ),  # 02:30 does not exist: 03:00 summer time to 04:00
        ("early", "2026-03-07 05:00", 1, "2026-03-07 08:30"),
        ("twice", "2026-11-01 04:00", 2, "2026-11-01 07:30"),  # 01:30 to 03:00 lasts two and a half hours
        (
            "fold",
            "2026-11-01 04:00",
            2,
            "2026-11-01 06:30",
        ),  # until the clocks read 01:30 for the second time
        ("always", "2026-03-08 05:00", 23, "2026-03-09 04:00"),  # a day of 23 hours
        ("always", "2026-11-01 04:00", 25, "2026-11-02 05:00"),  # a day of 25 hours
    ],
)
def test_a_deadline_counts_open_hours_only(name: str, asked: str, hours: int, due: str) -> None:
    found = calendar(name).add_working_time(utc(asked), hours * HOUR_MS)
    assert datetime.fromtimestamp(found / 1_000, UTC).strftime("%Y-%m-%d %H:%M") == due


@pytest.mark.parametrize(
    ("name", "at", "is_open", "opens"),
    [
        ("east", "2026-03-02 13:29", False, "2026-03-02 13:30"),
        ("east", "2026-03-02 13:30", True, "2026-03-02 13:30"),
        ("east", "2026-03-02 22:29", True, "2026-03-02 22:29"),
        ("east", "2026-03-02 22:30", False, "2026-03-03 13:30"),
        ("east", "2026-07-04 15:00", False, "2026-07-06 12:30"),
        ("night", "2026-03-03 08:00", True, "2026-03-03 08:00"),
        ("night", "2026-03-06 11:00", False, "2026-03-09 02:00"),
        ("twice", "2026-11-01 06:15", True, "2026-11-01 06:15"),  # the clocks show 01:15 for the second time
    ],
)
def test_openings(name: str, at: str, is_open: bool, opens: str) -> None:
    assert calendar(name).is_open(utc(at)) is is_open
    found = calendar(name).next_opening(utc(at))
    assert datetime.fromtimestamp(found / 1_000, UTC).strftime("%Y-%m-%d %H:%M") == opens


@pytest.mark.parametrize(
    ("at", "per", "name", "ends"),
    [
        ("2026-03-09 03:59", Per.WEEK, "2026-03-02", "2026-03-09 04:00"),
        ("2026-03-09 04:00", Per.WEEK, "2026-03-09", "2026-03-16 04:00"),
        ("2026-03-08 04:59", Per.DAY, "2026-03-07", "2026-03-08 05:00"),
        ("2026-03-08 05:00", Per.DAY, "2026-03-08", "2026-03-09 04:00"),
        ("2026-01-01 04:00", Per.MONTH, "2025-12-01", "2026-01-01 05:00"),
    ],
)
def test_periods_are_those_of_the_calendars_zone(at: str, per: Per, name: str, ends: str) -> None:
    period = calendar("east").period(utc(at), per)
    assert (period.name, period.ends_ms) == (name, utc(ends))


def test_a_cached_period_is_used_for_its_own_time_only() -> None:
    east = calendar("east")
    ends = utc("2026-03-09 04:00")
    asked = [ends - 1, ends, ends - 1, ends - 7 * 24 * HOUR_MS, ends + HOUR_MS]
    assert [east.period(at, Per.WEEK).name for at in asked] == [
        "2026-03-02",
        "2026-03-09",
        "2026-03-02",
        "2026-02-23",
        "2026-03-09",
    ]


def test_a_calendar_that_never_opens_again_raises_instead_of_searching_for_ever() -> None:
    closed = Calendar(zone("UTC"), lambda _: ())
    with pytest.raises(NeverOpensError):
        closed.next_opening(0)
    with pytest.raises(NeverOpensError):
        closed.add_working_time(0, 1)


def test_computed_days_are_cached_up_to_a_bound() -> None:
    asked: list[date] = []
    east = Calendar(WRITTEN["east"].zone, lambda day: (asked.append(day), WRITTEN["east"].windows_on(day))[1])
    for day in range(1_500):
        east.is_open(day * 86_400_000)
    assert len(east._spans) <= 1_200
    before = len(asked)
    east.is_open(1_499 * 86_400_000)
    assert len(asked) == before
