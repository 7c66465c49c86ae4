"""The first response: due soon, overdue, and the touches that clear the alerts."""

from __future__ import annotations

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
