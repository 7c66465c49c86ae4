"""Escalation of long-overdue accounts: the next holder, the number of moves, the end. Every timer fires once."""

from __future__ import annotations

import pytest

from schemas.outputs import LeadAlert
from schemas.vocabulary import HowChosen, Reason
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
    form,
    reach_bar,
    rep,
    routings,
    sales,
    story,
)

FIRST = f"{BANK}#1.1"
ESCALATION = "then: next, after: 2x, times: 2"


def a_market(escalation: str = ESCALATION) -> Market:
    market = Market(POLICY_TEXT.replace(ESCALATION, escalation))
    market.reps(
        rep("r1"),
        rep("r2"),
        rep("r3"),
        rep("dana", at_desk=False),
        rep("own", at_desk=False),
        rep("tom", at_desk=False),
    )
    market.send(facts())
    return market


def pass_time(market: Market, end_ms: int, from_ms: int = MONDAY) -> list[str]:
    """Let time pass, an hour at a time. Return the revisions of the hand-offs."""
    begun = len(market.outputs)
    for at_ms in range(from_ms, end_ms, HOUR_MS):
        market.tick(at_ms)
    assert_one_owner(market.outputs)
    return story(market.outputs[begun:])


@pytest.mark.parametrize(
    ("escalation", "holders"),
    [
        ("then: next, after: 2x, times: 2", "r1 r2 r3 dana"),
        ("then: next, after: 2x, times: 1", "r1 r2 dana"),
        ("then: next, after: 2x, times: 9", "r1 r2 r3 dana"),
        ("then: manager, after: 2x", "r1 dana"),
    ],
)
def test_the_account_escalates_as_often_as_the_policy_allows_and_then_to_the_manager(
    escalation: str, holders: str
) -> None:
    market = a_market(escalation)
    market.send(*reach_bar())
    pass_time(market, MONDAY + 10 * DAY_MS)
    assert [one.assignee.id for one in routings(market.outputs) if one.assignee] == holders.split()


def test_without_the_policy_key_the_account_stays_and_is_reported() -> None:
    market = Market(POLICY_TEXT.replace(",\n       " + ESCALATION, ""))
    market.reps(rep("r1"), rep("r2"))
    market.send(facts(), *reach_bar())
    assert pass_time(market, MONDAY + 10 * DAY_MS) == []
    assert alerts(market.outputs) == ["response_due_soon", "response_overdue"]


@pytest.mark.parametrize(("after", "moved_at"), [("1x", "12:00"), ("1.5x", "13:30"), ("2x", "15:00")])
def test_the_policy_key_after_is_a_multiple_of_the_time_to_answer(after: str, moved_at: str) -> None:
    market = a_market(f"then: next, after: {after}, times: 2")
    market.send(*reach_bar())
    when = at(f"2026-03-02 {moved_at}")
    assert story(market.tick(when - 1)) == []
    assert story(market.tick(when)) == ["reassigned mql r2"]


def test_each_kind_has_its_own_deadline_after_an_escalation_too() -> None:
    market = a_market()
    market.send(*reach_bar())
    market.send(form(lead_id="bob", at_ms=MONDAY), demo("bob"))
    moved = [one for one in routings(market.tick(at("2026-03-02 10:00"))) if one.assignee]
    due = {
        one.kind.value: one.first_response_due_at.timestamp() * 1000
        for one in moved
        if one.first_response_due_at
    }
    assert due == {"mql": at("2026-03-02 13:00"), "raised_hand": at("2026-03-02 10:30")}


def test_each_alert_is_raised_once_per_holder_and_cleared_by_the_next_escalation() -> None:
    market = a_market()
    market.send(demo())
    pass_time(market, MONDAY + 5 * DAY_MS)
    assert alerts(market.outputs) == ["response_due_soon", "response_overdue"] * 4 + ["still_unanswered"]
    assert alerts(market.outputs, cleared=True) == ["response_due_soon", "response_overdue"] * 3


def test_a_timer_missed_while_nothing_ran_carries_its_due_time() -> None:
    market = a_market()
    market.send(*reach_bar())
    results = market.tick(MONDAY + 3 * HOUR_MS + 30 * 60_000)
    overdue = next(one for one in results if isinstance(one, LeadAlert) and one.alert == "response_overdue")
    assert overdue.occurred_at.timestamp() * 1000 == at("2026-03-02 12:00")


