"""Calendars against an oracle that goes through every minute, around the clock changes of several zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.desks.calendar import Calendar
from workers.policy.hours import Window, zone

MINUTE_MS = 60_000
DAYS = 6
# Half-hour changes, changes at midnight, no changes, both hemispheres.
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Asia/Kathmandu", date(2026, 5, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


@lru_cache(maxsize=32)
def walls(zone_name: str, middle: date) -> tuple[int, list[datetime]]:
    """Return the first minute, milliseconds UTC, and the clocks' reading in each minute of the days around ``middle``."""
    first = datetime(middle.year, middle.month, middle.day, tzinfo=UTC) - timedelta(days=DAYS / 2 + 1)
    tz = zone(zone_name)
    read = [
        (first + timedelta(minutes=minute)).astimezone(tz).replace(tzinfo=None)
        for minute in range((DAYS + 2) * 1_440)
    ]
    return int(first.timestamp()) * 1_000, read


def open_minutes(windows: list[list[Window]], zone_name: str, middle: date) -> list[bool]:
    """Whether each minute is between the first reading of an opening and the last reading before its closing."""
    _, read = walls(zone_name, middle)
    is_open = [False] * len(read)
    for number, day_windows in enumerate(windows):
        midnight = datetime.combine(middle, datetime.min.time()) + timedelta(days=number - DAYS // 2)
        for window in day_windows:
            opens = midnight + timedelta(minutes=window.start_minute)
            closes = midnight + timedelta(minutes=window.end_minute)
            near = range(max((number - 1) * 1_440, 0), min((number + 5) * 1_440, len(read)))
            first = next(at for at in near if read[at] >= opens)
            last = next(at for at in reversed(near) if read[at] < closes)
            is_open[first : last + 1] = [True] * (last + 1 - first)
    return is_open


def calendar_of(windows: list[list[Window]], zone_name: str, middle: date) -> Calendar:
    by_day = {
        middle + timedelta(days=number - DAYS // 2): tuple(day_windows)
        for number, day_windows in enumerate(windows)
    }
    return Calendar(zone(zone_name), lambda day: by_day.get(day, ()))


@st.composite
def day_of_windows(draw: st.DrawFn) -> list[Window]:
    """Draw zero to two windows of one day. The last may end after midnight.

    They begin on half hours, or on any minute around the clock changes.
    """
    marks = st.one_of(st.integers(0, 47).map(lambda half: half * 30), st.integers(0, 240))
    starts = sorted(draw(st.lists(marks, max_size=2, unique=True)))
    windows = []
    for number, start in enumerate(starts):
        latest = starts[number + 1] if number + 1 < len(starts) else start + 1_440
        # Closing times within the first hours of a day are where the clocks change.
        ends = st.integers(start + 1, max(start + 1, latest))
        windows.append(
            Window(
                start,
                draw(ends if start > 200 else st.one_of(ends, st.integers(start + 1, min(latest, 240)))),
            )
        )
    return windows


cases = st.tuples(
    st.lists(day_of_windows(), min_size=DAYS, max_size=DAYS),
    st.sampled_from(CHANGES),
    st.integers(0, (DAYS + 1) * 1_440),
    st.integers(1, 900),
)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_a_calendar_is_open_in_the_minutes_that_the_oracle_finds(
    case: tuple[list[list[Window]], tuple[str, date], int, int],
) -> None:
    windows, (zone_name, middle), minute, _ = case
    first_ms, _ = walls(zone_name, middle)
    expected = open_minutes(windows, zone_name, middle)
    calendar = calendar_of(windows, zone_name, middle)
    assert [
        calendar.is_open(first_ms + at * MINUTE_MS) for at in range(minute, min(minute + 400, len(expected)))
    ] == expected[minute : minute + 400]


@settings(max_examples=100, deadline=None)
@given(cases)
def test_working_time_and_openings_are_what_a_walk_through_the_minutes_finds(
    case: tuple[list[list[Window]], tuple[str, date], int, int],
) -> None:
    windows, (zone_name, middle), minute, duration = case
    first_ms, _ = walls(zone_name, middle)
    expected = open_minutes(windows, zone_name, middle)
    calendar = calendar_of(windows, zone_name, middle)
    later = [at for at in range(minute, len(expected)) if expected[at]]
    if later:
        assert calendar.next_opening(first_ms + minute * MINUTE_MS) == first_ms + later[0] * MINUTE_MS
    if len(later) >= duration:
        due = first_ms + (later[duration - 1] + 1) * MINUTE_MS
        assert calendar.add_working_time(first_ms + minute * MINUTE_MS, duration * MINUTE_MS) == due


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(CHANGES),
    st.lists(day_of_windows(), min_size=7, max_size=7).filter(any),
    st.integers(-4 * 86_400_000, 4 * 86_400_000),
    st.integers(0, 40 * 3_600_000),
    st.integers(0, 40 * 3_600_000),
    st.integers(0, 7_200_000),
)
def test_working_time_adds_up_and_never_runs_backwards(
    change: tuple[str, date],
    week: list[list[Window]],
    offset_ms: int,
    one_ms: int,
    two_ms: int,
    later_ms: int,
) -> None:
    zone_name, middle = change
    calendar = Calendar(zone(zone_name), lambda day: tuple(week[day.weekday()]))
    start = int(datetime(middle.year, middle.month, middle.day, tzinfo=UTC).timestamp()) * 1_000 + offset_ms
    if sum(window.end_minute - window.start_minute for day in week for window in day) < 60:
        one_ms, two_ms = one_ms // 600, two_ms // 600
    halfway = calendar.add_working_time(start, one_ms)
    assert calendar.add_working_time(halfway, two_ms) == calendar.add_working_time(start, one_ms + two_ms)
    assert start <= halfway <= calendar.add_working_time(start + later_ms, one_ms)
