"""Which answers stop the clock of a support question or an inquiry, which a desk holds as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.lead_events import LeadChat, SalesAnswered
from schemas.vocabulary import Request, Turn
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    MONDAY,
    Market,
    alerts,
    demo,
    facts,
    form,
    identified,
    rep,
    routings,
    sales,
)

MINUTE_MS = 60_000
SUPPORT, SALES, AGENT = Turn.ASKED_FOR_SUPPORT, Turn.ASKED_FOR_SALES, Turn.AGENT_MESSAGE
LATE = {"response_due_soon", "response_overdue", "still_unanswered"}


def chat(turn: Turn, minutes: int = 0, conversation: str = "c1", rep_id: str | None = None) -> LeadChat:
    return LeadChat(
        event_id=f"{conversation}-{turn}-{minutes}-{rep_id}",
        account_key=BANK,
        lead_id="ann",
        occurred_at_ms=MONDAY + minutes * MINUTE_MS,
        conversation_id=conversation,
        turn=turn,
        rep_id=rep_id,
    )


def word(action: str, handoff_id: str | None, rep_id: str = "sue", minutes: int = 2) -> SalesAnswered:
    event = sales(
        action,
        handoff_id,
        at_ms=MONDAY + minutes * MINUTE_MS,
        lead_id="ann",
        to_rep_id="r1" if action == "reassigned" else None,
    )
    activity = event.activity.model_copy(update={"rep_id": rep_id})
    return event.model_copy(update={"activity": activity})


def a_market(**company: Any) -> Market:
    """Return a market with a customer of Kay, or another account."""
    market = Market()
    market.reps(rep("kay", at_desk=False), rep("sue", at_desk=False), rep("r1"))
    market.send(facts(**(company or {"relationship": CUSTOMER, "owner_rep_id": "kay"})), identified())
    return market


def send(market: Market, *events: Any) -> None:
    for event in events:
        market.send(event, at_ms=max(market.now_ms, event.occurred_at_ms))


def late_kinds(market: Market) -> list[str]:
    """Return the kinds of hand-offs that are reported as late within a day."""
    kinds = {one.handoff_id: one.kind.value for one in routings(market.outputs)}
    results = market.tick(MONDAY + DAY_MS)
    return sorted({kinds[one.handoff_id] for one in results if getattr(one, "alert", None) in LATE})


BY_FORM = form(Request.SUPPORT)
FIRST = f"{BANK}#1.1"


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([chat(SUPPORT), chat(AGENT, 2, rep_id="sue")], id="answered in the chat"),
        pytest.param([chat(AGENT, 2, rep_id="sue"), chat(SUPPORT)], id="the answer arrives first"),
        pytest.param([chat(SUPPORT), chat(AGENT, 2, rep_id="sue"), chat(SUPPORT, 3)], id="asked again"),
        pytest.param([BY_FORM, chat(AGENT, 2, rep_id="sue")], id="asked by a form"),
        pytest.param(
            [BY_FORM, chat(SUPPORT, 1), chat(AGENT, 2, rep_id="sue")], id="by a form and in the chat"
        ),
        pytest.param([BY_FORM, word("touched", FIRST)], id="a touch of the hand-off"),
        pytest.param([BY_FORM, word("touched", None)], id="a touch of the person"),
        pytest.param([BY_FORM, word("accepted", FIRST)], id="accepted"),
        pytest.param([BY_FORM, word("accepted", None)], id="accepted by the person"),
        pytest.param([chat(SUPPORT), word("touched", None)], id="asked in the chat, touched by phone"),
    ],
)
def test_an_answer_stops_the_clock_of_a_support_question(events: list[Any]) -> None:
    market = a_market()
    send(market, *events)
    assert late_kinds(market) == []


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([chat(SUPPORT)], id="no answer"),
        pytest.param([chat(SUPPORT, 3), chat(AGENT, 2, rep_id="sue")], id="a message from before"),
        pytest.param([word("touched", None, minutes=-5), BY_FORM], id="a touch from before"),
        pytest.param([BY_FORM, word("reassigned", None)], id="a reassignment"),
    ],
)
def test_what_is_not_an_answer_stops_no_clock(events: list[Any]) -> None:
    market = a_market()
    send(market, *events)
    assert late_kinds(market) == ["service"]


def test_an_answer_to_the_support_question_does_not_answer_what_the_owner_holds() -> None:
    market = a_market()
    send(market, form(Request.PRICING), chat(SUPPORT, 1), chat(AGENT, 2, rep_id="sue"))
    assert late_kinds(market) == ["expansion"]


def test_a_touch_of_the_owner_is_about_the_owners_hand_off() -> None:
    market = a_market()
    send(market, form(Request.PRICING), BY_FORM, word("touched", None, "kay"))
    assert late_kinds(market) == ["service"]


def inquiry() -> Any:
    return demo(job_title="Student", job_function="other")


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([inquiry(), chat(AGENT, 2, rep_id="r1")], id="in a chat"),
        pytest.param([chat(SALES), chat(AGENT, 2, rep_id="r1")], id="asked in the chat"),
        pytest.param([inquiry(), word("touched", FIRST, "r1")], id="a touch of the hand-off"),
        pytest.param([inquiry(), word("touched", None, "r1")], id="a touch of the person"),
        pytest.param([inquiry(), word("accepted", FIRST, "r1")], id="accepted"),
    ],
)
def test_an_answer_stops_the_clock_of_an_inquiry(events: list[Any]) -> None:
    market = a_market(sic=["7200"])
    send(market, *events)
    assert late_kinds(market) == []


@pytest.mark.parametrize("named", [f"{BANK}#1.1", f"{BANK}#1.2"], ids=["the inquiry", "the question"])
def test_an_answer_is_one_to_all_that_the_same_desk_holds_of_the_person(named: str) -> None:
    market = a_market(sic=["7200"])
    send(market, inquiry(), form(Request.SUPPORT), word("touched", named, "r1"))
    assert {one.assignee.id for one in routings(market.outputs) if one.assignee} == {"desk:inside_sales"}
    assert late_kinds(market) == []
    assert alerts(market.outputs, cleared=True) == []