def test_an_unanswered_inquiry_stays_with_the_desk_and_notifies_its_manager() -> None:
    market = a_market()
    market.send(facts(sic=["7372"]), demo())
    pass_time(market, MONDAY + 4 * DAY_MS)
    assert story(market.outputs) == ["assigned inquiry desk:inside_sales"]
    recipients = [
        one.told for one in market.outputs if isinstance(one, LeadAlert) and one.alert == "still_unanswered"
    ]
    assert recipients == [["dana"]]


def test_a_manual_reassignment_ends_the_escalation() -> None:
    market = a_market()
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    late = MONDAY + HOUR_MS + 1
    market.send(sales("reassigned", FIRST, at_ms=late, to_rep_id="tom"), at_ms=late)
    assert story(market.outputs)[-1] == "reassigned raised_hand tom"
    assert market.account().move is None


def test_a_rejection_returns_the_turn_of_the_last_rep_and_of_no_other() -> None:
    market = a_market()
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)  # r2 has it, by its own turn
    late = MONDAY + HOUR_MS + 1
    results = market.send(sales("rejected", FIRST, at_ms=late, reason="not_now"), at_ms=late)
    returned = [(one.entry, one.rep_id) for one in results if hasattr(one, "entry")]
    assert returned == [("return", "r2")]


def test_a_manager_who_is_away_has_a_deputy_who_gets_it() -> None:
    market = a_market("then: manager, after: 2x")
    away = ((MONDAY - DAY_MS, MONDAY + 30 * DAY_MS),)
    market.reps(rep("dana", at_desk=False, away=away, deputy_rep_id="tom"))
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    last = routings(market.outputs)[-1]
    assert last.assignee is not None
    assert (last.assignee.id, last.assignee.deputy_for, last.how_chosen) == ("tom", "dana", HowChosen.MANAGER)
    assert last.explanation.reasons == [Reason.NOT_ANSWERED, Reason.ALL_GATES_PASSED]


def test_an_account_whose_manager_is_away_too_stays_with_its_holder_and_is_reported() -> None:
    market = a_market("then: manager, after: 2x")
    away = ((MONDAY - DAY_MS, MONDAY + DAY_MS),)
    market.reps(rep("dana", at_desk=False, away=away))
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    assert story(market.outputs) == ["assigned raised_hand r1"]
    assert alerts(market.outputs)[-1] == "everyone_away"
    assert story(market.tick(MONDAY + DAY_MS)) == ["reassigned raised_hand dana"]


def test_a_new_owner_starts_a_new_escalation_with_a_deputy() -> None:
    market = a_market("then: manager, after: 2x")
    market.reps(rep("own", at_desk=False, deputy_rep_id="tom"))
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    late = MONDAY + HOUR_MS + 1
    market.send(facts(owner_rep_id="own"), at_ms=late)
    pass_time(market, late + DAY_MS, from_ms=late)
    assert [one.assignee.id for one in routings(market.outputs) if one.assignee] == [
        "r1",
        "dana",
        "own",
        "tom",
        "dana",
    ]


def test_the_manager_is_notified_of_a_desk_without_reps_and_of_a_missing_owner() -> None:
    market = a_market()
    away = ((MONDAY - DAY_MS, MONDAY + DAY_MS),)
    market.reps(*(rep(name, away=away) for name in ("r1", "r2", "r3")))
    market.send(*reach_bar())
    market.send(facts("domain:other.example", crm_account_id="acc-2", owner_rep_id="nobody"))
    market.send(demo("zoe", account_key="domain:other.example"))
    recipients = {
        one.alert.value: one.told for one in market.outputs if isinstance(one, LeadAlert) and one.told
    }
    assert recipients == {"everyone_away": ["dana"], "account_without_owner": ["dana"]}


@pytest.mark.parametrize("owner", ["r1", None], ids=["an owner", "no owner"])
def test_an_account_escalates_to_the_deputy_of_its_owner_else_to_the_next_in_turn(owner: str | None) -> None:
    market = a_market()
    market.reps(rep("r1", deputy_rep_id="tom"))
    market.send(demo(), facts(owner_rep_id=owner))
    after = pass_time(market, MONDAY + 3 * HOUR_MS)
    expected = ["tom", "dana"] if owner else ["r2", "r3"]
    assert after == [f"reassigned raised_hand {one}" for one in expected]


def test_a_rep_who_gets_the_account_back_has_it_as_before_and_not_as_an_owner() -> None:
    market = a_market()
    market.send(demo())
    pass_time(market, MONDAY + 2 * HOUR_MS)
    (back,) = routings(market.send(sales("touched", FIRST, MONDAY + 60_000), at_ms=MONDAY + 2 * HOUR_MS))
    assert (back.assignee and back.assignee.id, back.how_chosen) == ("r1", HowChosen.ACCOUNT_REP)
