from __future__ import annotations

from typing import Any

from tests.edge import KEY, MINUTE, NOON, Partition, activity, form, iso, types
from workers.identity.lead_ids import lead_id_of
from workers.visitors.agent import spec
from workers.visitors.rows import HistoryRow

ADA = "ada@bank.com"


def turn(said: str, at_ms: int = NOON, conversation: str = "c1", **fields: Any) -> dict[str, Any]:
    event_id = f"{conversation}-{said}-{at_ms}"
    return {"event_id": event_id, "occurred_at": iso(at_ms), "conversation_id": conversation, "turn": said, **fields}  # fmt: skip


def partition() -> Partition:
    return Partition(spec(KEY, 1))


def say(visitors: Partition, value: dict[str, Any]) -> list[dict[str, Any]]:
    return visitors.say("chat.conversations", value)


def test_what_a_visitor_does_in_a_chat_is_an_activity() -> None:
    visitors = partition()
    visitors.say("form.fills", form("f1", anonymous_id="x", email=ADA))
    facts = [
        say(visitors, turn(said, NOON + 1, anonymous_id="x", url="https://ours.example/pricing"))[0]
        for said in ("started", "visitor_message", "ended")
    ]
    assert [fact["activity"] for fact in facts] == ["chat_started", "chat_message", "chat_ended"]
    assert facts[0]["url"] == "https://ours.example/pricing"


def test_what_they_ask_for_and_who_answers_are_facts_of_their_own() -> None:
    visitors = partition()
    visitors.say("form.fills", form("f1", anonymous_id="x", email=ADA))
    (asked,) = say(visitors, turn("asked_for_sales", NOON + 1, anonymous_id="x"))
    (answered,) = say(visitors, turn("agent_message", NOON + 2, anonymous_id="x", rep_id="mia"))
    assert (asked["type"], asked["turn"], asked["conversation_id"]) == ("lead_chat", "asked_for_sales", "c1")
    assert (answered["turn"], answered["rep_id"]) == ("agent_message", "mia")


def test_an_unknown_visitors_chat_is_kept_and_flows_with_its_own_times() -> None:
    visitors = partition()
    assert say(visitors, turn("started", NOON, anonymous_id="x")) == []
    assert say(visitors, turn("agent_message", NOON + MINUTE, anonymous_id="x", rep_id="mia")) == []
    facts = visitors.say("form.fills", form("f1", NOON + 2 * MINUTE, anonymous_id="x", email=ADA))
    assert types(facts) == ["lead_identified", "lead_activity", "lead_chat", "lead_form"]
    assert [fact["occurred_at_ms"] - NOON for fact in facts[1:]] == [0, MINUTE, 2 * MINUTE]


def test_who_asks_for_sales_and_is_nobody_has_an_account_of_nobody() -> None:
    visitors = partition()
    (asked,) = say(visitors, turn("asked_for_sales", anonymous_id="x"))
    assert (asked["type"], asked["key"]) == ("chat_of_nobody", "chat:c1")
    assert say(visitors, turn("asked_for_support", NOON + 1, anonymous_id="x")) == []
    assert len(visitors.rows(HistoryRow)) == 2


def test_a_chat_without_a_browser_is_one_and_its_address_takes_its_turns_along() -> None:
    visitors = partition()
    say(visitors, turn("started", NOON))
    say(visitors, turn("started", NOON, "c2"))
    facts = say(visitors, turn("visitor_message", NOON + 1, email=ADA))
    assert [fact.get("activity") for fact in facts] == [None, "chat_started", "chat_message"]
    assert {fact["lead_id"] for fact in facts} == {lead_id_of(ADA, KEY)}
    assert len(visitors.rows(HistoryRow)) == 1


def test_a_chat_with_an_address_that_is_none_goes_on_without_it() -> None:
    visitors = partition()
    assert say(visitors, turn("started", email="none")) == []
    assert len(visitors.rows(HistoryRow)) == 1


def test_a_turn_comes_once_and_an_event_of_the_same_id_elsewhere_is_another() -> None:
    visitors = partition()
    for _ in range(2):
        say(visitors, turn("started", anonymous_id="x"))
    visitors.say("web.activity", activity(f"c1-started-{NOON}", anonymous_id="x"))
    assert len(visitors.rows(HistoryRow)) == 2


def test_a_turn_that_came_with_a_no_keeps_the_no_and_what_was_asked() -> None:
    visitors = partition()
    no = {"consent": {"tracking": False}, "anonymous_id": "x"}
    say(visitors, turn("started", NOON, url="https://ours.example/pricing", **no))
    say(visitors, turn("asked_for_sales", NOON + 1, **no))
    assert all("pricing" not in row.chat for _, row in visitors.rows(HistoryRow))
    facts = visitors.say("form.fills", form("f1", NOON + 2, anonymous_id="x", email=ADA))
    assert types(facts) == ["lead_identified", "lead_consent", "lead_chat", "lead_form"]
