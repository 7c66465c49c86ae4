"""A chat for support earns nothing: no points, no hand-off to the owner, no signal, no return of an expired lead."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.base import Model
from schemas.lead_events import LeadActivity, LeadChat
from schemas.vocabulary import Kind, Request, Stage, Turn
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    assert_one_owner,
    facts,
    form,
    identified,
    opportunity,
    reach_bar,
    rep,
    routings,
    sales,
    scores,
)
from workers.accounts.state.lead import LeadRow

MINUTE_MS = 60_000
CHAT_RULE = "    chat:     {when: {activity: chat_started}, points: 3, cap: 6, group: content}"
CHAT_RULES = (
    "    started:  {when: {activity: chat_started}, points: 30, once_per: 24h}\n"
    "    message:  {when: {activity: chat_message}, points: 8}\n#"
)
CUSTOMERS = {"relationship": CUSTOMER, "owner_rep_id": "kay"}


def policy_text() -> str:
    assert CHAT_RULE in POLICY_TEXT
    text = POLICY_TEXT.replace(CHAT_RULE, CHAT_RULES)
    return text.replace("signals: {rules: [", "signals: {rules: [started, ")


def a_market(**company: Any) -> Market:
    market = Market(policy_text())
    market.finishes = True
    market.reps(rep("kay", at_desk=False), rep("r1"))
    market.send(facts(**(company or CUSTOMERS)), identified())
    return market


def chat_activity(what: str, minutes: int, conversation: str = "c1") -> LeadActivity:
    at_ms = MONDAY + minutes * MINUTE_MS
    return activity(
        what, at_ms=at_ms, conversation_id=conversation, event_id=f"{what}-{minutes}-{conversation}"
    )


def asked(turn: Turn, minutes: int, conversation: str = "c1") -> LeadChat:
    return LeadChat(
        event_id=f"{turn}-{minutes}-{conversation}",
        account_key=BANK,
        lead_id="ann",
        occurred_at_ms=MONDAY + minutes * MINUTE_MS,
        conversation_id=conversation,
        turn=turn,
    )


def send(market: Market, *events: Model, now_ms: int = MONDAY + HOUR_MS) -> None:
    for event in events:
        market.send(event, at_ms=now_ms)


STARTED, MESSAGE, SUPPORT = (
    chat_activity("chat_started", 0),
    chat_activity("chat_message", 1),
    asked(Turn.ASKED_FOR_SUPPORT, 2),
)
AFTER, ENDED = chat_activity("chat_message", 3), chat_activity("chat_ended", 4)


def behaviour(market: Market) -> int:
    """Return the points of behaviour at the end. The listed points add up to the total."""
    found = scores(market.outputs)
    if not found:
        return 0
    last = found[-1].explanation
    assert sum(line.points for line in last.points) == last.total
    return last.behaviour


def open_kinds(market: Market) -> list[str]:
    """Return the kinds of the hand-offs that are open at the end."""
    held: dict[str, str] = {}
    for one in routings(market.outputs):
        held.pop(one.handoff_id, None)
        if one.assignee is not None:
            held[one.handoff_id] = one.kind.value
    assert_one_owner(market.outputs)
    return sorted(held.values())


@pytest.mark.parametrize("order", list(permutations([STARTED, MESSAGE, SUPPORT, AFTER])))
@pytest.mark.parametrize(
    "company", [CUSTOMERS, {"open_opportunities": [opportunity("kay")]}], ids=["a customer", "an opportunity"]
)
def test_a_support_chat_earns_nothing_in_any_order_of_turns(
    company: dict[str, Any], order: tuple[Model, ...]
) -> None:
    market = a_market(**company)
    send(market, *order, ENDED)
    assert (behaviour(market), open_kinds(market)) == (0, ["service"])
    assert not market.accounts.decider.rows.get(LeadRow, BANK, "ann").handed  # type: ignore[union-attr]


def test_a_form_for_support_earns_nothing_either() -> None:
    market = a_market()
    send(market, form(Request.SUPPORT))
    assert (behaviour(market), open_kinds(market)) == (0, ["service"])


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_a_chat_for_both_the_part_for_sales_counts(order: tuple[int, ...]) -> None:
    events: list[Model] = [
        STARTED,
        SUPPORT,
        asked(Turn.ASKED_FOR_SALES, 5),
        chat_activity("chat_message", 6),
    ]
    market = a_market()
    send(market, *(events[at] for at in order))
    assert (behaviour(market), {*open_kinds(market)}) == (8, {"expansion", "service"})


def test_a_chat_for_sales_keeps_its_points() -> None:
    market = a_market()
    send(market, STARTED, MESSAGE, asked(Turn.ASKED_FOR_SALES, 2))
    assert (behaviour(market), {*open_kinds(market)}) == (38, {"expansion"})


def test_another_conversation_keeps_its_points_and_its_hand_off() -> None:
    market = a_market()
    send(market, chat_activity("chat_message", 0, "c2"), STARTED, SUPPORT)
    assert (behaviour(market), open_kinds(market)) == (8, ["expansion", "service"])


def test_a_bucket_that_another_conversation_shares_counts_for_that_one() -> None:
    market = a_market()
    send(market, STARTED, chat_activity("chat_started", 30, "c2"), SUPPORT)
    assert behaviour(market) == 30


def test_a_hand_off_that_other_activity_earned_too_stays_and_names_that() -> None:
    market = a_market()
    paper = activity("download", at_ms=MONDAY + MINUTE_MS, event_id="paper-1")
    send(market, STARTED, paper, SUPPORT)
    assert open_kinds(market) == ["expansion", "service"]
    send(market, sales("accepted", lead_id="ann", at_ms=MONDAY + HOUR_MS))
    assert behaviour(market) == 8


def test_later_interest_of_the_customer_is_a_task_of_the_owner_again() -> None:
    market = a_market()
    send(market, STARTED, SUPPORT)
    send(market, form(Request.PRICING, at_ms=MONDAY + 2 * HOUR_MS), now_ms=MONDAY + 2 * HOUR_MS)
    assert open_kinds(market) == ["expansion", "service"]
    (offer,) = [one for one in routings(market.outputs)[-1:] if one.kind is Kind.EXPANSION]
    assert offer.assignee is not None
    assert offer.assignee.id == "kay"


@pytest.mark.parametrize("is_published", [False, True])
def test_a_support_chat_is_not_a_buying_signal(is_published: bool) -> None:
    market = a_market()
    send(market, form(), STARTED, now_ms=MONDAY)
    if is_published:
        market.tick(MONDAY + 4 * HOUR_MS)
    send(market, SUPPORT, now_ms=max(market.now_ms, MONDAY + 2 * MINUTE_MS))
    market.tick(MONDAY + 9 * HOUR_MS)
    open_alerts = [one for one in market.outputs if getattr(one, "alert", None) == "buying_signals"]
    assert sum(1 if not one.cleared else -1 for one in open_alerts) == 0


LATER = MONDAY + 200 * DAY_MS


def expired(market: Market) -> None:
    market.send(*reach_bar())
    market.tick(LATER)
    assert market.stage() is Stage.EXPIRED


def later(event: Any) -> Any:
    return event.model_copy(update={"occurred_at_ms": event.occurred_at_ms + LATER - MONDAY})


@pytest.mark.parametrize("order", list(permutations([STARTED, MESSAGE, SUPPORT])))
def test_a_support_chat_wakes_no_expired_lead(order: tuple[Any, ...]) -> None:
    market = a_market(employees=None)
    expired(market)
    send(market, *(later(one) for one in order), now_ms=LATER + HOUR_MS)
    assert (market.stage(), open_kinds(market)) == (Stage.EXPIRED, ["service"])


def test_after_a_support_chat_new_points_bring_an_expired_lead_back() -> None:
    market = a_market(employees=None)
    expired(market)
    send(market, later(STARTED), later(SUPPORT), now_ms=LATER + HOUR_MS)
    market.send(*reach_bar(at_ms=LATER + 2 * HOUR_MS), at_ms=LATER + 2 * HOUR_MS)
    assert market.stage() is Stage.MQL
