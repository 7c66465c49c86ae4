"""The first response: due soon, overdue, and the touches that clear the alerts."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.outputs import LeadAlert
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    at,
    demo,
    facts,
    reach_bar,
    rep,
    routings,
    sales,
)

FIRST = f"{BANK}#1.1"


def a_market() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts())
    return market


def test_due_soon_then_overdue_at_the_times_that_the_desk_set() -> None:
    market = a_market()
    market.send(*reach_bar())  # 9:00, within 3 h, due soon after 75 %
    assert alerts(market.tick(at("2026-03-02 11:14"))) == []
    assert alerts(market.tick(at("2026-03-02 11:15"))) == ["response_due_soon"]
    assert alerts(market.tick(at("2026-03-02 11:59"))) == []
    results = market.tick(at("2026-03-02 12:00"))
    assert alerts(results) == ["response_overdue"]
    assert [(one.handoff_id, one.rep_id, one.lead_id) for one in results] == [(FIRST, "r1", "ann")]


def test_a_raised_hand_has_an_earlier_deadline() -> None:
    market = a_market()
    market.send(demo())
    assert alerts(market.tick(at("2026-03-02 09:30"))) == ["response_due_soon", "response_overdue"]


def test_a_deadline_of_a_hand_off_at_night_counts_from_opening() -> None:
    market = a_market()
    market.send(demo(at_ms=at("2026-03-03 02:00")), at_ms=at("2026-03-03 02:00"))
    (handoff,) = routings(market.outputs)
    assert handoff.first_response_due_at is not None
    assert handoff.first_response_due_at.timestamp() * 1000 == at("2026-03-03 09:00")


def test_a_touch_made_in_time_that_arrives_late_clears_the_overdue_alert() -> None:
    market = a_market()
    market.send(*reach_bar())
    market.tick(MONDAY + 5 * HOUR_MS)
    results = market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + 5 * HOUR_MS)
    assert alerts(results, cleared=True) == ["response_due_soon", "response_overdue"]


def test_a_rejection_and_an_acceptance_are_answers_too() -> None:
    for word, reason in (("accepted", None), ("rejected", "not_now")):
        market = a_market()
        market.send(*reach_bar())
        market.send(sales(word, FIRST, at_ms=MONDAY + 1, reason=reason), at_ms=MONDAY + 1)
        assert alerts(market.tick(MONDAY + 3 * DAY_MS)) == []


def test_a_reassignment_is_not_an_answer_and_the_new_holder_has_the_whole_time() -> None:
    market = a_market()
    market.send(*reach_bar())
    ten = MONDAY + HOUR_MS
    market.send(sales("reassigned", FIRST, at_ms=ten, to_rep_id="own"), at_ms=ten)
    assert alerts(market.tick(at("2026-03-02 12:59"))) == ["response_due_soon"]
    results = market.tick(at("2026-03-02 13:00"))
    assert [(one.alert.value, one.rep_id) for one in results] == [("response_overdue", "own")]


def test_a_hand_off_that_is_reassigned_clears_its_alerts_and_has_the_new_reps_deadline() -> None:
    market = a_market()
    market.send(*reach_bar())
    late = at("2026-03-02 13:00")
    market.tick(late)
    results = market.send(facts(owner_rep_id="own"), at_ms=late)
    assert alerts(results, cleared=True) == ["response_due_soon", "response_overdue"]
    assert alerts(market.tick(at("2026-03-02 15:59"))) == ["response_due_soon"]
    assert alerts(market.tick(at("2026-03-02 16:00"))) == ["response_overdue"]


ANSWERS = {"touched": {}, "accepted": {}, "rejected": {"reason": "not_now"}, "returned": {}}


def answered_at(results: list[Any]) -> list[float | None]:
    """Return the date of the answer of each cleared overdue alert, in milliseconds. None: no answer."""
    overdue = [
        one
        for one in results
        if isinstance(one, LeadAlert) and one.alert == "response_overdue" and one.cleared
    ]
    return [None if one.answered_at is None else one.answered_at.timestamp() * 1000 for one in overdue]


@pytest.mark.parametrize("action", ANSWERS)
@pytest.mark.parametrize("hours", [1, 4], ids=["in time, reported late", "late"])
def test_a_cleared_alert_states_when_the_answer_was_made(action: str, hours: int) -> None:
    market = a_market()
    market.send(*reach_bar())  # due after 3 h
    market.tick(MONDAY + 5 * HOUR_MS)
    answer = sales(action, FIRST, at_ms=MONDAY + hours * HOUR_MS, **ANSWERS[action])
    assert answered_at(market.send(answer, at_ms=MONDAY + 5 * HOUR_MS)) == [MONDAY + hours * HOUR_MS]


def test_an_alert_that_ends_without_an_answer_has_no_date_of_one() -> None:
    withdrawn = a_market()
    withdrawn.send(*reach_bar())
    withdrawn.tick(MONDAY + 5 * HOUR_MS)
    late = MONDAY + 5 * HOUR_MS
    assert answered_at(withdrawn.send(facts(relationship="competitor"), at_ms=late)) == [None]
    moved = a_market()
    moved.send(*reach_bar())
    moved.tick(late)
    assert answered_at(moved.send(facts(owner_rep_id="own"), at_ms=late)) == [None]


def test_an_earlier_answer_that_arrives_after_a_late_one_corrects_the_cleared_alert() -> None:
    market = a_market()
    market.send(*reach_bar())
    late, now = MONDAY + 4 * HOUR_MS, MONDAY + 5 * HOUR_MS
    market.tick(now)
    assert answered_at(market.send(sales("touched", FIRST, at_ms=late), at_ms=now)) == [late]
    assert answered_at(market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=now)) == [
        MONDAY + HOUR_MS
    ]
    assert answered_at(market.send(sales("touched", FIRST, at_ms=MONDAY + 2 * HOUR_MS), at_ms=now)) == []
