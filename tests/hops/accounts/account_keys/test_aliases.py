"""A key joins a primary key, moves on to another and returns. No lead is lost or doubled, no account has two holders."""

from __future__ import annotations

from collections import Counter

from schemas.account_links import AccountLeft
from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    assert_one_owner,
    demo,
    facts,
    form,
    identified,
    reach_bar,
    released,
    rep,
    routings,
    sales,
    scores,
    steps,
    story,
)
from workers.accounts.account_keys.aliases import MOVE
from workers.accounts.handoffs.alias_members import JoinedRow
from workers.accounts.state.lead import LeadRow
from workers.engine.timers import TimerSlotRow

OTHER = "domain:other.example"
THIRD = "domain:third.example"


def make_market() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    return market


def lead_row(market: Market, key: str, lead_id: str = "ann") -> LeadRow | None:
    return market.accounts.decider.rows.get(LeadRow, key, lead_id)


# A key that moves on, or returns.


def test_a_domain_that_moves_on_takes_its_own_leads_and_no_others() -> None:
    market = make_market()
    market.send(facts(BANK), facts(THIRD, crm_account_id="acc-3", owner_rep_id="r3"), facts(OTHER, BANK))
    market.send(demo("bob"), demo("ann", account_key=OTHER))
    assert story(market.outputs) == ["assigned raised_hand r1", "assigned raised_hand r1"]
    results = market.send(facts(OTHER, THIRD, crm_account_id="acc-3"), released("acc-1", OTHER))
    # Between the two records both accounts have the domain, so neither has it: its own key takes its lead back.
    assert story(results) == [
        "withdrawn raised_hand -",
        "assigned raised_hand r1",
        "withdrawn raised_hand -",
        "assigned raised_hand r3",
    ]
    assert [one.account_key for one in routings(results)] == [BANK, OTHER, OTHER, THIRD]
    assert lead_row(market, THIRD) is not None
    assert lead_row(market, BANK) is None
    assert lead_row(market, BANK, "bob") is not None
    assert_one_owner(market.outputs)


def test_a_domain_that_moves_there_and_back_loses_nothing() -> None:
    market = make_market()
    market.send(facts(OTHER, crm_account_id="old"), facts(BANK), *reach_bar(account_key=OTHER))
    for _ in range(3):
        market.send(released("old", OTHER), facts(OTHER, BANK))
        assert (lead_row(market, OTHER), market.stage()) == (None, Stage.MQL)
        market.send(released("acc-1", OTHER), facts(OTHER, crm_account_id="old"))
        assert (lead_row(market, BANK), market.stage(account_key=OTHER)) == (None, Stage.MQL)
    row = lead_row(market, OTHER)
    assert row is not None
    assert (row.home, len(row.handoffs)) == ("", 1)
    assert scores(market.outputs)[-1].explanation.total == 138
    ids = [one.event_id for one in market.outputs]
    assert len(set(ids)) == len(ids)
    assert_one_owner(market.outputs)
    assert {one.assignee.id for one in routings(market.outputs) if one.assignee} == {"r1"}


def test_a_domain_that_becomes_primary_again_requests_no_rep_until_its_leads_are_sent() -> None:
    market = Market(most_at_once=100)
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    people = [f"p{number:03d}" for number in range(70)]
    market.send(facts(BANK), facts(OTHER, BANK), *(demo(one, account_key=OTHER) for one in people))
    market.is_manual = True
    market.to_accounts.clear()
    market.send(facts(OTHER, OTHER, crm_account_id="acc-1"))
    market.deliver_to_account(MONDAY)  # the old primary key gets AccountLeaves and withdraws all
    assert market.account().holder is None
    market.send(demo("new", account_key=OTHER))
    market.is_manual = False
    for hour in range(6):
        market.tick(MONDAY + hour)
    assert all(lead_row(market, OTHER, one) for one in (*people, "new"))
    held = Counter(one.account_key for one in routings(market.outputs) if one.action == "assigned")
    assert held == {BANK: 70, OTHER: 71}
    assert_one_owner(market.outputs)


