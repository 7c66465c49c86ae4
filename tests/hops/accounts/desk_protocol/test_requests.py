"""The desk protocol: one open request, asked again, given back; what an answer makes of the account."""

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


def by_hand(*reps: str, text: str = POLICY_TEXT) -> Market:
    market = Market(text, is_manual=True)
    market.reps(*(rep(one) for one in reps or ("r1", "r2")))
    return market


def asked(market: Market) -> list[Any]:
    """What lies on the way to the desks."""
    return [DESK_EVENT.validate_json(emit.value) for emit in market.to_desks]


def requests(market: Market) -> list[DeskRequest]:
    return [one for one in asked(market) if isinstance(one, DeskRequest)]


def returns(market: Market) -> list[DeskReturn]:
    return [one for one in asked(market) if isinstance(one, DeskReturn)]


def test_an_account_has_one_open_request_whatever_is_due() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar(), *reach_bar("bob"), demo("cid"))
    (request,) = requests(market)
    assert (request.lead_id, request.desk, request.mode, request.kind) == ("ann", DESK, "turn", "mql")
    assert (request.total, request.attempt, request.raised_hand) == (138, 1, False)


def test_the_others_follow_raised_hands_first() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar(), *reach_bar("bob"), demo("cid"))
    outputs = market.deliver_all(MONDAY)
    assert [(one.lead_id, one.kind) for one in routings(outputs)] == [
        ("ann", "mql"),
        ("cid", "raised_hand"),
        ("bob", "mql"),
    ]
    assert {one.assignee.id for one in routings(outputs) if one.assignee} == {"r1"}


def test_a_request_that_nobody_answers_is_asked_again_with_the_same_id_then_reported_then_daily() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar())
    first = requests(market)[0].request_id
    market.to_desks.clear()
    seen: list[tuple[int, int]] = []
    outputs: list[Any] = []
    for hour in range(1, 60):
        before = len(market.to_desks)
        outputs += market._take(
            market.accounts.control(Tick(MONDAY + hour * HOUR_MS), MONDAY + hour * HOUR_MS)
        )
        seen += [(hour, one.attempt) for one in requests(market)[before:]]
    assert seen == [(1, 2), (2, 3), (3, 4), (27, 5), (51, 6)]
    assert {one.request_id for one in requests(market)} == {first}
    assert alerts(outputs) == ["desk_silent"]
    outputs = market.deliver_all(MONDAY + 60 * HOUR_MS)
    assert alerts(outputs, cleared=True) == ["desk_silent"]
    assert story(outputs) == ["assigned mql r1"]


def test_the_desks_answer_to_each_repeat_is_the_same_and_one_hand_off_is_made() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar())
    for _ in range(3):
        market.to_desks.append(market.to_desks[0])
    outputs = market.deliver_all(MONDAY)
    assert story(outputs) == ["assigned mql r1"]


def test_an_owner_named_while_the_answer_is_under_way_gets_it_and_the_turn_goes_back() -> None:
    market = by_hand("r1", "r2", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(owner_rep_id="own"))
    assert [one.request_id for one in returns(market)]
    outputs = market.deliver_all(MONDAY)
    assert story(outputs) == ["assigned mql own"]
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "return", "owner"]


def test_an_answer_to_a_request_that_was_given_back_is_nothing() -> None:
    market = by_hand("r1", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    late = market.to_accounts.popleft()
    assert isinstance(LEAD_EVENT.validate_json(late.value), DeskAnswer)
    market.send(facts(owner_rep_id="own"))
    market.deliver_all(MONDAY)
    market.to_accounts.append(late)
    assert market.deliver_all(MONDAY) == []


def test_a_raised_hand_replaces_a_request_that_waits_for_room() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    other = "domain:other.example"
    outputs = market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert (story(outputs), alerts(outputs)) == ([], ["desk_full"])
    outputs = market.send(demo("yan", account_key=other))
    assert alerts(outputs, cleared=True) == ["desk_full"]
    assert [(one.lead_id, one.kind) for one in routings(outputs)] == [("yan", "raised_hand"), ("zoe", "mql")]


def test_a_lead_that_waits_and_raises_its_hand_has_one_hand_off() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    other = "domain:other.example"
    market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert story(market.send(demo("zoe", account_key=other))) == ["assigned raised_hand r1"]


def test_who_waits_is_assigned_when_there_is_room_again() -> None:
    market = Market(FULL)
    market.reps(rep("r1"))
    other = "domain:other.example"
    market.send(
        facts(), *reach_bar(), facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other)
    )
    market.send(sales("touched", f"{BANK}#1.1"))
    outputs = market.tick(at("2026-03-09 08:30"))
    assert story(outputs) == ["assigned mql r1"]
    assert alerts(outputs, cleared=True) == ["desk_full"]


