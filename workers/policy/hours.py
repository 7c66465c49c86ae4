"""Parsers for opening hours, as the policy and the records of reps write them: days, windows, time zones, holidays.

In: texts like ``mon-fri: "08:30-12:00, 13:00-17:30"``. Out: windows in minutes of the day, time zones, holidays.
Deadlines are calculated in workers/desks.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1_440
WEEK_MINUTES = 7 * DAY_MINUTES
CLOSED = "closed"

_WINDOW = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])", re.ASCII)
_MAX_WINDOWS = 10


class Window(NamedTuple):
    """An opening window, start included, end excluded. Minutes of the local day; an end after midnight is above 1440."""

    start_minute: int
    end_minute: int


Week = tuple[tuple[Window, ...], ...]
"""The opening windows of each weekday, Monday first."""


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone from the pinned tzdata package, not from the files of the machine.

    Raises ValueError if there is no such zone.
    """
    if name not in _zone_names():
        city = name.strip().casefold().replace(" ", "_")
        near = [one for one in sorted(_zone_names()) if one.rpartition("/")[2].casefold() == city]
        raise ValueError(f"an IANA time zone, as {near[0] if near else 'America/New_York'}")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def parse_windows(text: str) -> tuple[Window, ...]:
    """Parse ``08:30-12:00, 13:00-17:30``, ``22:00-06:00`` (over midnight) or ``closed``. The windows are sorted by time.

    Raises ValueError with the expected form.
    """
    if text.strip() == CLOSED:
        return ()
    windows = []
    for part in text.split(","):
        found = _WINDOW.fullmatch(part.strip())
        if found is None:
            raise ValueError('hours, as "08:30-17:30" or "08:30-12:00, 13:00-17:30", or closed')
        start, end = (
            int(hour) * 60 + int(minute) for hour, minute in ((found[1], found[2]), (found[3], found[4]))
        )
        if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
            raise ValueError("hours between 00:00 and 24:00 whose start and end differ")
        windows.append(Window(start, end if end > start else end + DAY_MINUTES))
    windows.sort()
    if len(windows) > _MAX_WINDOWS:
        raise ValueError(f"at most {_MAX_WINDOWS} windows a day")
    if any(second.start_minute < first.end_minute for first, second in pairwise(windows)):
        raise ValueError("windows that do not overlap")
    return tuple(windows)


def parse_days(text: str) -> tuple[int, ...]:
    """Parse ``mon``, ``mon-fri``, ``sat-mon`` or ``tue, thu`` as weekdays, Monday = 0. Raises ValueError."""
    days: list[int] = []
    for part in text.split(","):
        names = [name.strip() for name in part.split("-")]
        if len(names) > 2 or any(name not in WEEKDAYS for name in names):  # noqa: PLR2004 - first and last
            raise ValueError(f"days, as mon, mon-fri or tue, thu (of {', '.join(WEEKDAYS)})")
        first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
        days += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    if len(set(days)) != len(days):
        raise ValueError("each day once")
    return tuple(days)


def parse_date(text: str) -> date:
    """Parse a date like 2026-12-24. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError("a date that exists, as 2026-12-24")
    return day


def parse_week(hours: dict[str, str]) -> Week:
    """Parse ``{"mon-fri": "08:30-17:30", "sat": "09:00-12:00"}``. A day that is not named is closed.

    Raises ValueError with the expected form, also if a window over midnight overlaps the first of the next day.
    """
    week: list[tuple[Window, ...]] = [()] * 7
    named: set[int] = set()
    for days, windows in hours.items():
        for day in parse_days(days):
            if day in named:
                raise ValueError(f"each day once: {WEEKDAYS[day]} is named twice")
            named.add(day)
            week[day] = parse_windows(windows)
    spans = sorted(
        (day * DAY_MINUTES + window.start_minute, day * DAY_MINUTES + window.end_minute)
        for day, windows in enumerate(week)
        for window in windows
    )
    if spans and any(
        later[0] < earlier[1]
        for earlier, later in pairwise([*spans, (spans[0][0] + WEEK_MINUTES, spans[0][1] + WEEK_MINUTES)])
    ):
        raise ValueError("windows that end before the first window of the next day")
    return tuple(week)


def check_holidays(text: str) -> str:
    """Return ``text`` if it is a country (``US``) or part of one (``US-CA``) of the holidays library. Raises ValueError."""
    country, dash, part = text.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError("a country of the holidays library, in capital letters, as US or US-CA")
    if dash and part not in known[country]:
        raise ValueError(
            f"a part of {country} in the holidays library, one of: {', '.join(known[country]) or 'none'}"
        )
    return text


@lru_cache(maxsize=64)
def _holidays_of(country: str, year: int) -> frozenset[date]:
    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))


def is_holiday(country: str, day: date) -> bool:
    """Whether ``day`` is a public holiday of ``country`` (``US`` or ``US-CA``), observed days included."""
    return day in _holidays_of(country, day.year)
