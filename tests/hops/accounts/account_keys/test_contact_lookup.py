"""Somebody with free mail whom the CRM knows as a contact: asked at the key of the account's id, answered, followed."""

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
from workers.accounts.account_keys.name_index import WaiterRow, WaitingRow
from workers.accounts.state.lead import LeadRow
from workers.engine.api import Record
from workers.engine.timers import TimerSlotRow

ANN, THIRD = "lead:ann", "domain:third.example"


def a_market(text: str = POLICY_TEXT) -> Market:
    market = Market(text)
    market.reps(rep("r1"), rep("r2"), rep("olga", at_desk=False))
    return market


def known(crm_account_id: str = "acc-1", primary_key: str = BANK, **more: Any) -> list[Model]:
    """An account of the CRM, told to its domain and to the key of its id."""
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


def test_a_contact_is_asked_for_when_the_person_comes_by_and_not_before() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"), contact("acc-1"))
    assert market.accounts.decider.rows.get(WaitingRow, "id:acc-1") is None
    outputs = market.send(demo(account_key=ANN))
    assert [(one.account_key, one.assignee.id) for one in routings(outputs) if one.assignee] == [
        (BANK, "olga")
    ]
    assert Reason.MATCHED_BY_CONTACT in routings(outputs)[0].explanation.reasons
    assert market.accounts.decider.rows.get(TimerSlotRow, CONTACT_TIMER, ANN) is None


def test_no_policy_is_asked_whether_the_crm_is_right() -> None:
    without = POLICY_TEXT.replace("matching:\n  company_name:", "#\n#")
    market = a_market(without)
    market.send(*known(owner_rep_id="olga"), contact("acc-1"), demo(account_key=ANN))
    assert story(market.outputs) == ["assigned raised_hand olga"]


@pytest.mark.parametrize(
    ("event", "handed"), [(form(account_key=ANN), True), (activity("looked_around", account_key=ANN), False)]
)
def test_what_a_customers_contact_does_counts_where_they_land_as_it_does_for_others(
    event: Model, handed: bool
) -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga", relationship="customer"), contact("acc-1"), event)
    assert story(market.outputs) == (["assigned expansion olga"] if handed else [])
    assert market.account(ANN).forwards_to == BANK


def test_nobody_is_asked_to_take_the_person_until_the_answer_is_there_or_a_minute_has_passed() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"), contact("acc-1"))
    market.is_manual = True
    market.send(demo(account_key=ANN, company="First Bank"))
    market.to_accounts.clear()
    assert not market.to_desks
    market.is_manual = False
    assert story(market.tick(MONDAY + WAIT_MS)) == ["assigned raised_hand r1"]


def test_an_answer_to_what_is_asked_no_more_is_nothing() -> None:
    market = a_market()
    market.send(*known(), *known("acc-3", THIRD, owner_rep_id="olga"), contact("acc-1"))
    market.is_manual = True
    market.send(demo(account_key=ANN))
    market.deliver_to_account(MONDAY)  # asked at the first id, and answered
    market.send(contact("acc-3", MONDAY + 1))
    market.is_manual = False
    market.deliver_all(MONDAY)
    assert market.account(ANN).forwards_to == THIRD
    assert [parts for parts, _ in market.accounts.decider.rows.scan(WaiterRow, limit=9)] == [
        ("id:acc-3", ANN)
    ]


def test_a_name_does_while_the_crm_does_not_have_the_account_and_then_the_contact() -> None:
    market = a_market()
    market.send(*known("acc-3", THIRD), facts("name:first bank", THIRD, crm_account_id="acc-3"))
    market.send(contact("acc-1"), demo(account_key=ANN, company="First Bank"))
    assert market.account(ANN).forwards_to == THIRD
    market.send(*known(owner_rep_id="olga"))
    market.tick(MONDAY)
    assert market.account(ANN).forwards_to == BANK
    market.send(released("acc-1", "id:acc-1"))
    market.tick(MONDAY)
    assert market.account(ANN).forwards_to == THIRD
    assert market.accounts.decider.rows.get(LeadRow, THIRD, "ann") is not None


def test_the_mark_changes_with_what_matches_though_the_account_stays_the_same() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"), facts("name:first bank", BANK, owner_rep_id="olga"))
    market.send(demo(account_key=ANN, company="First Bank"))
    assert Reason.MATCHED_BY_NAME in routings(market.outputs)[-1].explanation.reasons
    market.send(contact("acc-1"))
    outputs = market.send(facts(relationship="customer", owner_rep_id="r2"))
    reasons = routings(outputs)[-1].explanation.reasons
    assert Reason.MATCHED_BY_CONTACT in reasons
    assert Reason.MATCHED_BY_NAME not in reasons


def test_while_the_contact_is_asked_for_a_name_moves_nobody() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"), contact("acc-1"))
    market.send(*known("acc-3", THIRD), facts("name:pier", THIRD, crm_account_id="acc-3"))
    market.is_manual = True
    market.send(demo(account_key=ANN, company="Pier"))
    market.to_accounts.rotate(-1)  # the name is asked first
    market.is_manual = False
    market.deliver_all(MONDAY)
    assert [one.account_key for one in routings(market.outputs)] == [BANK]
    assert market.accounts.decider.rows.get(LeadRow, THIRD, "ann") is None
    assert market.account(THIRD).handoff_n == 0


def test_who_is_erased_waits_for_no_account_any_more() -> None:
    market = a_market()
    market.send(*known(owner_rep_id="olga"), contact("acc-1"), demo(account_key=ANN))
    erased = PersonErased(event_id="erase", lead_id="ann", occurred_at_ms=MONDAY).model_dump_json().encode()
    record = Record(LEAD_EVENTS.name, 0, market.accounts.offset, MONDAY, None, erased)
    outputs = market.accounts.decide(record)
    market.to_accounts.extend(one for one in outputs if one.topic == LEAD_EVENTS.name)
    market.deliver_all(MONDAY)
    assert market.accounts.decider.rows.scan(WaiterRow, limit=9) == []
