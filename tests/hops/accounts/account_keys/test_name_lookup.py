"""An account unknown to the CRM names a company: asked, answered, followed, and asked anew when something changes."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.vocabulary import Reason, Stage
from tests.hops.accounts.market import (
    BANK,
    MONDAY,
    POLICY_TEXT,
    Market,
    alerts,
    assert_one_owner,
    demo,
    facts,
    form,
    released,
    rep,
    routings,
    story,
)
from workers.accounts.account_keys.name_index import MOST_WAITING, WaiterRow, WaitingRow
from workers.accounts.account_keys.name_lookup import NAME_TIMER, WAIT_MS
from workers.accounts.state.lead import LeadRow
from workers.engine.timers import TimerSlotRow

ANN, BOB = "lead:ann", "lead:bob"
NAME = "name:first bank"
SAYS = {"company": "First Bank, N.A."}
WITHOUT = POLICY_TEXT.replace(
    "matching:\n  company_name:", "matching:\n  company_name: {demands: [phone]}\n  #"
)


def a_market(text: str = POLICY_TEXT) -> Market:
    market = Market(text)
    market.reps(rep("r1"), rep("r2"), rep("olga", at_desk=False))
    return market


def known(crm_account_id: str = "acc-1", primary_key: str = BANK, **more: Any) -> list[Model]:
    """An account of the CRM, told to its domain and to its name."""
    return [facts(key, primary_key, crm_account_id=crm_account_id, **more) for key in (primary_key, NAME)]


def of_ann(request: str = "demo", at_ms: int = MONDAY, key: str = ANN, **more: Any) -> Model:
    return form(request, key.partition(":")[2], at_ms, key, **(SAYS | more))  # type: ignore[arg-type]


def settle(market: Market) -> None:
    for _ in range(4):
        market.tick(market.now_ms)


def test_a_person_with_free_mail_goes_to_the_account_that_they_name_marked_unproven() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"))
    outputs = market.send(of_ann())
    assert [(one.action, one.account_key, one.assignee.id) for one in routings(outputs) if one.assignee] == [
        ("assigned", BANK, "olga")
    ]
    assert Reason.MATCHED_BY_NAME in routings(outputs)[0].explanation.reasons
    assert market.account(ANN).forwards_to == BANK


def test_what_proves_a_name_takes_the_mark_away() -> None:
    market = a_market()
    market.send(*known(phone="+1 503 555 0100", owner_rep_id="olga"))
    outputs = market.send(of_ann(phone="503-555-0100"), of_ann(key=BOB))
    unproven = [Reason.MATCHED_BY_NAME in one.explanation.reasons for one in routings(outputs)]
    assert unproven == [False, True]


def test_two_people_who_name_one_company_are_colleagues_and_two_who_name_none_are_strangers() -> None:
    market = a_market()
    market.send(*known())
    assert story(market.send(of_ann(), of_ann(key=BOB))) == ["assigned raised_hand r1"] * 2
    market.send(of_ann(key="lead:cid", company="n/a"), of_ann(key="lead:dan", company="self"))
    assert {one.account_key for one in routings(market.outputs)} == {BANK, "lead:cid", "lead:dan"}


def test_an_account_that_appears_later_takes_those_who_waited() -> None:
    market = a_market()
    assert story(market.send(of_ann())) == ["assigned raised_hand r1"]
    market.send(*known(owner_rep_id="olga"))
    settle(market)
    assert story(market.outputs)[1:] == ["withdrawn raised_hand -", "assigned raised_hand olga"]
    assert_one_owner(market.outputs)


def test_a_customers_person_is_routed_by_their_first_form_below_the_bar() -> None:
    market = a_market()
    market.send(*known(relationship="customer", owner_rep_id="olga"))
    assert story(market.send(of_ann("content"))) == ["assigned expansion olga"]


def test_a_domain_that_the_crm_does_not_know_is_matched_too_and_is_free_again_with_a_claim_of_its_own() -> (
    None
):
    market = a_market()
    key = "domain:bank-mail.example"
    market.send(*known(), of_ann(key=key))
    assert market.account(key).forwards_to == BANK
    market.send(facts(key, crm_account_id="acc-9", owner_rep_id="olga"))
    assert (market.account(key).forwards_to, market.account(key).naming) == ("", None)
    assert story(market.outputs)[-1] == "assigned raised_hand olga"
    assert market.accounts.decider.rows.get(WaiterRow, NAME, key) is None


def test_a_domain_that_the_crm_knows_asks_for_no_name() -> None:
    market = a_market()
    market.send(*known("acc-2", "domain:two.example"), facts(), of_ann(key=BANK))
    assert market.account().naming is None


@pytest.mark.parametrize("country", ["DE", "de"])
def test_a_company_of_another_country_is_not_meant(country: str) -> None:
    market = a_market()
    market.send(*known(country="US"), of_ann(country=country))
    assert market.account(ANN).forwards_to == ""


def test_a_tie_is_reported_with_its_candidates_and_taken_back_when_it_is_broken() -> None:
    market = a_market()
    market.send(*known(), *known("acc-2", "domain:two.example"))
    outputs = market.send(of_ann())
    assert story(outputs) == ["assigned raised_hand r1"]
    (alert,) = [one for one in outputs if getattr(one, "alert", None) == "company_ambiguous"]
    assert (alert.lead_id, alert.candidates) == ("ann", ["acc-1", "acc-2"])
    market.send(facts(NAME, "domain:two.example", crm_account_id="acc-2", relationship="customer"))
    settle(market)
    assert "company_ambiguous" in alerts(market.outputs, cleared=True)
    assert market.account(ANN).forwards_to == "domain:two.example"


def test_who_names_another_company_later_moves_there_and_the_earlier_form_changes_nothing() -> None:
    market = a_market()
    other = "domain:pier.example"
    market.send(*known(), facts(other, crm_account_id="p", owner_rep_id="olga"))
    market.send(facts("name:pier bank", other, crm_account_id="p", owner_rep_id="olga"))
    market.send(of_ann(at_ms=MONDAY), of_ann("content", MONDAY + 5, company="Pier Bank"))
    market.send(of_ann("content", MONDAY + 1), of_ann("content", MONDAY + 9, company="n/a"))
    assert market.account(ANN).forwards_to == other
    assert story(market.outputs)[-2:] == ["withdrawn raised_hand -", "assigned raised_hand olga"]
    assert market.accounts.decider.rows.get(WaiterRow, NAME, ANN) is None
    assert_one_owner(market.outputs)


def test_a_company_that_is_renamed_or_deleted_gives_its_people_back() -> None:
    market = a_market()
    market.send(*known(), of_ann())
    market.send(released("acc-1", NAME))
    settle(market)
    assert market.account(ANN).forwards_to == ""
    assert market.accounts.decider.rows.get(LeadRow, ANN, "ann") is not None
    assert_one_owner(market.outputs)


def test_a_company_whose_first_domain_changes_takes_them_along() -> None:
    market = a_market()
    market.send(*known(), of_ann())
    new = "domain:new.example"
    market.send(facts(new, new), facts(BANK, new), facts(NAME, new))
    settle(market)
    row = market.accounts.decider.rows.get(LeadRow, new, "ann")
    assert row is not None
    assert row.home == ANN
    assert market.stage("ann", BANK) is None
    assert_one_owner(market.outputs)


def test_while_the_answer_is_under_way_nobody_is_asked_to_take_the_lead_and_a_minute_later_somebody_is() -> (
    None
):
    market = a_market()
    market.is_manual = True
    market.send(of_ann())
    assert not market.to_desks
    market.to_accounts.clear()
    market.is_manual = False
    outputs = market.tick(MONDAY + WAIT_MS)
    assert story(outputs) == ["assigned raised_hand r1"]
    assert market.accounts.decider.rows.get(TimerSlotRow, NAME_TIMER, ANN) is None


def test_a_policy_that_demands_more_or_matches_no_more_gives_people_back_and_one_that_begins_finds_them() -> (
    None
):
    market = a_market()
    market.send(*known(), of_ann("content"))
    market.follow(WITHOUT.replace("version: 1", "version: 2"), MONDAY)
    settle(market)
    assert market.account(ANN).forwards_to == ""
    market.follow(POLICY_TEXT.replace("version: 1", "version: 3"), MONDAY)
    settle(market)
    assert market.account(ANN).forwards_to == BANK
    assert market.stage("ann", BANK) is Stage.NURTURE


def test_of_many_who_ask_for_one_name_a_thousand_are_remembered() -> None:
    market = a_market()
    market.accounts.decider.rows.put(WaitingRow(count=MOST_WAITING - 1), NAME)
    market.send(of_ann("content"), of_ann("content", key=BOB))
    held = [parts[1] for parts, _ in market.accounts.decider.rows.scan(WaiterRow, NAME, limit=9)]
    assert held == [ANN]
    market.send(*known())
    settle(market)
    assert (market.account(ANN).forwards_to, market.account(BOB).forwards_to) == (BANK, "")
    market.send(demo("bob", MONDAY + 1, account_key=BOB, **SAYS))
    assert market.account(BOB).forwards_to == BANK
