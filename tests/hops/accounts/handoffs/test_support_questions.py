"""A support question: its request is repeated with the same id, reported, and answered once."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_requests import DESK_EVENT, DeskRequest
from schemas.vocabulary import Request
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    alerts,
    demo,
    facts,
    form,
    rep,
    sales,
    story,
)
from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, SUPPORT, desk, with_routes
from workers.accounts.state.handoff import ServiceRow
from workers.accounts.state.lead import LeadRow
from workers.engine.control import Tick

TEXT = with_routes(
    POLICY_TEXT, (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, REP, REST), desk("care", more=", service: 4h")
)


def customer_market(**changes: Any) -> Market:
    market = Market(TEXT, **changes)
    market.reps(rep("own", at_desk=False), rep("r1"))
    market.send(facts(owner_rep_id="own", relationship="customer"))
    return market


def requests(market: Market) -> list[DeskRequest]:
    found = [DESK_EVENT.validate_json(emit.value) for emit in market.to_desks]
    return [one for one in found if isinstance(one, DeskRequest)]


def lead_of(market: Market, lead_id: str = "ann") -> LeadRow:
    row = market.accounts.decider.rows.get(LeadRow, BANK, lead_id)
    assert row is not None
    return row


def test_a_request_to_a_silent_desk_is_repeated_with_the_same_id_then_reported_and_cleared() -> None:
    market = customer_market(is_manual=True)
    market.send(form(Request.SUPPORT))
    first = requests(market)[0]
    market.to_desks.clear()
    results: list[Any] = []
    for hour in range(1, 30):
        at_ms = MONDAY + hour * HOUR_MS
        results += market._take(market.accounts.control(Tick(at_ms), at_ms))
    assert {one.request_id for one in requests(market)} == {first.request_id}
    assert alerts(results) == ["desk_silent"]
    results = market.deliver_all(MONDAY + 30 * HOUR_MS)
    assert story(results) == ["assigned service desk:care"]
    assert alerts(results, cleared=True) == ["desk_silent"]
    assert market.accounts.decider.rows.scan(ServiceRow, BANK, limit=1) == []


def test_a_question_neither_counts_as_held_nor_makes_the_lead_wait() -> None:
    market = customer_market()
    market.send(form(Request.SUPPORT))
    account = market.account()
    assert (account.holder, account.open_handoffs, account.request) == (None, 0, None)
    assert lead_of(market).handed is False
    assert lead_of(market).service == (f"{BANK}#1.1",)


def test_under_a_policy_without_a_service_desk_an_open_question_goes_to_the_default_desk() -> None:
    market = customer_market(is_manual=True)
    market.send(form(Request.SUPPORT))
    market.to_desks.clear()
    without = with_routes(POLICY_TEXT, (NEVER, CUSTOMER, OPEN, OWNER, REP, REST))
    market.follow(without.replace("version: 1\n", "version: 2\n"), MONDAY)
    market.is_manual = False
    results = market.tick(MONDAY + HOUR_MS)
    assert "assigned service desk:inside_sales" in story(results)


def test_the_service_desk_may_reject_a_question() -> None:
    market = customer_market()
    market.send(form(Request.SUPPORT), demo("bob"))
    results = market.send(sales("rejected", f"{BANK}#1.1", reason="duplicate"))
    assert story(results) == ["withdrawn service -"]
    assert lead_of(market).service == ()
    assert market.account().open_handoffs == 1


@pytest.mark.parametrize("people", [1, 2, 5])
def test_all_questions_of_an_account_that_becomes_excluded_are_withdrawn_and_no_work_is_left(
    people: int,
) -> None:
    market = customer_market(most_at_once=2)
    market.send(*(form(Request.SUPPORT, lead_id=f"p{number}") for number in range(people)))
    results = market.send(facts(owner_rep_id="own", relationship="competitor"), at_ms=MONDAY + HOUR_MS)
    for minute in range(9):
        results += market.chunk(MONDAY + 2 * HOUR_MS + minute) if market.has_chunk else []
    assert story(results) == ["withdrawn service -"] * people
    assert market.accounts.decider.rows.scan(ServiceRow, BANK, limit=1) == []
    assert not market.has_chunk


@pytest.mark.parametrize("action", ["touched", "accepted", "returned"])
def test_any_other_feedback_of_the_desk_answers_the_question(action: str) -> None:
    market = customer_market()
    market.send(form(Request.SUPPORT))
    results = market.send(sales(action, f"{BANK}#1.1"), at_ms=MONDAY + HOUR_MS)
    results += market.tick(MONDAY + 48 * HOUR_MS)
    assert alerts(results) == []
    assert story(results) == []


def test_a_question_in_transit_is_dropped_when_the_account_becomes_excluded() -> None:
    market = customer_market(is_manual=True)
    market.send(form(Request.SUPPORT))
    market.send(facts(owner_rep_id="own", relationship="competitor"))
    market.is_manual = False
    market.deliver_all(MONDAY)
    assert story(market.outputs) == []
    assert market.accounts.decider.rows.scan(ServiceRow, BANK, limit=1) == []
    assert lead_of(market).service == ()