def test_a_former_primary_key_that_does_not_answer_is_asked_again() -> None:
    market = make_market()
    market.send(facts(BANK), facts(OTHER, BANK), demo(account_key=OTHER))
    market.is_manual = True
    market.send(facts(OTHER, OTHER))
    lost = list(market.to_accounts)
    market.to_accounts.clear()
    market.is_manual = False
    assert market.account(OTHER).moving_to == ""
    assert len(lost) == 1
    market.tick(MONDAY + HOUR_MS)
    market.tick(MONDAY + HOUR_MS)
    assert (market.account(OTHER).forwards_to, market.account(OTHER).moving_to) == ("", None)
    assert lead_row(market, OTHER) is not None
    assert market.accounts.decider.rows.get(TimerSlotRow, MOVE, OTHER) is None


def test_an_unexpected_account_left_changes_nothing() -> None:
    market = make_market()
    market.send(facts(BANK), facts(OTHER, BANK))
    market.send(AccountLeft(event_id="x", account_key=OTHER, from_account_key=BANK))
    assert market.account(OTHER).forwards_to == BANK


def test_an_account_without_a_domain_moves_to_its_first_domain() -> None:
    market = make_market()
    crm = "crm:acc-1"
    market.send(facts(crm), demo(account_key=crm))
    results = market.send(facts(BANK), facts(crm, BANK))
    assert story(results) == ["withdrawn raised_hand -", "assigned raised_hand r1"]


def test_deals_move_with_their_lead() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    market.send(sales("opportunity_opened", f"{OTHER}#1.1", account_key=OTHER))
    assert market.stage(account_key=OTHER) is Stage.OPPORTUNITY
    market.send(facts(BANK), facts(OTHER, BANK))
    assert market.stage() is Stage.OPPORTUNITY
    market.send(facts(OTHER))
    assert market.stage(account_key=OTHER) is Stage.OPPORTUNITY
    assert market.account().deals == ()


# Late feedback.


def test_late_feedback_about_a_hand_off_of_the_old_key_is_about_the_leads_open_hand_off() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    market.send(facts(BANK), facts(OTHER, BANK))
    results = market.send(sales("accepted", f"{OTHER}#1.1", account_key=OTHER))
    assert steps(results) == ["sal"]
    results = market.send(
        sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now", at_ms=MONDAY + 2 * HOUR_MS)
    )
    assert story(results) == ["withdrawn mql -"]
    assert market.stage() is Stage.RECYCLED


def test_late_feedback_follows_a_lead_that_moved_twice() -> None:
    market = make_market()
    market.send(
        facts(BANK), facts(THIRD, crm_account_id="acc-3"), facts(OTHER, BANK), *reach_bar(account_key=OTHER)
    )
    handoff = routings(market.outputs)[0].handoff_id
    assert handoff.startswith(BANK)
    market.send(released("acc-1", OTHER), facts(OTHER, THIRD, crm_account_id="acc-3"))
    assert steps(market.send(sales("accepted", handoff))) == ["sal"]
    assert market.stage(account_key=THIRD) is Stage.SAL


def test_feedback_about_a_hand_off_closed_before_the_move_changes_nothing() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    rejection = sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now")
    market.send(rejection, facts(BANK), facts(OTHER, BANK))
    market.send(demo(at_ms=MONDAY + 2 * HOUR_MS, account_key=OTHER))
    second_rejection = sales(
        "rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now", at_ms=MONDAY + 3 * HOUR_MS
    )
    assert story(market.send(second_rejection)) == []


def test_feedback_by_address_finds_a_lead_that_the_cursor_has_not_sent_yet() -> None:
    market = Market(most_at_once=100)
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    people = [f"p{number:03d}" for number in range(60)]
    market.send(
        facts(OTHER), *(form(lead_id=one, account_key=OTHER) for one in people), *reach_bar(account_key=OTHER)
    )
    market.send(facts(BANK), facts(OTHER, BANK))
    results = market.send(sales("touched", lead_id="ann", account_key=OTHER))
    assert alerts(results) == []
    assert lead_row(market, OTHER) is None


def test_an_alias_has_one_row_however_often_it_moves() -> None:
    market = make_market()
    market.send(facts(BANK), facts(OTHER, BANK), identified(account_key=OTHER))
    for _ in range(3):
        market.send(facts(OTHER, OTHER), facts(OTHER, BANK))
    joined = market.accounts.decider.rows.scan(JoinedRow, BANK, limit=9)
    assert [(parts, row.gone_to) for parts, row in joined] == [((BANK, OTHER), "")]
