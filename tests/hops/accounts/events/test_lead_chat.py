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


def market(*reps: CrmRep, **facts_of_company: Any) -> Market:
    made = Market()
    made.reps(*(reps or (rep("r1"), rep("r2"))))
    made.send(facts(**facts_of_company), identified(), form())
    return made


def answers(outputs: list[Any]) -> list[tuple[str, str | None]]:
    return [
        (one.reply.value, one.assignee.id if one.assignee else None)
        for one in outputs
        if isinstance(one, ChatAnswer)
    ]


def test_who_asks_for_sales_is_told_who_has_the_hand_off() -> None:
    outputs = market().send(chat(SALES))
    (handoff,), (answer,) = routings(outputs), [one for one in outputs if isinstance(one, ChatAnswer)]
    assert (answer.handoff_id, answer.lead_id, answer.reply) == (handoff.handoff_id, "ann", "now")
    assert answer.assignee == handoff.assignee


def test_at_night_the_answer_names_the_opening_that_the_deadline_begins_at() -> None:
    outputs = market().send(chat(SALES, NIGHT), at_ms=NIGHT)
    (answer,) = [one for one in outputs if isinstance(one, ChatAnswer)]
    due = routings(outputs)[0].first_response_due_at
    assert answer.reply == "later"
    assert due is not None
    assert answer.available_from is not None
    assert (due - answer.available_from).total_seconds() == 30 * 60


@pytest.mark.parametrize("order", ["answered first", "asked first"])
def test_the_turn_goes_to_whoever_answered_while_the_account_is_free(order: str) -> None:
    router = market()
    router.is_manual = True
    turns = [chat(AGENT, MONDAY, rep_id="r2"), chat(SALES, MONDAY + 1)]
    if order == "asked first":
        turns = [chat(SALES, MONDAY), chat(AGENT, MONDAY + 1, rep_id="r2")]
    router.send(*turns)
    outputs = router.deliver_all(MONDAY)
    assert story(outputs) == ["assigned raised_hand r2"]
    assert answers(outputs) == [("now", "r2")]
    turns_taken = [one for one in router.outputs if isinstance(one, LedgerEntry) and one.entry == "turn"]
    returned = [one for one in router.outputs if isinstance(one, LedgerEntry) and one.entry == "return"]
    assert len(turns_taken) - len(returned) == 1


def test_an_answerer_who_is_away_or_of_no_desk_leaves_the_turn_to_the_rotation() -> None:
    away = rep("r2", away=((MONDAY, MONDAY + DAY_MS),))
    for answerer in ("r2", "stranger"):
        router = market(rep("r1"), away)
        router.send(chat(AGENT, MONDAY, rep_id=answerer))
        assert story(router.send(chat(SALES, MONDAY + 1))) == ["assigned raised_hand r1"]


def test_who_answered_another_conversation_has_no_turn_of_this_one() -> None:
    router = market()
    router.send(chat(AGENT, MONDAY, "c0", rep_id="r2"))
    assert story(router.send(chat(SALES, MONDAY + 1, "c1"))) == ["assigned raised_hand r1"]


def test_of_two_who_answered_the_later_by_date_has_it_in_any_order() -> None:
    for turns in ((1, 2), (2, 1)):
        router = market()
        for at in turns:
            router.send(chat(AGENT, MONDAY + at, rep_id=f"r{at}"))
        assert story(router.send(chat(SALES, MONDAY + 3))) == ["assigned raised_hand r2"]


def test_an_mql_that_asks_in_a_chat_follows_its_account_and_is_told() -> None:
    router = market()
    router.send(*reach_bar())
    outputs = router.send(chat(SALES, MONDAY + 1))
    assert story(outputs) == ["assigned raised_hand r1"]
    assert answers(outputs) == [("now", "r1")]


def test_who_has_a_rep_already_is_told_whether_that_rep_is_at_work() -> None:
    router = market()
    router.send(demo())
    assert answers(router.send(chat(SALES, MONDAY + 1))) == [("now", "r1")]
    assert answers(router.send(chat(SALES, NIGHT, "c2"), at_ms=NIGHT)) == [("later", "r1")]
    assert story(router.outputs).count("assigned raised_hand r1") == 1


