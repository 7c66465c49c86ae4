"""A lead with free mail that the CRM knows as a contact: its CRM account is looked up by its id, and joined."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.crm_contacts import ContactRecord
from schemas.erasure import PersonErased
from schemas.lead_events import LeadContact
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from tests.hops.accounts.market import (
    BANK,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    demo,
    facts,
    form,
    released,
    rep,
    routings,
    story,
)
from workers.accounts.account_keys.contact_lookup import CONTACT_TIMER, WAIT_MS
from workers.accounts.account_keys.name_index import AskerCountRow, AskerRow
from workers.accounts.state.lead import LeadRow
from workers.engine.api import Record
from workers.engine.timers import TimerSlotRow

ANN, THIRD = "lead:ann", "domain:third.example"


def make_market(text: str = POLICY_TEXT) -> Market:
    market = Market(text)
    market.reps(rep("r1"), rep("r2"), rep("olga", at_desk=False))
    return market


def crm_account(crm_account_id: str = "acc-1", primary_key: str = BANK, **more: Any) -> list[Model]:
    """Return the facts of a CRM account, for its domain and for the lookup key of its id."""
    keys = (primary_key, f"id:{crm_account_id}")
    return [facts(key, primary_key, crm_account_id=crm_account_id, **more) for key in keys]


def contact(crm_account_id: str | None, at_ms: int = MONDAY, **more: Any) -> LeadContact:
    record = ContactRecord(crm_account_id=crm_account_id, **more)
    return LeadContact(
        event_id=f"contact {crm_account_id} {at_ms}",
        account_key=ANN,
        lead_id="ann",
        occurred_at_ms=at_ms,
        record=record,
    )


def test_a_contacts_account_is_looked_up_at_the_first_activity_and_not_before() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"), contact("acc-1"))
    assert market.accounts.decider.rows.get(AskerCountRow, "id:acc-1") is None
    results = market.send(demo(account_key=ANN))
    assert [(one.account_key, one.assignee.id) for one in routings(results) if one.assignee] == [
        (BANK, "olga")
    ]
    assert Reason.MATCHED_BY_CONTACT in routings(results)[0].explanation.reasons
    assert market.accounts.decider.rows.get(TimerSlotRow, CONTACT_TIMER, ANN) is None


def test_a_contact_is_matched_without_a_matching_policy() -> None:
    without = POLICY_TEXT.replace("matching:\n  company_name:", "#\n#")
    market = make_market(without)
    market.send(*crm_account(owner_rep_id="olga"), contact("acc-1"), demo(account_key=ANN))
    assert story(market.outputs) == ["assigned raised_hand olga"]


@pytest.mark.parametrize(
    ("event", "is_handed_off"),
    [(form(account_key=ANN), True), (activity("looked_around", account_key=ANN), False)],
)
def test_an_event_during_the_lookup_hands_off_a_customers_contact_if_it_earns_that(
    event: Model, is_handed_off: bool
) -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga", relationship="customer"), contact("acc-1"), event)
    assert story(market.outputs) == (["assigned expansion olga"] if is_handed_off else [])
    assert market.account(ANN).forwards_to == BANK


def test_no_desk_is_asked_until_the_answer_arrives_or_a_minute_has_passed() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"), contact("acc-1"))
    market.is_manual = True
    market.send(demo(account_key=ANN, company="First Bank"))
    market.to_accounts.clear()
    assert not market.to_desks
    market.is_manual = False
    assert story(market.tick(MONDAY + WAIT_MS)) == ["assigned raised_hand r1"]


def test_an_answer_about_a_former_id_changes_nothing() -> None:
    market = make_market()
    market.send(*crm_account(), *crm_account("acc-3", THIRD, owner_rep_id="olga"), contact("acc-1"))
    market.is_manual = True
    market.send(demo(account_key=ANN))
    market.deliver_to_account(MONDAY)  # the first id is asked about, and answered
    market.send(contact("acc-3", MONDAY + 1))
    market.is_manual = False
    market.deliver_all(MONDAY)
    assert market.account(ANN).forwards_to == THIRD
    assert [parts for parts, _ in market.accounts.decider.rows.scan(AskerRow, limit=9)] == [("id:acc-3", ANN)]


def test_a_company_name_matches_while_the_crm_lacks_the_contacts_account() -> None:
    market = make_market()
    market.send(*crm_account("acc-3", THIRD), facts("name:first bank", THIRD, crm_account_id="acc-3"))
    market.send(contact("acc-1"), demo(account_key=ANN, company="First Bank"))
    assert market.account(ANN).forwards_to == THIRD
    market.send(*crm_account(owner_rep_id="olga"))
    market.tick(MONDAY)
    assert market.account(ANN).forwards_to == BANK
    market.send(released("acc-1", "id:acc-1"))
    market.tick(MONDAY)
    assert market.account(ANN).forwards_to == THIRD
    assert market.accounts.decider.rows.get(LeadRow, THIRD, "ann") is not None


def test_the_match_reason_changes_from_name_to_contact_for_the_same_account() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"), facts("name:first bank", BANK, owner_rep_id="olga"))
    market.send(demo(account_key=ANN, company="First Bank"))
    assert Reason.MATCHED_BY_NAME in routings(market.outputs)[-1].explanation.reasons
    market.send(contact("acc-1"))
    results = market.send(facts(relationship="customer", owner_rep_id="r2"))
    reasons = routings(results)[-1].explanation.reasons
    assert Reason.MATCHED_BY_CONTACT in reasons
    assert Reason.MATCHED_BY_NAME not in reasons


def test_a_company_name_moves_no_lead_while_the_contacts_account_is_looked_up() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"), contact("acc-1"))
    market.send(*crm_account("acc-3", THIRD), facts("name:pier", THIRD, crm_account_id="acc-3"))
    market.is_manual = True
    market.send(demo(account_key=ANN, company="Pier"))
    market.to_accounts.rotate(-1)  # the name is asked first
    market.is_manual = False
    market.deliver_all(MONDAY)
    assert [one.account_key for one in routings(market.outputs)] == [BANK]
    assert market.accounts.decider.rows.get(LeadRow, THIRD, "ann") is None
    assert market.account(THIRD).handoff_n == 0


def test_an_erasure_ends_the_lookup() -> None:
    market = make_market()
    market.send(*crm_account(owner_rep_id="olga"), contact("acc-1"), demo(account_key=ANN))
    erased = PersonErased(event_id="erase", lead_id="ann", occurred_at_ms=MONDAY).model_dump_json().encode()
    record = Record(LEAD_EVENTS.name, 0, market.accounts.offset, MONDAY, None, erased)
    results = market.accounts.decide(record)
    market.to_accounts.extend(one for one in results if one.topic == LEAD_EVENTS.name)
    market.deliver_all(MONDAY)
    assert market.accounts.decider.rows.scan(AskerRow, limit=9) == []
