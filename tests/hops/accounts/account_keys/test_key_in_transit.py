"""What comes while people are on their way from one account key to another, one at a time."""

from __future__ import annotations

import pytest

from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    demo,
    facts,
    form,
    reach_bar,
    released,
    rep,
    routings,
    sales,
    story,
)
from workers.accounts.state.lead import LeadRow

OTHER = "domain:other.example"


@pytest.fixture
def market() -> Market:
    """Two hops in which leads are sent from key to key one at a time."""
    market = Market(leads_at_once=1)
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    return market


def all_arrive(market: Market) -> None:
    market.is_manual = False
    for ms in range(1, 20):
        market.tick(MONDAY + ms)


def home_of(market: Market, lead_id: str) -> list[str]:
    return [
        key for key in (BANK, OTHER) if market.accounts.decider.rows.get(LeadRow, key, lead_id) is not None
    ]


@pytest.mark.parametrize("is_asked", [False, True])
def test_who_is_about_to_leave_is_given_to_nobody_any_more(market: Market, is_asked: bool) -> None:
    market.send(facts(BANK), facts(OTHER, BANK), *(form(lead_id=f"b{number}") for number in range(9)))
    market.is_manual = True
    market.send(demo("zoe", account_key=OTHER))
    market.deliver_to_account(MONDAY)  # Zoe has come to the bank, and a desk is asked for her
    if is_asked:
        market.deliver_to_desk(MONDAY)
    answers = list(market.to_accounts)
    market.to_accounts.clear()
    market.send(facts(OTHER, OTHER))
    market.deliver_to_account(
        MONDAY
    )  # her domain leaves, and the people of the bank are looked through one by one
    market.to_accounts.extend(answers)
    assert home_of(market, "zoe") == [BANK]
    all_arrive(market)
    assert home_of(market, "zoe") == [OTHER]
    assert [one.account_key for one in routings(market.outputs)] == [OTHER]


def test_who_had_not_left_yet_when_the_domain_came_home_is_handed_over_again(market: Market) -> None:
    market.send(facts(BANK), facts(OTHER), demo("ann", account_key=OTHER), demo("cid", account_key=OTHER))
    market.is_manual = True
    market.send(facts(OTHER, BANK))
    market.send(facts(OTHER, OTHER))
    assert home_of(market, "cid") == [OTHER]
    all_arrive(market)
    for lead_id in ("ann", "cid"):
        said = [one.action for one in routings(market.outputs) if one.lead_id == lead_id]
        assert said == ["assigned", "withdrawn", "assigned"], lead_id


@pytest.mark.parametrize("handoff_id", [f"{OTHER}#1.1", None])
@pytest.mark.parametrize(
    ("action", "stage", "assigned"),
    [("accepted", Stage.SAL, 2), ("sales_qualified", Stage.SQL, 2), ("rejected", Stage.RECYCLED, 1)],
)
def test_a_word_of_sales_is_heard_before_somebody_else_has_the_lead(
    market: Market, action: str, stage: Stage, assigned: int, handoff_id: str | None
) -> None:
    more = {"reason": "not_now"} if action == "rejected" else {}
    market.send(facts(OTHER), *reach_bar(account_key=OTHER), facts(BANK))
    market.is_manual = True
    market.send(facts(OTHER, BANK))
    market.deliver_to_account(MONDAY)
    market.deliver_to_account(MONDAY)  # Ann is at the bank, and a desk is asked
    lead_id = None if handoff_id else "ann"
    market.send(sales(action, handoff_id, account_key=OTHER, lead_id=lead_id, **more))
    all_arrive(market)
    assert market.stage() is stage
    assert len([one for one in routings(market.outputs) if one.action == "assigned"]) == assigned
    assert ("rejected_too_early" in alerts(market.outputs)) is (action == "rejected")


def test_a_word_about_an_earlier_cycle_is_not_about_this_one(market: Market) -> None:
    market.send(facts(OTHER), demo(account_key=OTHER), facts(BANK), facts(OTHER, BANK))
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    market.send(demo(account_key=OTHER, at_ms=MONDAY + 2 * HOUR_MS), at_ms=MONDAY + 2 * HOUR_MS)
    assert story(market.outputs)[-1] == "assigned raised_hand r1"
    late = sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now", at_ms=MONDAY + 2 * HOUR_MS)
    assert market.send(late, at_ms=MONDAY + 2 * HOUR_MS) == []
    assert market.stage() is Stage.MQL


def test_back_home_a_word_about_what_was_withdrawn_by_the_move_is_about_what_is_open_now(
    market: Market,
) -> None:
    market.send(facts(BANK), facts(OTHER), demo(account_key=OTHER))
    market.send(facts(OTHER, BANK), released("acc-1", OTHER), facts(OTHER))
    assert home_of(market, "ann") == [OTHER]
    market.send(sales("accepted", f"{OTHER}#1.1", account_key=OTHER))
    assert market.stage(account_key=OTHER) is Stage.SAL


@pytest.mark.parametrize(
    ("action", "stage"), [("accepted", Stage.SAL), ("rejected", Stage.RECYCLED), ("returned", Stage.MQL)]
)
def test_a_word_from_before_the_move_that_comes_after_it_is_about_what_the_move_has_handed_over(
    market: Market, action: str, stage: Stage
) -> None:
    more = {"reason": "not_now"} if action == "rejected" else {}
    market.send(facts(OTHER), demo(account_key=OTHER), facts(BANK))
    said_ms, late_ms = MONDAY + HOUR_MS // 4, MONDAY + HOUR_MS // 2
    market.send(facts(OTHER, BANK), at_ms=late_ms)
    word = sales(action, f"{OTHER}#1.1", account_key=OTHER, at_ms=said_ms, **more)
    market.send(word, at_ms=late_ms)
    assert market.stage() is stage
    outputs = market.send(word, at_ms=late_ms)
    assert story(outputs) == []