def test_an_owner_who_is_not_active_is_reported_and_the_next_route_is_asked() -> None:
    market = Market()
    market.reps(rep("r1"), rep("own", active=False))
    outputs = market.send(facts(owner_rep_id="own"), *reach_bar())
    assert story(outputs) == ["assigned mql r1"]
    assert alerts(outputs) == ["account_without_owner"]
    assert "owner_not_active" in routings(outputs)[0].explanation.reasons


def test_a_robot_or_queue_is_no_owner() -> None:
    market = Market()
    market.reps(rep("r1"))
    outputs = market.send(facts(owner_rep_id="queue-7"), *reach_bar())
    assert story(outputs) == ["assigned mql r1"]


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
    outputs = market.send(facts(owner_rep_id="new"))
    assert story(outputs) == ["withdrawn mql -", "reassigned mql new", "reassigned mql new"]
    assert alerts(outputs, cleared=True) == ["account_without_owner"]
    assert_one_owner(market.outputs)


def test_an_owner_who_is_away_keeps_the_account_and_the_deputy_gets_the_task() -> None:
    market = Market()
    away = ((MONDAY - HOUR_MS, MONDAY + 10 * DAY_MS),)
    market.reps(rep("r1"), rep("dep"), rep("own", away=away, deputy_rep_id="dep"))
    outputs = market.send(facts(owner_rep_id="own"), *reach_bar())
    assert story(outputs) == ["assigned mql dep"]
    (handoff,) = routings(outputs)
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
    outputs = market.send(facts(other, crm_account_id="acc-2", owner_rep_id="own"))
    assert story(outputs) == ["assigned mql own"]
    assert alerts(outputs, cleared=True) == ["desk_full"]


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
    outputs = market.send(facts(), *reach_bar())
    assert (story(outputs), alerts(outputs)) == ([], ["everyone_away"])
    outputs = market.send(demo("bob"))
    assert story(outputs)[0] == "assigned raised_hand dana"
    handoff = routings(outputs)[0]
    assert handoff.how_chosen == "fallback"
    assert "everyone_away" in handoff.explanation.reasons
    assert_one_owner(market.outputs)


def test_an_inquiry_takes_neither_turn_nor_room_and_goes_along_when_a_rep_gets_the_account() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), demo("stu", job_title="Student"))
    assert story(market.outputs) == [f"assigned inquiry {DESK}"]
    outputs = market.send(*reach_bar())
    assert story(outputs) == ["reassigned inquiry r1", "assigned mql r1"]
    assert story(market.send(demo("tim", job_title="Student"))) == ["assigned inquiry r1"]
    assert [one.entry for one in market.outputs if hasattr(one, "entry")].count("turn") == 1
    assert_one_owner(market.outputs)


def test_a_lead_that_fails_a_gate_while_it_waits_is_handed_to_nobody_and_its_request_goes_back() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(country="DE"))
    outputs = market.deliver_all(MONDAY)
    assert routings(outputs) == []
    assert [one.entry for one in market.outputs if hasattr(one, "entry")] == ["turn", "return"]
    outputs = market.send(facts())
    outputs += market.deliver_all(MONDAY)
    assert (steps(outputs), story(outputs)) == (["mql"], ["assigned mql r1"])


@pytest.mark.parametrize("relationship", [Relationship.CUSTOMER, Relationship.COMPETITOR])
def test_what_the_crm_says_while_a_request_is_open_decides(relationship: Relationship) -> None:
    market = by_hand("r1", "own")
    market.send(facts(), *reach_bar())
    market.deliver_to_desk(MONDAY)
    market.send(facts(relationship=relationship, owner_rep_id="own"))
    outputs = market.deliver_all(MONDAY)
    expected = ["assigned expansion own"] if relationship is Relationship.CUSTOMER else []
    assert story(outputs) == expected
    assert market.account().request is None


def test_a_desk_that_can_neither_give_nor_keep_a_lead_is_reported_and_asked_anew() -> None:
    market = by_hand()
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
    outputs = market.tick(MONDAY + HOUR_MS)
    assert (story(outputs), alerts(outputs, cleared=True)) == (["assigned mql r1"], ["desk_full"])


def test_a_rejected_lead_that_waits_for_a_raised_hands_answer_is_due_no_more() -> None:
    market = by_hand()
    market.send(facts(), *reach_bar())
    market.deliver_all(MONDAY)
    market.send(demo())
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    outputs = market.deliver_all(MONDAY)
    assert story(outputs) == []
    assert market.account().request is None
