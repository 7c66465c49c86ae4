"""Touches of both sides in one numbered list, and contact attempts before a rejection."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY,
    Market,
    activity,
    alerts,
    demo,
    facts,
    identified,
    reach_bar,
    rep,
    routings,
    sales,
)
from workers.accounts.handoffs.touches import MOST_KEPT, MOST_LISTED, add_touch, list_touches
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.sales import SalesTouch, TouchesRow
from workers.accounts.state.score import RuleCount, ScoreRow
from workers.accounts.worth.counts import MOST_FIRSTS, Firsts, merge_firsts, with_firsts

FIRST = f"{BANK}#1.1"
TERMS = Terms(POLICY)
DAY = TERMS.day_of(MONDAY)
ATTEMPTS = 5


def call(number: int, at_ms: int = MONDAY) -> SalesTouch:
    return SalesTouch(at_ms, "mia", "call", f"e{number}")


def test_touches_of_both_sides_are_one_list_numbered_by_day() -> None:
    score = ScoreRow(
        counts=(
            RuleCount("page", ((DAY, 3), (DAY + 2, 1)), MONDAY, "p"),
            RuleCount("webinar", ((DAY, 1),), MONDAY, "w"),
        )
    )
    row = TouchesRow((call(1, MONDAY - DAY_MS), call(2, MONDAY + DAY_MS), call(3, MONDAY + 2 * DAY_MS)))
    found = [
        (one.number, one.day.day, one.side, one.what, one.count, one.rep_id)
        for one in list_touches(TERMS, score, row)
    ]
    assert found == [
        (1, 1, "sales", "call", 1, "mia"),
        (2, 2, "buyer", "page", 3, None),
        (5, 2, "buyer", "webinar", 1, None),
        (6, 3, "sales", "call", 1, "mia"),
        (7, 4, "buyer", "page", 1, None),
        (8, 4, "sales", "call", 1, "mia"),
    ]


def test_a_list_has_the_latest_touches_and_continues_their_numbers() -> None:
    days = tuple((DAY + number, 1) for number in range(MOST_LISTED + 5))
    found = list_touches(TERMS, ScoreRow(counts=(RuleCount("page", days, MONDAY, "p"),)), TouchesRow())
    assert (len(found), found[0].number, found[-1].number) == (MOST_LISTED, 6, MOST_LISTED + 5)
    assert found[0].day == date(2026, 3, 7)


def test_touches_of_sales_are_kept_in_the_order_of_their_dates_the_latest_and_each_once() -> None:
    row = TouchesRow()
    for number in reversed(range(MOST_KEPT + 3)):
        row = add_touch(row, call(number, MONDAY + number))
    assert [one.at_ms - MONDAY for one in row.touches] == list(range(3, MOST_KEPT + 3))
    assert add_touch(row, row.touches[0]) is row
    assert add_touch(row, call(0, MONDAY)) is row


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"))
    market.send(facts(), identified(), *reach_bar())
    return market


def report_calls(times: int, from_ms: int = MONDAY) -> list[object]:
    return [sales("touched", FIRST, at_ms=from_ms + (n + 1) * HOUR_MS, channel="call") for n in range(times)]


def test_a_hand_off_shows_what_happened_before_it_and_what_sales_did() -> None:
    market = handed_off()
    assert [(one.what, one.count) for one in routings(market.outputs)[0].touches or []] == [
        ("form", 1),
        ("paper", 2),
        ("webinar", 1),
    ]
    market.send(*report_calls(2))  # type: ignore[arg-type]
    results = market.send(demo())
    assert [(one.number, one.side, one.what) for one in routings(results)[0].touches or []][-2:] == [
        (6, "sales", "call"),
        (7, "sales", "call"),
    ]
    results = market.send(sales("rejected", FIRST, reason="not_now"))
    assert {one.touches for one in routings(results)} == {None}, "a withdrawal has no data of the person"


def test_a_touch_that_names_the_lead_counts_without_a_hand_off() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), identified(), sales("touched", lead_id="ann"), demo())
    assert [one.what for one in routings(market.outputs)[0].touches or []] == ["form", "contact"]


@pytest.mark.parametrize(
    ("reason", "attempts", "is_reported"),
    [
        ("not_now", 0, True),
        ("unreachable", ATTEMPTS - 1, True),
        ("unreachable", ATTEMPTS, False),
        ("wrong_person", 0, False),
        ("bad_data", 0, False),
        ("duplicate", 0, False),
        ("not_our_market", 0, False),
    ],
)
def test_a_rejection_before_the_agreed_number_of_attempts_is_reported(
    reason: str, attempts: int, is_reported: bool
) -> None:
    market = handed_off()
    market.send(*report_calls(attempts))  # type: ignore[arg-type]
    results = market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason=reason))
    assert alerts(results) == (["rejected_too_early"] if is_reported else [])


def test_an_attempt_at_the_moment_of_a_rejection_counts_for_it_and_not_for_the_next() -> None:
    market = handed_off()
    market.send(*report_calls(ATTEMPTS))  # type: ignore[arg-type]
    results = market.send(sales("rejected", FIRST, at_ms=MONDAY + ATTEMPTS * HOUR_MS, reason="not_now"))
    assert alerts(results) == []
    later = MONDAY + DAY_MS
    market.send(demo(at_ms=later), at_ms=later)
    market.send(*report_calls(ATTEMPTS - 1, later), at_ms=later + 9 * HOUR_MS)  # type: ignore[arg-type]
    results = market.send(sales("rejected", f"{BANK}#2.2", at_ms=later + 9 * HOUR_MS, reason="not_now"))
    assert alerts(results) == ["rejected_too_early"]


def test_an_early_rejection_notifies_the_rep_and_the_manager() -> None:
    market = handed_off()
    results = market.send(sales("rejected", FIRST, reason="not_now"))
    alert = next(one for one in results if hasattr(one, "alert"))
    assert (alert.handoff_id, alert.rep_id, alert.told) == (FIRST, "r1", ["r1", "dana"])


def test_attempts_that_arrive_late_clear_the_alert() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason="not_now"))
    assert alerts(market.send(*report_calls(ATTEMPTS - 1)), cleared=True) == []  # type: ignore[arg-type]
    assert alerts(market.send(*report_calls(ATTEMPTS)), cleared=True) == ["rejected_too_early"]  # type: ignore[arg-type]


def test_attempts_after_the_rejection_do_not_count() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=MONDAY, reason="not_now"))
    assert alerts(market.send(*report_calls(ATTEMPTS)), cleared=True) == []  # type: ignore[arg-type]


def test_another_hand_off_clears_the_alert_and_starts_the_attempts_at_zero() -> None:
    market = handed_off()
    market.send(*report_calls(ATTEMPTS - 1))  # type: ignore[arg-type]
    market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason="not_now"))
    later = MONDAY + DAY_MS
    assert alerts(market.send(demo(at_ms=later), at_ms=later), cleared=True) == ["rejected_too_early"]
    results = market.send(
        sales("touched", f"{BANK}#2.2", at_ms=later + HOUR_MS),
        sales("rejected", f"{BANK}#2.2", at_ms=later + 2 * HOUR_MS, reason="not_now"),
        at_ms=later + 2 * HOUR_MS,
    )
    assert "rejected_too_early" in alerts(results)


def test_bounces_are_counted_and_published_and_a_wrong_person_does_not_count() -> None:
    market = handed_off()
    results = market.send(sales("rejected", FIRST, reason="not_now"))
    assert [one.bounces for one in results if hasattr(one, "bounces")] == [1, 1]
    later = MONDAY + DAY_MS
    results = market.send(demo(at_ms=later), at_ms=later)
    assert routings(results)[0].bounces == 1
    results = market.send(
        sales("rejected", f"{BANK}#2.2", at_ms=later + HOUR_MS, reason="wrong_person"), at_ms=later + HOUR_MS
    )
    assert {one.bounces for one in results if hasattr(one, "bounces")} == {1}


def test_activity_without_a_rule_is_in_no_list() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), activity("survey_taken"), demo())
    assert [one.what for one in routings(market.outputs)[0].touches or []] == ["form"]


NINE = MONDAY
"""Nine o'clock of a Monday. Milliseconds UTC."""
MINUTE_MS = 60_000
ONE_DAY = [
    ("webinar_attended", 0, {}),
    ("page_view", 60, {"url": "https://x.example/pricing"}),
    ("download", 120, {}),
    ("email_clicked", 180, {"asset": "news"}),
    ("download", 200, {}),
    ("page_view", 240, {"url": "https://x.example/"}),
    ("download", 24 * 60, {}),
]


