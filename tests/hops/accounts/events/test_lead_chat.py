"""An identified visitor chats: the rep who gets the turn, the answers to the visitor, and the touches of sales."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.crm_reps import CrmRep
from schemas.lead_events import ChatOfNobody, LeadChat
from schemas.outputs import ChatAnswer, LedgerEntry
from schemas.vocabulary import Relationship, Turn
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    demo,
    facts,
    form,
    identified,
    reach_bar,
    rep,
    routings,
    story,
)

NIGHT = MONDAY + 13 * HOUR_MS
SALES, SUPPORT, AGENT = Turn.ASKED_FOR_SALES, Turn.ASKED_FOR_SUPPORT, Turn.AGENT_MESSAGE


def chat(
    turn: Turn, at_ms: int = MONDAY, conversation: str = "c1", lead_id: str = "ann", **more: Any
) -> LeadChat:
    return LeadChat(
        event_id=f"{conversation}-{turn}-{at_ms}",
        account_key=BANK,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        conversation_id=conversation,
        turn=turn,
        **more,
    )  # fmt: skip


def make_market(*reps: CrmRep, **facts_of_company: Any) -> Market:
    made = Market()
    made.reps(*(reps or (rep("r1"), rep("r2"))))
    made.send(facts(**facts_of_company), identified(), form())
    return made


def chat_answers(results: list[Any]) -> list[tuple[str, str | None]]:
    """Return (reply, assignee) of each answer to a visitor."""
    return [
        (one.reply.value, one.assignee.id if one.assignee else None)
        for one in results
        if isinstance(one, ChatAnswer)
    ]


def test_a_visitor_who_asks_for_sales_is_notified_of_the_holder() -> None:
    results = make_market().send(chat(SALES))
    (handoff,), (answer,) = routings(results), [one for one in results if isinstance(one, ChatAnswer)]
    assert (answer.handoff_id, answer.lead_id, answer.reply) == (handoff.handoff_id, "ann", "now")
    assert answer.assignee == handoff.assignee


def test_at_night_the_answer_names_the_opening_at_which_the_deadline_starts() -> None:
    results = make_market().send(chat(SALES, NIGHT), at_ms=NIGHT)
    (answer,) = [one for one in results if isinstance(one, ChatAnswer)]
    due = routings(results)[0].first_response_due_at
    assert answer.reply == "later"
    assert due is not None
    assert answer.available_from is not None
    assert (due - answer.available_from).total_seconds() == 30 * 60


@pytest.mark.parametrize("order", ["answered first", "asked first"])
def test_the_rep_who_answered_gets_the_turn_while_the_account_has_no_holder(order: str) -> None:
    router = make_market()
    router.is_manual = True
    turns = [chat(AGENT, MONDAY, rep_id="r2"), chat(SALES, MONDAY + 1)]
    if order == "asked first":
        turns = [chat(SALES, MONDAY), chat(AGENT, MONDAY + 1, rep_id="r2")]
    router.send(*turns)
    results = router.deliver_all(MONDAY)
    assert story(results) == ["assigned raised_hand r2"]
    assert chat_answers(results) == [("now", "r2")]
    turns_taken = [one for one in router.outputs if isinstance(one, LedgerEntry) and one.entry == "turn"]
    returned = [one for one in router.outputs if isinstance(one, LedgerEntry) and one.entry == "return"]
    assert len(turns_taken) - len(returned) == 1


def test_if_the_rep_who_answered_is_away_or_at_no_desk_the_rotation_gives_the_turn() -> None:
    away = rep("r2", away=((MONDAY, MONDAY + DAY_MS),))
    for answerer in ("r2", "stranger"):
        router = make_market(rep("r1"), away)
        router.send(chat(AGENT, MONDAY, rep_id=answerer))
        assert story(router.send(chat(SALES, MONDAY + 1))) == ["assigned raised_hand r1"]


def test_an_answer_in_another_conversation_gives_no_turn_in_this_one() -> None:
    router = make_market()
    router.send(chat(AGENT, MONDAY, "c0", rep_id="r2"))
    assert story(router.send(chat(SALES, MONDAY + 1, "c1"))) == ["assigned raised_hand r1"]


def test_of_two_reps_who_answered_the_later_by_date_gets_the_turn_in_any_order() -> None:
    for turns in ((1, 2), (2, 1)):
        router = make_market()
        for at in turns:
            router.send(chat(AGENT, MONDAY + at, rep_id=f"r{at}"))
        assert story(router.send(chat(SALES, MONDAY + 3))) == ["assigned raised_hand r2"]


def test_an_mql_that_asks_in_a_chat_goes_to_the_account_rep_and_is_notified() -> None:
    router = make_market()
    router.send(*reach_bar())
    results = router.send(chat(SALES, MONDAY + 1))
    assert story(results) == ["assigned raised_hand r1"]
    assert chat_answers(results) == [("now", "r1")]


def test_a_lead_that_has_a_rep_is_notified_whether_the_rep_is_at_work() -> None:
    router = make_market()
    router.send(demo())
    assert chat_answers(router.send(chat(SALES, MONDAY + 1))) == [("now", "r1")]
    assert chat_answers(router.send(chat(SALES, NIGHT, "c2"), at_ms=NIGHT)) == [("later", "r1")]
    assert story(router.outputs).count("assigned raised_hand r1") == 1


def test_a_customer_who_asks_is_notified_of_the_owner() -> None:
    results = make_market(rep("r9", at_desk=False), relationship=CUSTOMER, owner_rep_id="r9").send(
        chat(SALES, MONDAY + 1)
    )
    assert chat_answers(results)[-1] == ("now", "r9")  # fmt: skip


def test_an_inquiry_is_answered_by_the_desk_as_a_whole() -> None:
    results = make_market(country="DE").send(chat(SALES))
    assert story(results) == ["assigned inquiry desk:inside_sales"]
    assert chat_answers(results) == [("now", "desk:inside_sales")]


def test_a_competitor_is_notified_that_no_one_will_answer() -> None:
    router = make_market(relationship=Relationship.COMPETITOR)
    assert chat_answers(router.send(chat(SALES))) == [("nobody", None)]
    assert chat_answers(router.send(chat(SUPPORT, MONDAY + 1))) == [("nobody", None)]


def test_a_support_question_is_answered_and_raises_no_hand() -> None:
    results = make_market().send(chat(SUPPORT))
    assert chat_answers(results) == [("now", "desk:inside_sales")]
    assert story(results) == ["assigned service desk:inside_sales"]


def test_if_the_desk_can_assign_no_rep_the_visitor_is_notified_now_and_after_the_assignment() -> None:
    router = make_market(rep("r1", away=((MONDAY - DAY_MS, MONDAY + DAY_MS),)))
    results = router.send(chat(SALES))
    assert chat_answers(results)[0][0] == "later"
    assert "everyone_away" in alerts(results)
    router.reps(rep("dana", at_desk=False), at_ms=MONDAY + HOUR_MS)
    results = router.tick(MONDAY + 3 * HOUR_MS)
    assert chat_answers(router.outputs)[-1] == ("now", "dana")


@pytest.mark.parametrize("rep_id", ["r1", "r2"], ids=["the holder", "a colleague"])
def test_a_message_in_the_conversation_answers_what_was_asked_in_it(rep_id: str) -> None:
    router = make_market()
    router.send(chat(SALES))
    router.send(chat(AGENT, MONDAY + 1000, rep_id=rep_id), at_ms=MONDAY + 1000)
    assert alerts(router.tick(MONDAY + 45 * 60_000)) == []


def test_a_message_of_the_holder_answers_in_any_conversation_and_a_colleagues_does_not() -> None:
    router = make_market()
    router.send(chat(SALES))
    router.send(chat(AGENT, MONDAY + 1000, "c2", rep_id="r2"), at_ms=MONDAY + 1000)
    late = MONDAY + 45 * 60_000
    assert alerts(router.tick(late)) == ["response_due_soon", "response_overdue"]
    results = router.send(chat(AGENT, MONDAY + 2000, "c2", rep_id="r1"), at_ms=late)
    assert sorted(alerts(results, cleared=True)) == ["response_due_soon", "response_overdue"]


def test_a_chat_of_an_unidentified_visitor_writes_no_row_and_takes_no_turn() -> None:
    router = Market()
    router.reps(rep("r1"))
    key = "chat:c1"
    results = router.send(ChatOfNobody(event_id="e", account_key=key, conversation_id="c1"))
    assert chat_answers(results) == [("now", "desk:inside_sales")]
    (answer,) = [one for one in results if isinstance(one, ChatAnswer)]
    assert (answer.account_key, answer.lead_id, answer.handoff_id) == (key, None, None)
    assert [one for one in results if isinstance(one, LedgerEntry)] == []
    assert [row for row in router.accounts.dump() if not row.startswith(b"~")] == []


def test_a_reps_chat_message_is_listed_in_the_touches() -> None:
    router = make_market()
    router.send(chat(AGENT, MONDAY + 1, rep_id="r2"))
    (handoff,) = routings(router.send(chat(SALES, MONDAY + 2)))
    assert [(one.what, one.rep_id) for one in handoff.touches if one.rep_id] == [("chat", "r2")]


def test_a_visitor_who_asks_in_two_conversations_is_answered_in_both() -> None:
    router = make_market()
    router.is_manual = True
    router.send(chat(SALES, MONDAY, "c1"), chat(SALES, MONDAY + 1, "c2"))
    results = router.deliver_all(MONDAY)
    assignees = {one.conversation_id: one.assignee for one in results if isinstance(one, ChatAnswer)}
    assert {name: one.id if one else None for name, one in assignees.items()} == {
        "c1": "desk:inside_sales",
        "c2": "r1",
    }
