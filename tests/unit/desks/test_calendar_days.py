"""Special days, one by one: nights in which the clocks change, holidays, half days, leap days, unusual zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.unit.desks.world import utc
from workers.desks.calendar import Calendar, Per
from workers.policy.desks import Calendar as Written

MINUTE_MS = 60_000
EAST, BERLIN = "America/New_York", "Europe/Berlin"


def calendar(zone_name: str, hours: dict[str, str], **rest: Any) -> Calendar:
    written = Written(timezone=zone_name, hours=hours, **rest)
    return Calendar(written.zone, written.windows_on)


def open_minutes(one: Calendar, day: date) -> int:
    """Return the open minutes from noon (UTC) of the day before to noon of the day.

    It asks for every quarter of an hour.
    """
    start = utc(f"{day - timedelta(days=1)} 12:00")
    return sum(15 for quarter in range(96) if one.is_open(start + quarter * 15 * MINUTE_MS))


NIGHT = {"mon-sun": "22:00-06:00"}
SPLIT = {"mon-sun": "00:30-01:30, 01:45-02:30, 02:45-04:00"}


@pytest.mark.parametrize(
    ("zone_name", "hours", "day", "minutes"),
    [
        (EAST, NIGHT, "2026-03-07", 480),
        (EAST, NIGHT, "2026-03-08", 420),  # an hour is skipped
        (EAST, NIGHT, "2026-11-01", 540),  # an hour happens twice
        (BERLIN, NIGHT, "2026-03-29", 420),
        (BERLIN, NIGHT, "2026-10-25", 540),
        (EAST, SPLIT, "2026-03-09", 180),
        (EAST, SPLIT, "2026-03-08", 135),  # 01:45 to 02:00 and 03:00 to 04:00 are left of the later two
        (EAST, SPLIT, "2026-11-01", 255),  # the first two windows meet, and last an hour longer
    ],
)
def test_windows_in_the_night_when_the_clocks_change(
    zone_name: str, hours: dict[str, str], day: str, minutes: int
) -> None:
    assert open_minutes(calendar(zone_name, hours), date.fromisoformat(day)) == minutes


WEEKDAYS = {"mon-fri": "08:30-12:00, 13:00-17:30"}
US: dict[str, Any] = {"holidays": "US"}


@pytest.mark.parametrize(
    ("rest", "asked", "opens"),
    [
        ({}, "2026-12-25 15:00", "2026-12-25 15:00"),
        (US, "2026-12-25 15:00", "2026-12-28 13:30"),
        (
            US,
            "2027-12-31 15:00",
            "2028-01-03 13:30",
        ),  # New Year's Day is a Saturday, kept on the Friday before
        (US, "2028-02-29 15:00", "2028-02-29 15:00"),  # a leap day is a Tuesday like others
        (US, "2028-02-29 17:30", "2028-02-29 18:00"),  # with the lunch break
        ({"days": {"2028-02-29": "closed"}}, "2028-02-29 15:00", "2028-03-01 13:30"),
        (
            US | {"days": {"2026-12-25": "10:00-11:00"}},
            "2026-12-25 12:00",
            "2026-12-25 15:00",
        ),  # a special day wins
        (US | {"days": {"2026-12-24": "08:30-12:00"}}, "2026-12-24 17:00", "2026-12-28 13:30"),  # half a day
        (
            US | {"days": {"2026-12-26": "10:00-12:00"}},
            "2026-12-24 22:30",
            "2026-12-26 15:00",
        ),  # a Saturday that is open
        (
            {"holidays": "US-CA"},
            "2026-03-31 15:00",
            "2026-04-01 12:30",
        ),  # Cesar Chavez Day, in California only
        (US, "2026-03-31 15:00", "2026-03-31 15:00"),
        ({"holidays": "DE-BY"}, "2026-06-04 15:00", "2026-06-05 12:30"),  # Corpus Christi, in Bavaria
        ({"holidays": "DE-BE"}, "2026-06-04 15:00", "2026-06-04 15:00"),
    ],
)
def test_holidays_half_days_and_leap_days(rest: dict[str, Any], asked: str, opens: str) -> None:
    found = calendar(EAST, WEEKDAYS, **rest).next_opening(utc(asked))
    assert datetime.fromtimestamp(found / 1_000, UTC).strftime("%Y-%m-%d %H:%M") == opens


@pytest.mark.parametrize(
    ("days", "asked", "is_open"),
    [
        ({}, "2026-05-25 08:00", True),  # 04:00 on Memorial Day: the night of Sunday continues into it
        ({}, "2026-05-26 03:00", False),  # its own night, from 22:00, is closed
        ({"2026-05-25": "22:00-06:00"}, "2026-05-26 03:00", True),  # unless the policy opens it
        ({"2026-05-24": "closed"}, "2026-05-25 08:00", False),  # no window began the evening before
        ({"2026-05-26": "closed"}, "2026-05-27 08:00", False),
        ({"2026-05-24": "20:00-02:00"}, "2026-05-25 05:59", True),
        ({"2026-05-24": "20:00-02:00"}, "2026-05-25 06:00", False),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens(
    days: dict[str, str], asked: str, is_open: bool
) -> None:
    assert calendar(EAST, NIGHT, holidays="US", days=days).is_open(utc(asked)) is is_open


@pytest.mark.parametrize(
    ("zone_name", "at", "per", "name", "hours"),
    [
        (EAST, "2026-03-08 12:00", Per.DAY, "2026-03-08", 23),
        (EAST, "2026-11-01 12:00", Per.DAY, "2026-11-01", 25),
        (EAST, "2026-03-02 12:00", Per.WEEK, "2026-03-02", 167),
        (EAST, "2026-10-28 12:00", Per.WEEK, "2026-10-26", 169),
        (EAST, "2028-02-29 12:00", Per.MONTH, "2028-02-01", 29 * 24),
        (EAST, "2026-03-15 12:00", Per.MONTH, "2026-03-01", 31 * 24 - 1),
        (EAST, "2026-12-31 12:00", Per.MONTH, "2026-12-01", 31 * 24),
        (BERLIN, "2026-12-31 12:00", Per.WEEK, "2026-12-28", 168),
        ("Asia/Kathmandu", "2026-03-01 18:14", Per.DAY, "2026-03-01", 24),  # 23:59 there
        ("Asia/Kathmandu", "2026-03-01 18:15", Per.DAY, "2026-03-02", 24),
        ("America/Havana", "2026-03-08 12:00", Per.DAY, "2026-03-08", 23),  # its midnight does not exist
    ],
)
def test_a_period_is_as_long_as_in_its_own_zone(
    zone_name: str, at: str, per: Per, name: str, hours: int
) -> None:
    one = calendar(zone_name, {"mon-sun": "00:00-24:00"})
    period = one.period(utc(at), per)
    assert period.name == name
    assert one.period(period.ends_ms, per).name != name
    assert one.period(period.ends_ms - 1, per) == period
    assert one.period(period.ends_ms - hours * 60 * MINUTE_MS, per) == period
    assert one.period(period.ends_ms - hours * 60 * MINUTE_MS - 1, per) != period


def test_a_date_that_a_country_skipped_has_no_opening() -> None:
    samoa = calendar("Pacific/Apia", {"mon-sun": "09:00-10:00"})
    last = utc("2011-12-29 20:00")  # Thursday 10:00; the next day there is Saturday
    assert samoa.next_opening(last) == utc("2011-12-30 19:00")


@pytest.mark.parametrize(
    ("one", "begins", "ends", "minutes"),
    [
        pytest.param(
            calendar(EAST, NIGHT, days={"2026-03-03": "00:00-08:00"}),
            "2026-03-03 03:00",  # Monday, 22:00
            "2026-03-03 16:00",
            600,
            id="a special day begins before the night before it ends",
        ),
        pytest.param(
            calendar(EAST, NIGHT, days={"2026-03-03": "02:00-04:00"}),
            "2026-03-03 03:00",
            "2026-03-03 16:00",
            480,
            id="a special day in the middle of the night",
        ),
        pytest.param(
            calendar(EAST, {"mon-sun": "00:00-01:30, 01:30-03:00"}),
            "2026-11-01 04:00",
            "2026-11-01 08:00",
            240,
            id="two windows meet in an hour that the clocks show twice",
        ),
    ],
)
def test_time_that_two_windows_cover_counts_once(one: Calendar, begins: str, ends: str, minutes: int) -> None:
    from_ms, until_ms = utc(begins), utc(ends)
    assert one.working_time(from_ms, until_ms) == minutes * MINUTE_MS
    for passed in range(15, minutes, 45):
        end_ms = one.add_working_time(from_ms, passed * MINUTE_MS)
        assert one.working_time(from_ms, end_ms) == passed * MINUTE_MS
