"""The CRM record that holds for a key, aliases that forward, and accounts with many leads."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from schemas.base import Model
from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    MONDAY,
    Market,
    activity,
    assert_one_owner,
    demo,
    facts,
    form,
    identified,
    papers,
    reach_bar,
    released,
    rep,
    routings,
    sales,
    scores,
    steps,
    story,
)
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow

OTHER = "domain:other.example"


def make_market() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"))
    return market


def claim(number: int, primary: str = BANK) -> Model:
    return facts(BANK, primary, crm_account_id=f"acc-{number}", sic=[f"60{number:02d}"])


@pytest.mark.parametrize("order", list(permutations([claim(3), claim(1, OTHER), claim(2, OTHER)])))
def test_the_account_whose_first_domain_it_is_takes_precedence_in_any_order(order: tuple[Model, ...]) -> None:
    market = make_market()
    market.send(*order)
    company = market.account().company
    assert company is not None
    assert (company.crm_account_id, market.account().forwards_to) == ("acc-3", "")


def test_the_next_claim_replaces_a_released_one_and_the_last_leaves_facts_unknown() -> None:
    market = make_market()
    market.send(facts(crm_account_id="a"), facts(crm_account_id="b", country="DE"), form())
    assert steps(market.send(released("a"))) == ["outside"]
    assert steps(market.send(released("b"), released("b"))) == ["waiting_for_facts"]


def test_an_alias_forwards_once_and_names_its_origin() -> None:
    market = make_market()
    market.send(facts(OTHER, BANK), facts(BANK))
    results = market.send(identified(account_key=OTHER), demo(account_key=OTHER))
    assert story(results) == ["assigned raised_hand r1"]
    assert {one.account_key for one in routings(results)} == {BANK}
    assert market.accounts.decider.rows.get(LeadRow, OTHER, "ann") is None


def test_two_aliases_of_each_other_cause_no_loop_and_lose_nothing() -> None:
    market = make_market()
    market.send(facts(OTHER, BANK), facts(BANK, OTHER))
    results = market.send(demo(account_key=OTHER))
    assert [(one.account_key, one.lead_id) for one in scores(results)] == [(BANK, "ann")]
    assert story(market.send(facts(BANK))) == ["assigned raised_hand r1"]


def test_a_key_that_becomes_an_alias_withdraws_and_its_leads_are_handed_off_at_the_primary_key() -> None:
    market = make_market()
    market.send(
        facts(OTHER, crm_account_id="old"), identified(account_key=OTHER), *reach_bar(account_key=OTHER)
    )
    market.send(facts(crm_account_id="new"))
    results = market.send(released("old", OTHER), facts(OTHER, BANK, crm_account_id="new"))
    assert [(one.account_key, one.action) for one in routings(results)] == [
        (OTHER, "relabelled"),
        (OTHER, "withdrawn"),
        (BANK, "assigned"),
    ]
    assert routings(results)[1].explanation.reasons == ["account_moved"]
    last = routings(results)[2]
    assert last.person is not None
    assert (last.person.email, last.explanation.total) == ("ann@bank.example", 138)
    assert market.accounts.decider.rows.get(ScoreRow, OTHER, "ann") is None
    assert steps(market.send(activity("page_view", account_key=OTHER))) == []


def test_late_feedback_about_a_hand_off_of_the_old_key_is_not_a_dead_letter() -> None:
    market = make_market()
    market.send(facts(OTHER, crm_account_id="new"), *reach_bar(account_key=OTHER))
    market.send(facts(OTHER, BANK, crm_account_id="new"))
    assert market.send(sales("touched", f"{OTHER}#1.1", account_key=OTHER)) == []


def test_a_lead_that_moves_and_returns_repeats_no_output() -> None:
    market = make_market()
    market.send(facts(OTHER), form(account_key=OTHER))
    market.send(facts(BANK), facts(OTHER, BANK), facts(OTHER), form(account_key=OTHER))
    ids = [one.event_id for one in market.outputs]
    assert len(set(ids)) == len(ids)
    assert steps(market.outputs) == ["known", "nurture", "known", "nurture", "known", "nurture"]


def test_feedback_about_a_lead_reaches_the_primary_key() -> None:
    market = make_market()
    market.send(facts(OTHER, BANK), facts(BANK), *reach_bar(account_key=OTHER))
    results = market.send(sales("accepted", lead_id="ann", account_key=OTHER))
    assert steps(results) == ["sal"]


def test_a_rejection_and_a_raised_hand_move_with_their_lead() -> None:
    market = make_market()
    market.send(facts(OTHER), demo("ann", account_key=OTHER), *reach_bar("bob", account_key=OTHER))
    mql = next(one for one in routings(market.outputs) if one.lead_id == "bob")
    market.send(sales("rejected", mql.handoff_id, account_key=OTHER, reason="not_now"))
    results = market.send(facts(BANK), facts(OTHER, BANK))
    assert [(one.lead_id, one.action, one.account_key) for one in routings(results)] == [
        ("ann", "withdrawn", OTHER),
        ("ann", "assigned", BANK),
    ]
    assert market.stage("bob") is Stage.RECYCLED
    assert_one_owner(market.outputs)


def test_new_facts_evaluate_many_leads_in_chunks_each_once() -> None:
    market = make_market()
    people = [f"lead-{number:03d}" for number in range(120)]
    market.send(facts(country="DE"), *(form(lead_id=one) for one in people))
    results = market.send(facts())
    assert Counter(one.lead_id for one in scores(results)) == Counter(people[:50])
    results = market.send(activity("page_view", people[110]))
    assert market.stage(people[110]) is Stage.NURTURE
    counted = Counter(one.lead_id for one in scores(results))
    assert counted == Counter([*people[50:100], people[110]])
    results = market.send(activity("poll_answered", people[0]))
    assert Counter(one.lead_id for one in scores(results)) == Counter(
        [one for one in people[100:] if one != people[110]]
    )
    assert {market.stage(one) for one in people} == {Stage.NURTURE}


def test_an_exclusion_withdraws_twenty_hand_offs_at_once() -> None:
    market = make_market()
    people = [f"lead-{number:03d}" for number in range(20)]
    market.send(facts(), *(demo(one) for one in people))
    results = market.send(facts(relationship="competitor"))
    assert story(results) == ["withdrawn raised_hand -"] * 20
    assert market.account().on_way == 20
    results = market.send(facts(), at_ms=MONDAY + 1)
    while market.has_chunk:
        results += market.tick(MONDAY + 1)
    assert story(results) == ["reassigned raised_hand r1"] * 20
    assert market.account().on_way == 0


def test_unchanged_facts_emit_nothing() -> None:
    market = make_market()
    market.send(facts(), *reach_bar())
    assert market.send(facts(), facts(event_id="crm-2")) == []


def test_the_ten_leads_active_last_are_listed_latest_first() -> None:
    market = make_market()
    people = [f"lead-{number:02d}" for number in range(12)]
    for number, one in enumerate(people):
        market.send(*papers(1, one, at_ms=MONDAY + number))
    results = market.send(*papers(1, people[3], at_ms=MONDAY + 50), *papers(1, people[0], at_ms=MONDAY - 9))
    expected = [people[3], *reversed(people[4:]), people[2]]
    assert scores(results)[0].active_people == expected[:10]
    assert scores(results)[-1].active_people == expected[:10]
