"""An account without a CRM record names a company: it is looked up, joined, and looked up again after a change."""

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
from workers.accounts.account_keys.name_index import MOST_ASKERS, AskerCountRow, AskerRow
from workers.accounts.account_keys.name_lookup import NAME_TIMER, WAIT_MS
from workers.accounts.state.lead import LeadRow
from workers.engine.timers import TimerSlotRow

ANN, BOB = "lead:ann", "lead:bob"
NAME = "name:first bank"
NAMED_COMPANY = {"company": "First Bank, N.A."}
STRICTER_TEXT = POLICY_TEXT.replace(
    "matching:\n  company_name:", "matching:\n  company_name: {demands: [phone]}\n  #"
)
"""A policy by which a company matches by name only if its phone number matches too."""


def make_market(text: str = POLICY_TEXT) -> Market:
    market = Market(text)
    market.reps(rep("r1"), rep("r2"), rep("olga", at_desk=False))
    return market


def crm_account(crm_account_id: str = "acc-1", primary_key: str = BANK, **more: Any) -> list[Model]:
    """Return the facts of a CRM account, for its domain and for the lookup key of its name."""
    return [facts(key, primary_key, crm_account_id=crm_account_id, **more) for key in (primary_key, NAME)]


def naming_form(request: str = "demo", at_ms: int = MONDAY, key: str = ANN, **more: Any) -> Model:
    return form(request, key.partition(":")[2], at_ms, key, **(NAMED_COMPANY | more))  # type: ignore[arg-type]


def finish_chunks(market: Market) -> None:
    """Let every cursor finish."""
    for _ in range(4):
        market.tick(market.now_ms)


def test_a_lead_with_free_mail_joins_the_account_of_its_company_name_marked_as_matched_by_name() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"))
    results = market.send(naming_form())
    assert [(one.action, one.account_key, one.assignee.id) for one in routings(results) if one.assignee] == [
        ("assigned", BANK, "olga")
    ]
    assert Reason.MATCHED_BY_NAME in routings(results)[0].explanation.reasons
    assert market.account(ANN).forwards_to == BANK


def test_only_an_unproven_match_is_marked_as_matched_by_name() -> None:
    market = make_market()
    market.send(*crm_account(phone="+1 503 555 0100", owner_rep_id="olga"))
    results = market.send(naming_form(phone="503-555-0100"), naming_form(key=BOB))
    unproven = [Reason.MATCHED_BY_NAME in one.explanation.reasons for one in routings(results)]
    assert unproven == [False, True]


def test_leads_that_name_one_company_share_an_account_and_placeholders_match_none() -> None:
    market = make_market()
    market.send(*crm_account())
    assert story(market.send(naming_form(), naming_form(key=BOB))) == ["assigned raised_hand r1"] * 2
    market.send(naming_form(key="lead:cid", company="n/a"), naming_form(key="lead:dan", company="self"))
    assert {one.account_key for one in routings(market.outputs)} == {BANK, "lead:cid", "lead:dan"}


def test_a_crm_account_that_appears_later_gets_the_leads_that_asked_for_it() -> None:
    market = make_market()
    assert story(market.send(naming_form())) == ["assigned raised_hand r1"]
    market.send(*crm_account(owner_rep_id="olga"))
    finish_chunks(market)
    assert story(market.outputs)[1:] == ["withdrawn raised_hand -", "assigned raised_hand olga"]
    assert_one_owner(market.outputs)


def test_the_first_form_routes_a_customers_lead_below_the_threshold() -> None:
    market = make_market()
    market.send(*crm_account(relationship="customer", owner_rep_id="olga"))
    assert story(market.send(naming_form("content"))) == ["assigned expansion olga"]


def test_an_unclaimed_domain_is_matched_by_name_until_a_crm_record_claims_it() -> None:
    market = make_market()
    key = "domain:bank-mail.example"
    market.send(*crm_account(), naming_form(key=key))
    assert market.account(key).forwards_to == BANK
    market.send(facts(key, crm_account_id="acc-9", owner_rep_id="olga"))
    assert (market.account(key).forwards_to, market.account(key).naming) == ("", None)
    assert story(market.outputs)[-1] == "assigned raised_hand olga"
    assert market.accounts.decider.rows.get(AskerRow, NAME, key) is None


def test_a_claimed_domain_looks_up_no_name() -> None:
    market = make_market()
    market.send(*crm_account("acc-2", "domain:two.example"), facts(), naming_form(key=BANK))
    assert market.account().naming is None


