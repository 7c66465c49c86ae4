"""The desk protocol: one open request, repeated, cancelled; and the effect of an answer on the account."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_requests import DESK_EVENT, DeskRequest, DeskReturn
from schemas.lead_events import LEAD_EVENT, DeskAnswer
from schemas.vocabulary import Relationship
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    alerts,
    assert_one_owner,
    at,
    demo,
    facts,
    reach_bar,
    rep,
    routings,
    sales,
    steps,
    story,
)
from workers.engine.control import Tick

DESK = "desk:inside_sales"
FULL = POLICY_TEXT.replace("most: 8", "most: 1")


def manual_market(*reps: str, text: str = POLICY_TEXT) -> Market:
    market = Market(text, is_manual=True)
    market.reps(*(rep(one) for one in reps or ("r1", "r2")))
    return market


def sent_to_desks(market: Market) -> list[Any]:
    """Return the messages in transit to the desks."""
    return [DESK_EVENT.validate_json(emit.value) for emit in market.to_desks]


def requests(market: Market) -> list[DeskRequest]:
    return [one for one in sent_to_desks(market) if isinstance(one, DeskRequest)]


def returns(market: Market) -> list[DeskReturn]:
    return [one for one in sent_to_desks(market) if isinstance(one, DeskReturn)]


def test_an_account_has_one_open_request_whatever_is_due() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar(), *reach_bar("bob"), demo("cid"))
    (request,) = requests(market)
    assert (request.lead_id, request.desk, request.mode, request.kind) == ("ann", DESK, "turn", "mql")
    assert (request.total, request.attempt, request.raised_hand) == (138, 1, False)


def test_the_other_leads_follow_with_raised_hands_first() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar(), *reach_bar("bob"), demo("cid"))
    results = market.deliver_all(MONDAY)
    assert [(one.lead_id, one.kind) for one in routings(results)] == [
        ("ann", "mql"),
        ("cid", "raised_hand"),
        ("bob", "mql"),
    ]
    assert {one.assignee.id for one in routings(results) if one.assignee} == {"r1"}


def test_an_unanswered_request_is_repeated_with_one_id_then_reported_then_repeated_daily() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar())
    first = requests(market)[0].request_id
    market.to_desks.clear()
    seen: list[tuple[int, int]] = []
    results: list[Any] = []
    for hour in range(1, 60):
        before = len(market.to_desks)
        results += market._take(
            market.accounts.control(Tick(MONDAY + hour * HOUR_MS), MONDAY + hour * HOUR_MS)
        )
        seen += [(hour, one.attempt) for one in requests(market)[before:]]
    assert seen == [(1, 2), (2, 3), (3, 4), (27, 5), (51, 6)]
    assert {one.request_id for one in requests(market)} == {first}
    assert alerts(results) == ["desk_silent"]
    results = market.deliver_all(MONDAY + 60 * HOUR_MS)
    assert alerts(results, cleared=True) == ["desk_silent"]
    assert story(results) == ["assigned mql r1"]


def test_repeats_of_a_request_make_one_hand_off() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar())
    for _ in range(3):
        market.to_desks.append(market.to_desks[0])
    results = market.deliver_all(MONDAY)
    assert story(results) == ["assigned mql r1"]


def test_an_owner_named_while_the_answer_is_in_transit_gets_the_lead_and_the_turn_is_returned() -> None:
    market = manual_market("r1", "r2", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(owner_rep_id="own"))
    assert [one.request_id for one in returns(market)]
    results = market.deliver_all(MONDAY)
    assert story(results) == ["assigned mql own"]
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "return", "owner"]


def test_an_answer_to_a_cancelled_request_is_ignored() -> None:
    market = manual_market("r1", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    late = market.to_accounts.popleft()
    assert isinstance(LEAD_EVENT.validate_json(late.value), DeskAnswer)
    market.send(facts(owner_rep_id="own"))
    market.deliver_all(MONDAY)
    market.to_accounts.append(late)
    assert market.deliver_all(MONDAY) == []


def test_a_raised_hand_replaces_a_request_that_waits_for_capacity() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    other = "domain:other.example"
    results = market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert (story(results), alerts(results)) == ([], ["desk_full"])
    results = market.send(demo("yan", account_key=other))
    assert alerts(results, cleared=True) == ["desk_full"]
    assert [(one.lead_id, one.kind) for one in routings(results)] == [("yan", "raised_hand"), ("zoe", "mql")]


def test_a_lead_that_waits_and_raises_its_hand_has_one_hand_off() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    other = "domain:other.example"
    market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert story(market.send(demo("zoe", account_key=other))) == ["assigned raised_hand r1"]


def test_a_waiting_lead_is_assigned_when_a_rep_has_capacity_again() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    other = "domain:other.example"
    market.send(
        facts(), *reach_bar(), facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other)
    )
    market.send(sales("touched", f"{BANK}#1.1"))
    results = market.tick(at("2026-03-09 08:30"))
    assert story(results) == ["assigned mql r1"]
    assert alerts(results, cleared=True) == ["desk_full"]


def test_an_owner_who_is_not_active_is_reported_and_the_next_route_is_tried() -> None:
    market = Market()
    market.reps(rep("r1"), rep("own", active=False))
    results = market.send(facts(owner_rep_id="own"), *reach_bar())
    assert story(results) == ["assigned mql r1"]
    assert alerts(results) == ["account_without_owner"]
    assert "owner_not_active" in routings(results)[0].explanation.reasons


def test_a_robot_or_queue_is_not_an_owner() -> None:
    market = Market()
    market.reps(rep("r1"))
    results = market.send(facts(owner_rep_id="queue-7"), *reach_bar())
    assert story(results) == ["assigned mql r1"]


def test_an_owner_who_leaves_is_reported_and_a_successor_takes_all_open_leads_once() -> None:
    market = Market()
    market.reps(rep("r1"), rep("own"), rep("new", at_desk=False))
    market.send(facts(owner_rep_id="own"), *reach_bar(), *reach_bar("bob"))
    market.reps(rep("own", active=False))
    assert story(market.outputs) == [
        "assigned mql own",
        "assigned mql own",
        "withdrawn mql -",
        "reassigned mql r1",
        "reassigned mql r1",
    ]
    assert alerts(market.outputs) == ["account_without_owner"]
    results = market.send(facts(owner_rep_id="new"))
    assert story(results) == ["withdrawn mql -", "reassigned mql new", "reassigned mql new"]
    assert alerts(results, cleared=True) == ["account_without_owner"]
    assert_one_owner(market.outputs)


def test_an_owner_who_is_away_keeps_the_account_and_the_deputy_gets_the_task() -> None:
    market = Market()
    away = ((MONDAY - HOUR_MS, MONDAY + 10 * DAY_MS),)
    market.reps(rep("r1"), rep("dep"), rep("own", away=away, deputy_rep_id="dep"))
    results = market.send(facts(owner_rep_id="own"), *reach_bar())
    assert story(results) == ["assigned mql dep"]
    (handoff,) = routings(results)
    assert handoff.assignee is not None
    assert handoff.assignee.deputy_for == "own"
    assert handoff.how_chosen == "deputy"
    assert "owner_away" in handoff.explanation.reasons
    assert story(market.send(demo("bob"))) == ["assigned raised_hand dep"]
    assert market.account().request is None


def test_an_account_that_gains_an_owner_takes_its_waiting_leads_along() -> None:
    market = Market(FULL)
    market.reps(rep("r1"), rep("own", at_desk=False))
    other = "domain:other.example"
    market.send(
        facts(), *reach_bar(), facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other)
    )
    results = market.send(facts(other, crm_account_id="acc-2", owner_rep_id="own"))
    assert story(results) == ["assigned mql own"]
    assert alerts(results, cleared=True) == ["desk_full"]


def test_an_account_that_loses_its_owner_keeps_the_rep_of_its_open_leads() -> None:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts(owner_rep_id="own"), *reach_bar())
    assert story(market.send(facts())) == []
    assert story(market.send(demo("bob"))) == ["assigned raised_hand own"]


def test_everyone_away_holds_mqls_and_sends_raised_hands_to_the_fallback() -> None:
    market = Market()
    away = ((MONDAY - HOUR_MS, MONDAY + DAY_MS),)
    market.reps(rep("r1", away=away), rep("dana", at_desk=False))
    results = market.send(facts(), *reach_bar())
    assert (story(results), alerts(results)) == ([], ["everyone_away"])
    results = market.send(demo("bob"))
    assert story(results)[0] == "assigned raised_hand dana"
    handoff = routings(results)[0]
    assert handoff.how_chosen == "fallback"
    assert "everyone_away" in handoff.explanation.reasons
    assert_one_owner(market.outputs)


def test_an_inquiry_uses_neither_turn_nor_capacity_and_goes_to_the_rep_who_gets_the_account() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), demo("stu", job_title="Student"))
    assert story(market.outputs) == [f"assigned inquiry {DESK}"]
    results = market.send(*reach_bar())
    assert story(results) == ["reassigned inquiry r1", "assigned mql r1"]
    assert story(market.send(demo("tim", job_title="Student"))) == ["assigned inquiry r1"]
    assert [one.entry for one in market.outputs if hasattr(one, "entry")].count("turn") == 1
    assert_one_owner(market.outputs)


def test_a_waiting_lead_that_fails_a_gate_is_not_handed_off_and_its_request_is_cancelled() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(country="DE"))
    results = market.deliver_all(MONDAY)
    assert routings(results) == []
    assert [one.entry for one in market.outputs if hasattr(one, "entry")] == ["turn", "return"]
    results = market.send(facts())
    results += market.deliver_all(MONDAY)
    assert (steps(results), story(results)) == (["mql"], ["assigned mql r1"])


@pytest.mark.parametrize("relationship", [Relationship.CUSTOMER, Relationship.COMPETITOR])
def test_a_crm_change_while_a_request_is_open_decides(relationship: Relationship) -> None:
    market = manual_market("r1", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(relationship=relationship, owner_rep_id="own"))
    results = market.deliver_all(MONDAY)
    expected = ["assigned expansion own"] if relationship is Relationship.CUSTOMER else []
    assert story(results) == expected
    assert market.account().request is None


def test_a_request_that_the_desk_refuses_is_reported_and_made_again_after_an_hour() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar())
    (request,) = requests(market)
    market.to_desks.clear()
    refusal = DeskAnswer(
        account_key=BANK,
        request_id=request.request_id,
        lead_id="ann",
        handoff_id=request.handoff_id,
        desk=DESK,
        mode=request.mode,
        outcome="unavailable",
        desk_full=True,
    )
    assert alerts(market.send(refusal)) == ["desk_full"]
    results = market.tick(MONDAY + HOUR_MS)
    assert (story(results), alerts(results, cleared=True)) == (["assigned mql r1"], ["desk_full"])


def test_a_lead_that_is_rejected_while_its_raised_hand_waits_is_no_longer_due() -> None:
    market = manual_market()
    market.send(facts(), *reach_bar())
    market.deliver_all(MONDAY)
    market.send(demo())
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    results = market.deliver_all(MONDAY)
    assert story(results) == []
    assert market.account().request is None