def what_was_listed(market: Market) -> list[tuple[int, str, int]]:
    """Return (number, what, count) of each touch of the last hand-off."""
    found = routings(market.outputs)[-1].touches or []
    return [(one.number, one.what, one.count) for one in found]


@pytest.mark.parametrize("seed", range(12))
def test_touches_of_a_day_are_in_the_order_of_the_clock_in_any_order_of_arrival(seed: int) -> None:
    events = [
        activity(what, at_ms=NINE + minutes * MINUTE_MS, event_id=f"{what}-{minutes}", **more)
        for what, minutes, more in ONE_DAY
    ]
    called = sales("touched", lead_id="ann", at_ms=NINE + 150 * MINUTE_MS, channel="call")
    arriving: list[Any] = [*events, called]
    Random(seed).shuffle(arriving)
    market = Market()
    market.reps(rep("r1"))
    tomorrow = NINE + DAY_MS
    market.send(facts(), identified(at_ms=NINE), *arriving, at_ms=tomorrow + HOUR_MS)
    market.send(demo(at_ms=tomorrow + 2 * HOUR_MS), at_ms=tomorrow + 2 * HOUR_MS)
    listed = [(what, count) for _, what, count in what_was_listed(market)]
    assert [one for one in listed if one[0] not in {"form", "opened"}] == [
        ("webinar", 1),
        ("pricing", 1),
        ("paper", 2),
        ("call", 1),
        ("click", 1),
        ("page", 1),
        ("paper", 1),
    ]
    numbers = [number for number, _, _ in what_was_listed(market)]
    assert numbers == [1 + sum(count for _, count in listed[:at]) for at in range(len(listed))]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abc"), st.integers(0, DAY_MS - 1)), max_size=60),
    st.randoms(),
)
def test_the_first_event_of_each_day_and_rule_is_kept_in_any_order(
    events: list[tuple[int, str, int]], random: Random
) -> None:
    places: dict[tuple[int, str], int] = {}
    for day, name, at_ms in events:
        date_ms = day * DAY_MS + at_ms
        places[day, name] = min(places.get((day, name), date_ms), date_ms)
    expected = tuple(sorted((*place, at_ms) for place, at_ms in places.items()))[-MOST_FIRSTS:]
    shuffled = list(events)
    random.shuffle(shuffled)
    one: Firsts = ()
    other: Firsts = ()
    for at, (day, name, at_ms) in enumerate(shuffled):
        date_ms = day * DAY_MS + at_ms
        one = with_firsts(one, (name,), day, date_ms)
        if at % 2:
            other = with_firsts(other, (name,), day, date_ms)
    assert one == expected
    assert merge_firsts(one, other) == expected