@pytest.mark.parametrize("country", ["DE", "de"])
def test_a_company_of_another_country_does_not_match(country: str) -> None:
    market = make_market()
    market.send(*crm_account(country="US"), naming_form(country=country))
    assert market.account(ANN).forwards_to == ""


def test_a_tie_raises_an_alert_with_its_candidates_and_clears_it_when_it_is_broken() -> None:
    market = make_market()
    market.send(*crm_account(), *crm_account("acc-2", "domain:two.example"))
    results = market.send(naming_form())
    assert story(results) == ["assigned raised_hand r1"]
    (alert,) = [one for one in results if getattr(one, "alert", None) == "company_ambiguous"]
    assert (alert.lead_id, alert.candidates) == ("ann", ["acc-1", "acc-2"])
    market.send(facts(NAME, "domain:two.example", crm_account_id="acc-2", relationship="customer"))
    finish_chunks(market)
    assert "company_ambiguous" in alerts(market.outputs, cleared=True)
    assert market.account(ANN).forwards_to == "domain:two.example"


def test_a_lead_moves_to_the_company_that_it_names_later_and_an_earlier_form_changes_nothing() -> None:
    market = make_market()
    other = "domain:pier.example"
    market.send(*crm_account(), facts(other, crm_account_id="p", owner_rep_id="olga"))
    market.send(facts("name:pier bank", other, crm_account_id="p", owner_rep_id="olga"))
    market.send(naming_form(at_ms=MONDAY), naming_form("content", MONDAY + 5, company="Pier Bank"))
    market.send(naming_form("content", MONDAY + 1), naming_form("content", MONDAY + 9, company="n/a"))
    assert market.account(ANN).forwards_to == other
    assert story(market.outputs)[-2:] == ["withdrawn raised_hand -", "assigned raised_hand olga"]
    assert market.accounts.decider.rows.get(AskerRow, NAME, ANN) is None
    assert_one_owner(market.outputs)


def test_a_renamed_or_deleted_company_releases_its_matched_leads() -> None:
    market = make_market()
    market.send(*crm_account(), naming_form())
    market.send(released("acc-1", NAME))
    finish_chunks(market)
    assert market.account(ANN).forwards_to == ""
    assert market.accounts.decider.rows.get(LeadRow, ANN, "ann") is not None
    assert_one_owner(market.outputs)


def test_matched_leads_follow_a_company_to_its_new_first_domain() -> None:
    market = make_market()
    market.send(*crm_account(), naming_form())
    new = "domain:new.example"
    market.send(facts(new, new), facts(BANK, new), facts(NAME, new))
    finish_chunks(market)
    row = market.accounts.decider.rows.get(LeadRow, new, "ann")
    assert row is not None
    assert row.home == ANN
    assert market.stage("ann", BANK) is None
    assert_one_owner(market.outputs)


def test_no_desk_is_asked_until_the_name_lookup_is_answered_or_a_minute_has_passed() -> None:
    market = make_market()
    market.is_manual = True
    market.send(naming_form())
    assert not market.to_desks
    market.to_accounts.clear()  # the lookup is never answered
    market.is_manual = False
    results = market.tick(MONDAY + WAIT_MS)
    assert story(results) == ["assigned raised_hand r1"]
    assert market.accounts.decider.rows.get(TimerSlotRow, NAME_TIMER, ANN) is None


def test_a_stricter_policy_releases_matched_leads_and_a_looser_one_matches_them_again() -> None:
    market = make_market()
    market.send(*crm_account(), naming_form("content"))
    market.follow(STRICTER_TEXT.replace("version: 1", "version: 2"), MONDAY)
    finish_chunks(market)
    assert market.account(ANN).forwards_to == ""
    market.follow(POLICY_TEXT.replace("version: 1", "version: 3"), MONDAY)
    finish_chunks(market)
    assert market.account(ANN).forwards_to == BANK
    assert market.stage("ann", BANK) is Stage.NURTURE


def test_at_most_a_thousand_askers_of_a_name_are_stored() -> None:
    market = make_market()
    market.accounts.decider.rows.put(AskerCountRow(count=MOST_ASKERS - 1), NAME)
    market.send(naming_form("content"), naming_form("content", key=BOB))
    held = [parts[1] for parts, _ in market.accounts.decider.rows.scan(AskerRow, NAME, limit=9)]
    assert held == [ANN]
    market.send(*crm_account())
    finish_chunks(market)
    assert (market.account(ANN).forwards_to, market.account(BOB).forwards_to) == (BANK, "")
    market.send(demo("bob", MONDAY + 1, account_key=BOB, **NAMED_COMPANY))
    assert market.account(BOB).forwards_to == BANK
