"""Both sides' touches in one numbered list; attempts before a no."""

from __future__ import annotations

from datetime import date

import pytest

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
from workers.accounts.handoffs.touches import MOST_KEPT, MOST_LISTED, listed, with_touch
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.sales import SalesTouch, TouchesRow
from workers.accounts.state.score import RuleCount, ScoreRow

FIRST = f"{BANK}#1.1"
TERMS = Terms(POLICY)
DAY = TERMS.day_of(MONDAY)
ATTEMPTS = 5


def call(number: int, at_ms: int = MONDAY) -> SalesTouch:
    return SalesTouch(at_ms, "mia", "call", f"e{number}")


def test_marketing_and_sales_stand_in_one_list_numbered_through_by_day() -> None:
    score = ScoreRow(
        counts=(
            RuleCount("page", ((DAY, 3), (DAY + 2, 1)), MONDAY, "p"),
            RuleCount("webinar", ((DAY, 1),), MONDAY, "w"),
        )
    )
    row = TouchesRow((call(1, MONDAY - DAY_MS), call(2, MONDAY + DAY_MS), call(3, MONDAY + 2 * DAY_MS)))
    found = [
        (one.number, one.day.day, one.side, one.what, one.count, one.rep_id)
        for one in listed(TERMS, score, row)
    ]
    assert found == [
        (1, 1, "sales", "call", 1, "mia"),
        (2, 2, "buyer", "page", 3, None),
        (5, 2, "buyer", "webinar", 1, None),
        (6, 3, "sales", "call", 1, "mia"),
        (7, 4, "buyer", "page", 1, None),
        (8, 4, "sales", "call", 1, "mia"),
    ]


def test_a_list_holds_the_latest_and_goes_on_counting() -> None:
    days = tuple((DAY + number, 1) for number in range(MOST_LISTED + 5))
    found = listed(TERMS, ScoreRow(counts=(RuleCount("page", days, MONDAY, "p"),)), TouchesRow())
    assert (len(found), found[0].number, found[-1].number) == (MOST_LISTED, 6, MOST_LISTED + 5)
    assert found[0].day == date(2026, 3, 7)


def test_touches_of_sales_are_kept_in_the_order_of_their_dates_the_latest_and_once() -> None:
    row = TouchesRow()
    for number in reversed(range(MOST_KEPT + 3)):
        row = with_touch(row, call(number, MONDAY + number))
    assert [one.at_ms - MONDAY for one in row.touches] == list(range(3, MOST_KEPT + 3))
    assert with_touch(row, row.touches[0]) is row
    assert with_touch(row, call(0, MONDAY)) is row


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"))
    market.send(facts(), identified(), *reach_bar())
    return market


def touched(times: int, from_ms: int = MONDAY) -> list[object]:
    return [sales("touched", FIRST, at_ms=from_ms + (n + 1) * HOUR_MS, channel="call") for n in range(times)]


def test_a_hand_off_shows_what_happened_before_it_and_what_sales_did() -> None:
    market = handed_off()
    assert [(one.what, one.count) for one in routings(market.outputs)[0].touches or []] == [
        ("form", 1),
        ("paper", 2),
        ("webinar", 1),
    ]
    market.send(*touched(2))  # type: ignore[arg-type]
    outputs = market.send(demo())
    assert [(one.number, one.side, one.what) for one in routings(outputs)[0].touches or []][-2:] == [
        (6, "sales", "call"),
        (7, "sales", "call"),
    ]
    outputs = market.send(sales("rejected", FIRST, reason="not_now"))
    assert {one.touches for one in routings(outputs)} == {None}, "nothing is said of a person in a withdrawal"


def test_a_touch_named_by_the_person_counts_without_a_hand_off_too() -> None:
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
def test_a_no_before_the_agreed_number_of_attempts_is_reported(
    reason: str, attempts: int, is_reported: bool
) -> None:
    market = handed_off()
    market.send(*touched(attempts))  # type: ignore[arg-type]
    outputs = market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason=reason))
    assert alerts(outputs) == (["rejected_too_early"] if is_reported else [])


def test_an_attempt_at_the_moment_of_the_no_counts_for_it_and_not_for_the_next() -> None:
    market = handed_off()
    market.send(*touched(ATTEMPTS))  # type: ignore[arg-type]
    outputs = market.send(sales("rejected", FIRST, at_ms=MONDAY + ATTEMPTS * HOUR_MS, reason="not_now"))
    assert alerts(outputs) == []
    later = MONDAY + DAY_MS
    market.send(demo(at_ms=later), at_ms=later)
    market.send(*touched(ATTEMPTS - 1, later), at_ms=later + 9 * HOUR_MS)  # type: ignore[arg-type]
    outputs = market.send(sales("rejected", f"{BANK}#2.2", at_ms=later + 9 * HOUR_MS, reason="not_now"))
    assert alerts(outputs) == ["rejected_too_early"]


def test_who_said_no_and_the_manager_are_told() -> None:
    market = handed_off()
    outputs = market.send(sales("rejected", FIRST, reason="not_now"))
    raised = next(one for one in outputs if hasattr(one, "alert"))
    assert (raised.handoff_id, raised.rep_id, raised.told) == (FIRST, "r1", ["r1", "dana"])


def test_attempts_that_come_late_take_the_report_back() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason="not_now"))
    assert alerts(market.send(*touched(ATTEMPTS - 1)), cleared=True) == []  # type: ignore[arg-type]
    assert alerts(market.send(*touched(ATTEMPTS)), cleared=True) == ["rejected_too_early"]  # type: ignore[arg-type]


def test_attempts_after_the_no_do_not_count() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=MONDAY, reason="not_now"))
    assert alerts(market.send(*touched(ATTEMPTS)), cleared=True) == []  # type: ignore[arg-type]


def test_the_report_is_over_when_the_lead_is_handed_over_again_and_attempts_begin_anew() -> None:
    market = handed_off()
    market.send(*touched(ATTEMPTS - 1))  # type: ignore[arg-type]
    market.send(sales("rejected", FIRST, at_ms=MONDAY + 9 * HOUR_MS, reason="not_now"))
    later = MONDAY + DAY_MS
    assert alerts(market.send(demo(at_ms=later), at_ms=later), cleared=True) == ["rejected_too_early"]
    outputs = market.send(
        sales("touched", f"{BANK}#2.2", at_ms=later + HOUR_MS),
        sales("rejected", f"{BANK}#2.2", at_ms=later + 2 * HOUR_MS, reason="not_now"),
        at_ms=later + 2 * HOUR_MS,
    )
    assert "rejected_too_early" in alerts(outputs)


def test_bounces_are_counted_and_shown_and_a_wrong_person_is_none() -> None:
    market = handed_off()
    outputs = market.send(sales("rejected", FIRST, reason="not_now"))
    assert [one.bounces for one in outputs if hasattr(one, "bounces")] == [1, 1]
    later = MONDAY + DAY_MS
    outputs = market.send(demo(at_ms=later), at_ms=later)
    assert routings(outputs)[0].bounces == 1
    outputs = market.send(
        sales("rejected", f"{BANK}#2.2", at_ms=later + HOUR_MS, reason="wrong_person"), at_ms=later + HOUR_MS
    )
    assert {one.bounces for one in outputs if hasattr(one, "bounces")} == {1}


def test_what_a_buyer_does_without_a_rule_is_in_no_list() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), activity("survey_taken"), demo())
    assert [one.what for one in routings(market.outputs)[0].touches or []] == ["form"]