def test_a_customer_who_asks_is_told_of_the_owner() -> None:
    outputs = market(rep("r9", at_desk=False), relationship=CUSTOMER, owner_rep_id="r9").send(
        chat(SALES, MONDAY + 1)
    )
    assert answers(outputs)[-1] == ("now", "r9")  # fmt: skip


def test_an_inquiry_is_answered_by_the_desk_as_a_whole() -> None:
    outputs = market(country="DE").send(chat(SALES))
    assert story(outputs) == ["assigned inquiry desk:inside_sales"]
    assert answers(outputs) == [("now", "desk:inside_sales")]


def test_a_competitor_is_told_that_nobody_answers() -> None:
    router = market(relationship=Relationship.COMPETITOR)
    assert answers(router.send(chat(SALES))) == [("nobody", None)]
    assert answers(router.send(chat(SUPPORT, MONDAY + 1))) == [("nobody", None)]


def test_a_question_for_support_is_answered_and_raises_no_hand() -> None:
    outputs = market().send(chat(SUPPORT))
    assert answers(outputs) == [("now", "desk:inside_sales")]
    assert story(outputs) == ["assigned service desk:inside_sales"]


def test_while_a_desk_can_give_it_to_nobody_the_visitor_is_told_twice() -> None:
    router = market(rep("r1", away=((MONDAY - DAY_MS, MONDAY + DAY_MS),)))
    outputs = router.send(chat(SALES))
    assert answers(outputs)[0][0] == "later"
    assert "everyone_away" in alerts(outputs)
    router.reps(rep("dana", at_desk=False), at_ms=MONDAY + HOUR_MS)
    outputs = router.tick(MONDAY + 3 * HOUR_MS)
    assert answers(router.outputs)[-1] == ("now", "dana")


def test_the_answer_of_the_rep_who_has_it_is_a_touch_and_anybody_elses_is_not() -> None:
    router = market()
    router.send(chat(SALES))
    router.send(chat(AGENT, MONDAY + 1000, rep_id="r2"), at_ms=MONDAY + 1000)
    late = MONDAY + 45 * 60_000
    assert alerts(router.tick(late)) == ["response_due_soon", "response_overdue"]
    outputs = router.send(chat(AGENT, MONDAY + 2000, rep_id="r1"), at_ms=late)
    assert sorted(alerts(outputs, cleared=True)) == ["response_due_soon", "response_overdue"]


def test_a_chat_of_nobody_keeps_no_row_and_takes_no_turn() -> None:
    router = Market()
    router.reps(rep("r1"))
    key = "chat:c1"
    outputs = router.send(ChatOfNobody(event_id="e", account_key=key, conversation_id="c1"))
    assert answers(outputs) == [("now", "desk:inside_sales")]
    (answer,) = [one for one in outputs if isinstance(one, ChatAnswer)]
    assert (answer.account_key, answer.lead_id, answer.handoff_id) == (key, None, None)
    assert [one for one in outputs if isinstance(one, LedgerEntry)] == []
    assert [row for row in router.accounts.dump() if not row.startswith(b"~")] == []


def test_who_answers_in_a_chat_stands_in_the_list_of_touches() -> None:
    router = market()
    router.send(chat(AGENT, MONDAY + 1, rep_id="r2"))
    (handoff,) = routings(router.send(chat(SALES, MONDAY + 2)))
    assert [(one.what, one.rep_id) for one in handoff.touches if one.rep_id] == [("chat", "r2")]


def test_who_asks_in_a_second_conversation_before_the_first_is_answered_is_answered_in_both() -> None:
    router = market()
    router.is_manual = True
    router.send(chat(SALES, MONDAY, "c1"), chat(SALES, MONDAY + 1, "c2"))
    outputs = router.deliver_all(MONDAY)
    told = {one.conversation_id: one.assignee for one in outputs if isinstance(one, ChatAnswer)}
    assert {name: one.id if one else None for name, one in told.items()} == {
        "c1": "desk:inside_sales",
        "c2": "r1",
    }
