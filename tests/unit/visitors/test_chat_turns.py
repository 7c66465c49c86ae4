from __future__ import annotations

from typing import Any

from tests.edge import KEY, MINUTE, NOON, Partition, activity, form, iso, types
from workers.identity.lead_ids import lead_id_of
from workers.visitors.agent import spec
from workers.visitors.rows import HistoryRow

ADA = "ada@bank.com"


def turn(kind: str, at_ms: int = NOON, conversation: str = "c1", **fields: Any) -> dict[str, Any]:
    event_id = f"{conversation}-{kind}-{at_ms}"
    return {"event_id": event_id, "occurred_at": iso(at_ms), "conversation_id": conversation, "turn": kind, **fields}  # fmt: skip


def partition() -> Partition:
    return Partition(spec(KEY, 1))


def send(visitors: Partition, value: dict[str, Any]) -> list[dict[str, Any]]:
    return visitors.send("chat.conversations", value)


def test_what_a_visitor_does_in_a_chat_is_an_activity() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    facts = [
        send(visitors, turn(kind, NOON + 1, anonymous_id="x", url="https://ours.example/pricing"))[0]
        for kind in ("started", "visitor_message", "ended")
    ]
    assert [fact["activity"] for fact in facts] == ["chat_started", "chat_message", "chat_ended"]
    assert facts[0]["url"] == "https://ours.example/pricing"


def test_a_request_for_sales_and_an_answer_of_a_rep_are_chat_facts() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    (asked,) = send(visitors, turn("asked_for_sales", NOON + 1, anonymous_id="x"))
    (answered,) = send(visitors, turn("agent_message", NOON + 2, anonymous_id="x", rep_id="mia"))
    assert (asked["type"], asked["turn"], asked["conversation_id"]) == ("lead_chat", "asked_for_sales", "c1")
    assert (answered["turn"], answered["rep_id"]) == ("agent_message", "mia")


def test_chat_turns_of_an_anonymous_visitor_keep_their_times_until_the_visitor_is_known() -> None:
    visitors = partition()
    assert send(visitors, turn("started", NOON, anonymous_id="x")) == []
    assert send(visitors, turn("agent_message", NOON + MINUTE, anonymous_id="x", rep_id="mia")) == []
    facts = visitors.send("form.fills", form("f1", NOON + 2 * MINUTE, anonymous_id="x", email=ADA))
    assert types(facts) == ["lead_identified", "lead_activity", "lead_chat", "lead_form"]
    assert [fact["occurred_at_ms"] - NOON for fact in facts[1:]] == [0, MINUTE, 2 * MINUTE]


def test_an_anonymous_request_for_sales_goes_to_the_key_of_its_conversation() -> None:
    visitors = partition()
    (asked,) = send(visitors, turn("asked_for_sales", anonymous_id="x"))
    assert (asked["type"], asked["key"]) == ("chat_of_nobody", "chat:c1")
    assert send(visitors, turn("asked_for_support", NOON + 1, anonymous_id="x")) == []
    assert len(visitors.rows(HistoryRow)) == 2


def test_a_chat_without_a_browser_has_a_history_by_its_conversation() -> None:
    visitors = partition()
    send(visitors, turn("started", NOON))
    send(visitors, turn("started", NOON, "c2"))
    facts = send(visitors, turn("visitor_message", NOON + 1, email=ADA))
    assert [fact.get("activity") for fact in facts] == [None, "chat_started", "chat_message"]
    assert {fact["lead_id"] for fact in facts} == {lead_id_of(ADA, KEY)}
    assert len(visitors.rows(HistoryRow)) == 1


def test_a_chat_turn_with_an_invalid_address_counts_without_it() -> None:
    visitors = partition()
    assert send(visitors, turn("started", email="none")) == []
    assert len(visitors.rows(HistoryRow)) == 1


def test_a_repeated_turn_counts_once_and_the_same_id_in_another_topic_is_another_event() -> None:
    visitors = partition()
    for _ in range(2):
        send(visitors, turn("started", anonymous_id="x"))
    visitors.send("web.activity", activity(f"c1-started-{NOON}", anonymous_id="x"))
    assert len(visitors.rows(HistoryRow)) == 2


def test_a_turn_that_refuses_tracking_keeps_the_refusal_and_the_request() -> None:
    visitors = partition()
    no = {"consent": {"tracking": False}, "anonymous_id": "x"}
    send(visitors, turn("started", NOON, url="https://ours.example/pricing", **no))
    send(visitors, turn("asked_for_sales", NOON + 1, **no))
    assert all("pricing" not in row.chat for _, row in visitors.rows(HistoryRow))
    facts = visitors.send("form.fills", form("f1", NOON + 2, anonymous_id="x", email=ADA))
    assert types(facts) == ["lead_identified", "lead_consent", "lead_chat", "lead_form"]
