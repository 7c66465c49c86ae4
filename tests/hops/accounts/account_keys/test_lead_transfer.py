"""A lead moves to another account key: what moves with it, and how its cycle continues there."""

from __future__ import annotations

from msgspec.structs import fields, replace

from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    POLICY,
    Market,
    activity,
    demo,
    facts,
    form,
    papers,
    reach_bar,
    rep,
    routings,
    sales,
    scores,
    story,
)
from workers.accounts.handoffs.transfer_payload import STAYS, merge_leads, merge_scores, pack_row, unpack_row
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.facts import Contact, Fact
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import RuleCount, ScoreRow

OTHER = "domain:other.example"
THIRD = "domain:third.example"


def make_market() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("r3"))
    return market


def lead_row(market: Market, key: str, lead_id: str = "ann") -> LeadRow | None:
    return market.accounts.decider.rows.get(LeadRow, key, lead_id)


# What moves with a lead.


def test_every_field_of_a_lead_moves_except_those_of_its_key() -> None:
    sent = LeadRow(
        email="ann@bank.example",
        role_address=True,
        facts=(Fact("job_title", "CIO", 5),),
        stage=Stage.SAL,
        stage_n=4,
        cycle=3,
        accepted=True,
        handed=True,
        contact=Contact(lead_id="c"),
        pending="x",
        handoffs=("a#1.1",),
        home="domain:x.example",
    )
    here = LeadRow(stage=Stage.KNOWN, stage_n=9)
    made = merge_leads(here, unpack_row(pack_row(sent), LeadRow), is_new=True)
    for field in fields(LeadRow):
        source = here if field.name in STAYS else sent
        assert getattr(made, field.name) == getattr(source, field.name), field.name


def test_the_later_cycles_state_holds_and_within_one_cycle_both_states_are_merged() -> None:
    first = LeadRow(cycle=2, verdict=Stage.RECYCLED, said_no_ms=7)
    later = LeadRow(cycle=3, handed=True, raised_hand=True)
    for held, sent in ((first, later), (later, first)):
        made = merge_leads(held, sent, is_new=False)
        assert (made.cycle, made.verdict, made.handed, made.raised_hand) == (3, None, True, True)
    same = merge_leads(replace(first, accepted=True), replace(first, said_no_ms=9), is_new=False)
    assert (same.said_no_ms, same.accepted) == (9, True)
    other = merge_leads(LeadRow(email="a@b.example"), LeadRow(email="c@d.example", cycle=1), is_new=False)
    assert other.email == "a@b.example"


def test_counts_of_both_keys_add_up_and_so_do_counts_since_a_rejection() -> None:
    one = ScoreRow(counts=(RuleCount("page", ((5, 2),), 1, "e1"),), latest_day=5, since=(), revision=4)
    two = ScoreRow(
        counts=(RuleCount("page", ((5, 1), (6, 1)), 2, "e2"),),
        latest_day=6,
        since=(RuleCount("page", ((6, 1),), 2, "e2"),),
        revision=9,
    )
    made = merge_scores(Terms(POLICY), one, two)
    assert made.counts == (RuleCount("page", ((5, 3), (6, 1)), 2, "e2"),)
    assert (made.latest_day, made.since, made.revision) == (6, two.since, 4)


def test_an_accepted_lead_stays_accepted_although_its_points_have_decayed() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    market.send(sales("accepted", f"{OTHER}#1.1", account_key=OTHER))
    late = MONDAY + 58 * 24 * HOUR_MS
    results = market.send(facts(BANK), facts(OTHER, BANK), at_ms=late)
    assert story(results) == ["withdrawn mql -", "assigned mql r1"]
    assert market.stage() is Stage.SAL


def test_a_rejection_and_the_points_since_it_move_and_new_points_bring_the_lead_back() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    market.send(sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now"))
    after = MONDAY + 2 * HOUR_MS
    market.send(*papers(1, at_ms=after, account_key=OTHER), at_ms=after)
    market.send(facts(BANK), facts(OTHER, BANK), at_ms=after)
    assert market.stage() is Stage.RECYCLED
    results = market.send(
        activity("webinar_attended", at_ms=after, account_key=OTHER),
        *papers(1, at_ms=after, account_key=OTHER),
        at_ms=after,
    )
    assert story(results) == ["assigned mql r1"]
    row = lead_row(market, BANK)
    assert row is not None
    assert row.cycle == 2


def test_a_lead_is_sent_before_its_next_event() -> None:
    market = make_market()
    people = [f"p{number:03d}" for number in range(120)]
    market.send(
        facts(OTHER),
        *reach_bar("zoe", account_key=OTHER),
        *(form(lead_id=p, account_key=OTHER) for p in people),
    )
    handoff = next(one.handoff_id for one in routings(market.outputs) if one.lead_id == "zoe")
    market.send(sales("rejected", handoff, account_key=OTHER, reason="not_now"))
    market.send(facts(BANK), facts(OTHER, BANK), activity("page_view", "zoe", account_key=OTHER))
    assert market.stage("zoe") is Stage.RECYCLED, "the rejection is known where the page view counts"
    for _ in range(5):
        market.tick(MONDAY + HOUR_MS)
    assert {market.stage(one) for one in people} == {Stage.NURTURE}
    assert not any(lead_row(market, OTHER, one) for one in (*people, "zoe"))


def test_the_rep_who_worked_with_a_domains_leads_gets_them_at_the_new_key() -> None:
    market = make_market()
    market.send(facts(THIRD), demo("x", account_key=THIRD), facts(OTHER), demo("ann", account_key=OTHER))
    assert story(market.outputs)[-1] == "assigned raised_hand r2"
    results = market.send(facts(BANK), facts(OTHER, BANK))
    assert story(results) == ["withdrawn raised_hand -", "assigned raised_hand r2"]


def test_a_manual_reassignment_holds_at_the_new_key() -> None:
    market = make_market()
    market.send(facts(OTHER), demo(account_key=OTHER))
    market.send(sales("reassigned", lead_id="ann", account_key=OTHER, to_rep_id="r3"))
    results = market.send(facts(BANK), facts(OTHER, BANK))
    assert story(results)[-1] == "assigned raised_hand r3"


def test_an_objection_to_the_market_holds_at_the_new_key() -> None:
    market = make_market()
    market.send(facts(OTHER), *reach_bar(account_key=OTHER))
    market.send(sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_our_market"))
    market.send(facts(BANK), facts(OTHER, BANK))
    assert market.account().questioned is not None
    assert story(market.send(*reach_bar("bob", account_key=OTHER))) == []


def test_a_lead_that_was_sent_on_is_not_listed_as_active() -> None:
    market = make_market()
    market.send(facts(), facts(OTHER, BANK), form(), form(lead_id="bob", account_key=OTHER))
    assert scores(market.outputs)[-1].active_people == ["bob", "ann"] or {
        *scores(market.outputs)[-1].active_people
    } == {"ann", "bob"}
    market.send(facts(OTHER, OTHER))
    results = market.send(activity("download"), activity("download", "bob", account_key=OTHER))
    assert [one.active_people for one in scores(results)] == [["ann"], ["bob"]]
