"""Events that arrive while leads are sent from one account key to another, one at a time."""

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
    """Return a market in which leads are sent from key to key one at a time."""
    market = Market(leads_at_once=1)
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    return market


def deliver_everything(market: Market) -> None:
    """Deliver every message and finish every cursor."""
    market.is_manual = False
    for ms in range(1, 20):
        market.tick(MONDAY + ms)


def keys_of(market: Market, lead_id: str) -> list[str]:
    """Return the account keys under which a lead is stored."""
    return [
        key for key in (BANK, OTHER) if market.accounts.decider.rows.get(LeadRow, key, lead_id) is not None
    ]


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_lead_about_to_be_sent_on_is_no_longer_assigned(market: Market, is_asked: bool) -> None:
    market.send(facts(BANK), facts(OTHER, BANK), *(form(lead_id=f"b{number}") for number in range(9)))
    market.is_manual = True
    market.send(demo("zoe", account_key=OTHER))
    market.deliver_to_account(MONDAY)  # Zoe is stored at the bank now, and a desk is asked for her
    if is_asked:
        market.deliver_to_desk(MONDAY)
    answers = list(market.to_accounts)
    market.to_accounts.clear()
    market.send(facts(OTHER, OTHER))
    market.deliver_to_account(MONDAY)  # her domain leaves the bank, which sends the leads away one at a time
    market.to_accounts.extend(answers)
    assert keys_of(market, "zoe") == [BANK]
    deliver_everything(market)
    assert keys_of(market, "zoe") == [OTHER]
    assert [one.account_key for one in routings(market.outputs)] == [OTHER]


def test_a_domain_that_becomes_primary_again_while_its_leads_are_sent_hands_each_off_again(
    market: Market,
) -> None:
    market.send(facts(BANK), facts(OTHER), demo("ann", account_key=OTHER), demo("cid", account_key=OTHER))
    market.is_manual = True
    market.send(facts(OTHER, BANK))
    market.send(facts(OTHER, OTHER))  # before Cid was sent to the bank
    assert keys_of(market, "cid") == [OTHER]
    deliver_everything(market)
    for lead_id in ("ann", "cid"):
        actions = [one.action for one in routings(market.outputs) if one.lead_id == lead_id]
        assert actions == ["assigned", "withdrawn", "assigned"], lead_id


@pytest.mark.parametrize("handoff_id", [f"{OTHER}#1.1", None])
@pytest.mark.parametrize(
    ("action", "stage", "assigned"),
    [("accepted", Stage.SAL, 2), ("sales_qualified", Stage.SQL, 2), ("rejected", Stage.RECYCLED, 1)],
)
def test_feedback_counts_before_the_lead_has_its_next_holder(
    market: Market, action: str, stage: Stage, assigned: int, handoff_id: str | None
) -> None:
    more = {"reason": "not_now"} if action == "rejected" else {}
    market.send(facts(OTHER), *reach_bar(account_key=OTHER), facts(BANK))
    market.is_manual = True
    market.send(facts(OTHER, BANK))
    market.deliver_to_account(MONDAY)
    market.deliver_to_account(MONDAY)  # Ann is stored at the bank now, and a desk is asked
    lead_id = None if handoff_id else "ann"
    market.send(sales(action, handoff_id, account_key=OTHER, lead_id=lead_id, **more))
    deliver_everything(market)
    assert market.stage() is stage
    assert len([one for one in routings(market.outputs) if one.action == "assigned"]) == assigned
    assert ("rejected_too_early" in alerts(market.outputs)) is (action == "rejected")


def test_feedback_about_an_earlier_cycle_does_not_apply_to_this_one(market: Market) -> None:
    market.send(facts(OTHER), demo(account_key=OTHER), facts(BANK), facts(OTHER, BANK))
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    market.send(demo(account_key=OTHER, at_ms=MONDAY + 2 * HOUR_MS), at_ms=MONDAY + 2 * HOUR_MS)
    assert story(market.outputs)[-1] == "assigned raised_hand r1"
    feedback = sales(
        "rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now", at_ms=MONDAY + 2 * HOUR_MS
    )
    assert market.send(feedback, at_ms=MONDAY + 2 * HOUR_MS) == []
    assert market.stage() is Stage.MQL


def test_feedback_about_a_hand_off_withdrawn_by_a_move_applies_to_the_open_one_once_the_lead_is_back(
    market: Market,
) -> None:
    market.send(facts(BANK), facts(OTHER), demo(account_key=OTHER))
    market.send(facts(OTHER, BANK), released("acc-1", OTHER), facts(OTHER))
    assert keys_of(market, "ann") == [OTHER]
    market.send(sales("accepted", f"{OTHER}#1.1", account_key=OTHER))
    assert market.stage(account_key=OTHER) is Stage.SAL


@pytest.mark.parametrize(
    ("action", "stage"), [("accepted", Stage.SAL), ("rejected", Stage.RECYCLED), ("returned", Stage.MQL)]
)
def test_feedback_given_before_the_move_that_arrives_after_it_is_about_the_new_hand_off(
    market: Market, action: str, stage: Stage
) -> None:
    more = {"reason": "not_now"} if action == "rejected" else {}
    market.send(facts(OTHER), demo(account_key=OTHER), facts(BANK))
    given_ms, late_ms = MONDAY + HOUR_MS // 4, MONDAY + HOUR_MS // 2
    market.send(facts(OTHER, BANK), at_ms=late_ms)
    feedback = sales(action, f"{OTHER}#1.1", account_key=OTHER, at_ms=given_ms, **more)
    market.send(feedback, at_ms=late_ms)
    assert market.stage() is stage
    results = market.send(feedback, at_ms=late_ms)
    assert story(results) == []
