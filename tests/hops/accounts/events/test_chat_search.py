"""A visitor who asks for sales in a chat is answered by a rep at work, also where the account's rep begins later."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.crm_reps import DeskMembership
from schemas.lead_events import LeadChat
from schemas.outputs import ChatAnswer, LedgerEntry
from schemas.vocabulary import Turn
from tests.hops.accounts.market import (
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    demo,
    facts,
    identified,
    instant,
    opportunity,
    rep,
    routings,
    sales,
)

NIGHT = MONDAY + 13 * HOUR_MS
AFTERNOON = {"mon-fri": "13:00-17:00"}
AWAY_TODAY = ((MONDAY - HOUR_MS, MONDAY + 2 * HOUR_MS),)
AWAY_FOR_DAYS = ((MONDAY - HOUR_MS, MONDAY + 3 * DAY_MS),)
OWNERS = [
    pytest.param({"owner_rep_id": "own"}, id="an owner"),
    pytest.param({"owner_rep_id": "own", "relationship": "customer"}, id="a customer's owner"),
    pytest.param({"open_opportunities": [opportunity("own")]}, id="an opportunity's owner"),
]


def ask(at_ms: int = MONDAY, conversation: str = "c1") -> LeadChat:
    return LeadChat(
        event_id=f"asked-{conversation}-{at_ms}",
        account_key="domain:bank.example",
        lead_id="ann",
        occurred_at_ms=at_ms,
        conversation_id=conversation,
        turn=Turn.ASKED_FOR_SALES,
    )


def a_market(company: dict[str, Any], *reps: Any) -> Market:
    market = Market()
    market.reps(rep("dana", at_desk=False, hours=AFTERNOON), *reps)
    market.send(facts(**company), identified())
    return market


def answers(results: list[Any]) -> list[tuple[str, str, str | None]]:
    """Return (reply, assignee, deputy for) of each answer in the chat."""
    return [
        (one.reply.value, one.assignee.id, one.assignee.deputy_for)
        for one in results
        if isinstance(one, ChatAnswer) and one.assignee is not None
    ]


def turns(market: Market) -> int:
    return sum(isinstance(one, LedgerEntry) and one.entry == "turn" for one in market.outputs)


@pytest.mark.parametrize("company", OWNERS)
@pytest.mark.parametrize(
    "changes", [{"hours": AFTERNOON}, {"away": AWAY_TODAY}], ids=["begins later", "absent"]
)
def test_a_member_of_the_desk_answers_for_an_owner_who_is_not_at_work(
    company: dict[str, Any], changes: dict[str, Any]
) -> None:
    market = a_market(company, rep("r1"), rep("own", at_desk=False, **changes))
    results = market.send(ask())
    (answer,) = answers(results)
    assert answer[:2] == ("now", "r1")
    assert answer[2] == "own"
    (handoff,) = routings(results)
    assert handoff.assignee is not None
    assert "own" in {handoff.assignee.id, handoff.assignee.deputy_for}
    assert turns(market) == 0


@pytest.mark.parametrize("company", OWNERS)
@pytest.mark.parametrize(
    "changes", [{"hours": AFTERNOON}, {"away": AWAY_FOR_DAYS}], ids=["begins later", "absent"]
)
def test_a_deputy_at_work_answers_before_the_desk(company: dict[str, Any], changes: dict[str, Any]) -> None:
    owner = rep("own", at_desk=False, deputy_rep_id="lou", **changes)
    market = a_market(company, rep("r1"), rep("lou", at_desk=False), owner)
    assert answers(market.send(ask())) == [("now", "lou", "own")]


def test_the_desk_answers_if_the_deputy_is_not_at_work_either() -> None:
    owner = rep("own", at_desk=False, deputy_rep_id="lou", hours=AFTERNOON)
    lou = rep("lou", at_desk=False, deputy_rep_id="own", hours=AFTERNOON)
    market = a_market({"owner_rep_id": "own"}, rep("r1", active=False), rep("r2"), lou, owner)
    assert answers(market.send(ask())) == [("now", "r2", "own")]


def test_the_members_of_the_reps_own_desk_are_asked_first() -> None:
    owner = rep("own", at_desk=False, desks=[DeskMembership(desk="west")], hours=AFTERNOON)
    west = rep("wes", desks=[DeskMembership(desk="west")], time_zone="America/New_York")
    market = a_market({"owner_rep_id": "own"}, rep("r1"), west, owner)
    assert answers(market.send(ask())) == [("now", "wes", "own")]


def test_a_colleague_answers_for_the_rep_who_worked_the_account_last() -> None:
    market = a_market({}, rep("r1"))
    market.send(
        demo(), sales("rejected", lead_id="ann", at_ms=MONDAY + 1, reason="not_now"), at_ms=MONDAY + 1
    )
    market.reps(rep("r1", hours=AFTERNOON), rep("r2"), at_ms=MONDAY + 2)
    results = market.send(ask(MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS)
    assert answers(results) == [("now", "r2", "r1")]
    assert {one.assignee.id for one in routings(results) if one.assignee} == {"r1"}


def test_a_second_question_about_an_open_hand_off_is_answered_now_too() -> None:
    market = a_market({"owner_rep_id": "own"}, rep("r1"), rep("own", at_desk=False, hours=AFTERNOON))
    market.send(demo())
    assert answers(market.send(ask())) == [("now", "r1", "own")]


@pytest.mark.parametrize("company", [*OWNERS, pytest.param({}, id="no owner")])
def test_at_night_the_answer_names_when_the_accounts_rep_is_there(company: dict[str, Any]) -> None:
    market = a_market(company, rep("r1"), rep("own", at_desk=False))
    (answer,) = [one for one in market.send(ask(NIGHT), at_ms=NIGHT) if isinstance(one, ChatAnswer)]
    assert answer.assignee is not None
    assert (answer.reply, answer.assignee.id) == ("later", "own" if company else "r1")
    assert answer.assignee.deputy_for is None
    assert answer.available_from == instant(MONDAY + DAY_MS - HOUR_MS // 2)


SPANISH = {"country": "MX"}
"""A company for whose people the policy requires the language es."""


@pytest.mark.parametrize(
    ("reps", "answer"),
    [
        pytest.param([rep("r1"), rep("r2", languages=["es"])], "r2", id="a member with the language"),
        pytest.param(
            [rep("r1"), rep("r2", languages=["es"], hours=AFTERNOON)], "r1", id="absent: any at work"
        ),
        pytest.param(
            [rep("r1", desks=[DeskMembership(desk="west")]), rep("r2", languages=["es"])],
            "r2",
            id="a member of the next desk has the language",
        ),
    ],
)
def test_a_colleague_with_the_language_answers_before_one_without(reps: list[Any], answer: str) -> None:
    desks = [DeskMembership(desk="west")]
    owner = rep("own", at_desk=False, desks=desks, hours=AFTERNOON, languages=["es"])
    market = a_market({"owner_rep_id": "own"} | SPANISH, *reps, owner)
    assert answers(market.send(ask())) == [("now", answer, "own")]


def test_a_colleague_of_the_segment_is_preferred() -> None:
    large = {"revenue": {"amount": "4500000000", "currency": "USD"}}
    owner = rep("own", at_desk=False, hours=AFTERNOON)
    market = a_market({"owner_rep_id": "own"} | large, rep("r1"), rep("r2", segments=["large"]), owner)
    assert answers(market.send(ask())) == [("now", "r2", "own")]
