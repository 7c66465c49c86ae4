"""Deadlines in open time: whole, or resumed after an absence.

They span nights, weekends, holidays and clock changes.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from schemas.desk_requests import RunningClock
from schemas.vocabulary import Kind
from tests.unit.desks.world import POLICY_TEXT, at
from workers.desks.calendar import Calendar
from workers.desks.response_deadlines import ends_of_spans, opening_ms, renew_clock, response_spans
from workers.policy.desks import Calendar as CalendarTerms
from workers.policy.hours import parse_windows
from workers.policy.load import load_policy
from workers.policy.scalars import OpeningDays

POLICY = load_policy(POLICY_TEXT)
DESK = POLICY.desks["inside_sales"]
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def calendar(name: str = "east") -> Calendar:
    base = POLICY.calendars[name]
    return Calendar(base.zone, base.windows_on)


@pytest.mark.parametrize(
    ("kind", "raised", "within", "then"),
    [
        (Kind.MQL, False, "3h", "6h"),
        (Kind.RAISED_HAND, True, "30m", "1h"),
        (Kind.EXPANSION, False, "4h", "8h"),
        (Kind.EXPANSION, True, "30m", "1h"),
        (Kind.IN_CYCLE, False, "2h", "4h"),
        (Kind.INQUIRY, True, "8h", "16h"),
    ],
)
def test_each_kind_has_its_own_response_time(kind: Kind, raised: bool, within: str, then: str) -> None:
    soon_ms, due_ms, then_ms = response_spans(DESK, [calendar()], 0, kind, raised_hand=raised)
    assert (soon_ms, due_ms, then_ms) == (_ms(within) * 3 // 4, _ms(within), _ms(then))


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        pytest.param("2026-03-02 09:00", 1, "2026-03-03 09:00", id="the same time on the next day"),
        pytest.param("2026-02-27 16:30", 1, "2026-03-02 16:30", id="from Friday to Monday"),
        pytest.param("2026-02-28 12:00", 1, "2026-03-02 17:30", id="from a weekend to the end of Monday"),
        pytest.param("2026-03-02 20:00", 2, "2026-03-04 17:30", id="from an evening to the end of the second day"),
        pytest.param("2026-03-06 17:00", 1, "2026-03-09 17:00", id="over the weekend of summer time"),
        pytest.param("2026-10-30 17:00", 1, "2026-11-02 17:00", id="over the weekend of winter time"),
        pytest.param("2026-05-22 16:30", 1, "2026-05-26 16:30", id="over Memorial Day"),
        pytest.param("2026-12-23 16:00", 1, "2026-12-24 12:00", id="until a short day closes"),
        pytest.param("2026-12-24 11:00", 1, "2026-12-28 11:00", id="from a short day"),
        pytest.param("2026-03-02 17:30", 1, "2026-03-03 17:30", id="from the end of a day"),
    ],
)  # fmt: skip
def test_a_business_day_ends_at_the_same_time_of_the_next_open_day(begins: str, days: int, ends: str) -> None:
    east_days = POLICY.calendars["east"].model_dump() | {"days": {"2026-12-24": "08:30-12:00"}}
    base = CalendarTerms.model_validate(east_days)
    east = Calendar(base.zone, base.windows_on)
    span = opening_ms([east], OpeningDays(days), at(begins))
    assert ends_of_spans([east], (span, span, span), at(begins)) == (at(ends),) * 3


def test_a_business_day_of_a_calendar_over_midnight_begins_with_its_window() -> None:
    night = Calendar(POLICY.calendars["east"].zone, lambda day: parse_windows("18:00-06:00") if day.weekday() < 5 else ())  # fmt: skip
    for begins, ends in (("2026-03-03 02:00", "2026-03-04 02:00"), ("2026-03-07 02:00", "2026-03-10 02:00")):
        assert night.add_working_time(at(begins), night.open_days(at(begins), 1)) == at(ends)


def test_a_calendar_that_never_opens_counts_days_of_24_hours() -> None:
    closed = Calendar(POLICY.calendars["east"].zone, lambda _day: ())
    assert opening_ms([closed], OpeningDays(2), 0) == 48 * HOUR_MS
    assert opening_ms([closed, calendar()], OpeningDays(1), at("2026-03-02 09:00")) == 9 * HOUR_MS


@pytest.mark.parametrize(("mql", "raised", "within"), [("1d", "1d", 9), ("10h", "1d", 9), ("1d", "9h", 9)])
def test_a_raised_hand_may_have_the_time_of_an_mql_and_none_above_it(
    mql: str, raised: str, within: int
) -> None:
    text = POLICY_TEXT.replace("mql: 3h", f"mql: {mql}").replace("raised_hand: 30m", f"raised_hand: {raised}")
    policy = load_policy(text.replace("then: next, after: 2x, times: 2", "then: manager, after: 1.5x"))
    spans = response_spans(policy.desks["inside_sales"], [calendar()], at("2026-03-02 09:00"), Kind.MQL, raised_hand=True)  # fmt: skip
    assert spans == (within * HOUR_MS * 3 // 4, within * HOUR_MS, within * HOUR_MS * 3 // 2)


def _ms(text: str) -> int:
    return int(text[:-1]) * (HOUR_MS if text.endswith("h") else MINUTE_MS)


@pytest.mark.parametrize(
    ("begins", "hours", "ends"),
    [
        pytest.param("2026-03-02 09:00", 3, "2026-03-02 12:00", id="within a day"),
        pytest.param("2026-03-02 16:00", 3, "2026-03-03 10:00", id="over night"),
        pytest.param("2026-02-27 16:30", 3, "2026-03-02 10:30", id="over a weekend"),
        pytest.param("2026-03-01 12:00", 3, "2026-03-02 11:30", id="from a Sunday"),
        pytest.param("2026-03-06 17:00", 3, "2026-03-09 11:00", id="over the weekend of summer time"),
        pytest.param("2026-10-30 17:00", 3, "2026-11-02 11:00", id="over the weekend of winter time"),
        pytest.param("2026-05-22 16:30", 3, "2026-05-26 10:30", id="over Memorial Day"),
        pytest.param("2026-12-24 17:00", 1, "2026-12-28 09:00", id="over Christmas and a weekend"),
        pytest.param("2026-03-02 08:30", 27, "2026-03-04 17:30", id="three whole days end at closing"),
    ],
)
def test_a_deadline_counts_open_hours_only(begins: str, hours: int, ends: str) -> None:
    span = hours * HOUR_MS
    assert ends_of_spans([calendar()], (span, span, span), at(begins)) == (at(ends),) * 3


@pytest.mark.parametrize(
    ("begins", "ends", "minutes"),
    [
        ("2026-03-02 09:00", "2026-03-02 12:00", 180),
        ("2026-03-02 12:00", "2026-03-02 09:00", 0),
        ("2026-03-02 09:00", "2026-03-02 09:00", 0),
        ("2026-02-27 16:30", "2026-03-02 10:30", 180),
        ("2026-03-06 17:00", "2026-03-09 11:00", 180),
        ("2026-02-28 00:00", "2026-03-01 23:00", 0),
        ("2026-05-22 16:30", "2026-05-26 10:30", 180),
    ],
)
def test_working_time_between_two_instants(begins: str, ends: str, minutes: int) -> None:
    assert calendar().working_time(at(begins), at(ends)) == minutes * MINUTE_MS


def test_working_time_inverts_add_working_time() -> None:
    east = calendar()
    for begins, hours in pairwise(range(1, 40)):
        from_ms = at("2026-03-06 09:00") + begins * HOUR_MS
        assert east.working_time(from_ms, east.add_working_time(from_ms, hours * HOUR_MS)) == hours * HOUR_MS


def clock(frozen: str | None, due: str = "2026-03-02 12:00") -> RunningClock:
    return RunningClock(
        handoff_id="h",
        kind=Kind.MQL,
        frozen_at_ms=None if frozen is None else at(frozen),
        due_soon_at_ms=at("2026-03-02 11:15"),
        due_at_ms=at(due),
        then_at_ms=at("2026-03-02 15:00"),
    )


@pytest.mark.parametrize(
    ("frozen", "now", "soon", "due", "then"),
    [
        pytest.param(
            None,
            "2026-03-03 09:00",
            "2026-03-03 11:15",
            "2026-03-03 12:00",
            "2026-03-03 15:00",
            id="not frozen: the whole time",
        ),
        pytest.param(
            "2026-03-02 10:00",
            "2026-03-04 09:00",
            "2026-03-04 10:15",
            "2026-03-04 11:00",
            "2026-03-04 14:00",
            id="two of three hours were left",
        ),
        pytest.param(
            "2026-03-02 10:00",
            "2026-03-06 17:00",
            "2026-03-09 09:15",
            "2026-03-09 10:00",
            "2026-03-09 13:00",
            id="back on a Friday evening, over the weekend of summer time",
        ),
        pytest.param(
            "2026-03-02 11:30",
            "2026-03-03 20:00",
            "2026-03-03 20:00",
            "2026-03-04 09:00",
            "2026-03-04 12:00",
            id="back at night: the rest counts from opening, the reminder is due at once",
        ),
        pytest.param(
            "2026-03-02 13:00",
            "2026-03-04 09:00",
            "2026-03-04 09:00",
            "2026-03-04 09:00",
            "2026-03-04 11:00",
            id="overdue before the absence: overdue now",
        ),
    ],
)
def test_a_frozen_deadline_resumes_with_the_time_that_was_left(
    frozen: str | None, now: str, soon: str, due: str, then: str
) -> None:
    made = renew_clock(DESK, [calendar()], clock(frozen), at(now))
    assert (made.due_soon_at_ms, made.due_at_ms, made.then_at_ms) == (at(soon), at(due), at(then))


def test_the_remaining_time_counts_in_the_reps_calendar() -> None:
    made = renew_clock(
        DESK, [calendar("west"), calendar()], clock("2026-03-02 11:30"), at("2026-03-03 09:00")
    )
    assert made.due_at_ms == at("2026-03-03 12:00")  # half an hour, from 8:30 in the west
