from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from workers.policy.hours import (
    Window,
    check_holidays,
    is_holiday,
    parse_date,
    parse_days,
    parse_week,
    parse_windows,
    zone,
)
from workers.policy.model import Calendar

DAY = [Window(510, 1050)]


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("08:30-17:30", [(510, 1050)]),
        ("8:30 - 17:30", [(510, 1050)]),
        ("08:30-12:00, 13:00-17:30", [(510, 720), (780, 1050)]),
        ("13:00-17:30,08:30-12:00", [(510, 720), (780, 1050)]),
        ("22:00-06:00", [(1320, 1800)]),
        ("22:00-00:00", [(1320, 1440)]),
        ("00:00-24:00", [(0, 1440)]),
        ("closed", []),
    ],
)
def test_windows_read_in_minutes_of_the_day(text: str, windows: list[tuple[int, int]]) -> None:
    assert parse_windows(text) == tuple(Window(*one) for one in windows)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9",
        "9:30",
        "9-17",
        "24:00-25:00",
        "08:60-09:00",
        "09:00-09:00",
        "08:00-12:00,11:00-13:00",
        "Closed",
        "٩:00-10:00",
    ],
)
def test_invalid_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|windows"):
        parse_windows(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", [0]),
        ("mon-fri", [0, 1, 2, 3, 4]),
        ("sat-mon", [5, 6, 0]),
        ("tue, thu", [1, 3]),
        ("mon-tue,sun", [0, 1, 6]),
    ],
)
def test_days_read_as_weekdays(text: str, days: list[int]) -> None:
    assert parse_days(text) == tuple(days)


@pytest.mark.parametrize("text", ["", "Mon", "monday", "mon-", "mon-tue-wed", "mon,mon", "mon-wed,tue"])
def test_invalid_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_days(text)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({"mon-fri": "09:00-17:00", "wed": "09:00-12:00"}, "wed is named twice"),
        ({"mon": "22:00-09:00", "tue": "08:00-17:00"}, "next day"),
        ({"sun": "22:00-09:00", "mon": "08:00-17:00"}, "next day"),
    ],
)
def test_a_week_that_contradicts_itself_is_refused(hours: dict[str, str], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        parse_week(hours)


def test_a_week_may_run_over_every_midnight() -> None:
    week = parse_week({"mon-sun": "22:00-06:00"})
    assert week == ((Window(1320, 1800),),) * 7


@pytest.mark.parametrize("text", ["US", "US-CA", "NO", "DE-BY"])
def test_a_country_of_the_holidays_library_is_kept(text: str) -> None:
    assert check_holidays(text) == text


@pytest.mark.parametrize("text", ["us", "", "XX", "US-", "US-XX", "UNITED STATES", "US-CA-LA"])
def test_a_country_without_holidays_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="holidays library"):
        check_holidays(text)


def test_holidays_include_the_day_on_which_they_are_observed() -> None:
    assert is_holiday("US", date(2026, 7, 3))
    assert is_holiday("US", date(2027, 12, 31))
    assert not is_holiday("US", date(2026, 7, 6))


def test_a_zone_comes_from_the_pinned_data_with_its_daylight_saving() -> None:
    east = zone("America/New_York")
    offsets = [datetime(2026, month, 1, tzinfo=UTC).astimezone(east).utcoffset() for month in (1, 7)]
    assert [offset.total_seconds() / 3600 for offset in offsets if offset is not None] == [-5, -4]


@pytest.mark.parametrize("name", ["New York", "", "../../etc/passwd", "america/new_york", "EST5", "US"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        zone(name)


@pytest.mark.parametrize("text", ["2026-02-29", "20260224", "24.12.2026", "2026-W01-1", ""])
def test_a_date_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a date"):
        parse_date(text)


CALENDAR = {
    "timezone": "America/New_York",
    "hours": {"mon-fri": "08:30-17:30"},
    "holidays": "US",
    "days": {"2026-12-24": "08:30-12:00", "2026-12-25": "10:00-11:00", "2026-12-28": "closed"},
}


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (date(2026, 12, 22), DAY),
        (date(2026, 12, 26), []),
        (date(2026, 11, 26), []),
        (date(2026, 12, 24), [Window(510, 720)]),
        (date(2026, 12, 25), [Window(600, 660)]),
        (date(2026, 12, 28), []),
    ],
    ids=["weekday", "saturday", "holiday", "half day", "special day beats holiday", "closed day"],
)
def test_the_most_specific_line_decides_the_hours_of_a_day(day: date, windows: list[Window]) -> None:
    assert Calendar.model_validate(CALENDAR).windows_on(day) == tuple(windows)


def test_a_reps_own_week_replaces_the_calendars_but_not_its_holidays() -> None:
    calendar = Calendar.model_validate(json.loads(json.dumps(CALENDAR)))
    own = parse_week({"tue": "06:00-08:00"})
    assert calendar.windows_on(date(2026, 12, 22), own) == (Window(360, 480),)
    assert calendar.windows_on(date(2026, 12, 23), own) == ()
    assert calendar.windows_on(date(2026, 11, 26), parse_week({"thu": "06:00-08:00"})) == ()
