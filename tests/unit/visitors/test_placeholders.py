"""An id that a page sends when it has none names no visitor, in every topic."""

# ruff: noqa: RUF001 - characters of full width are meant

from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, activity, form, iso, types
from workers.identity.placeholder_ids import is_placeholder_event_id, is_placeholder_id
from workers.visitors.agent import spec
from workers.visitors.rows import BrowserRow, CountRow, HistoryRow, VisitorRow

PLACEHOLDERS = [
    "undefined", "null", "None", "nil", "NaN", "false", "True", "0", "-1", "anonymous", "Unknown", "guest", "n/a",
    "N/A ", " undefined ", "{}", "{ }", "[]", "[object Object]", "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "0000", "f" * 32,
    "NA", "-", "--", "\u2014", "?", "#N/A", "(null)", "<null>", '"null"', "'undefined'", "(not set)", "(none)", "(direct)", '""',
    "{{visitor_id}}", "{{ visitor.id }}", "${visitorId}", "%visitor_id%", "[[id]]", "<%= id %>", "*|UNIQID|*",
    "[object Undefined]", "[object Promise]", "function () {}", "undefined.undefined", "NaN.NaN", "null null", "default", "test",
    "opt-out", "denied", "cookieless", "no_cookie", "anonymous user", "anonymous_id", "clientId",
    "__CLIENT_ID__", "##ID##", "#{id}", "$anonymous_id", "undefined-undefined", "GA1.2.undefined.undefined", "deleted", "visitor",
    "ｎｕｌｌ", "０", "unbekannt", "inconnu", "неизвестно", "なし", "未定義", "\\N", "#REF!", "0000-0000", "xxx", "cookie_disabled",
    "1234567890", "123456789", "99999", "1111111111", "11111111-1111-1111-1111-111111111111",
    "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX",
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_names_no_visitor(text: str) -> None:
    visitors = Partition(spec(KEY, 1))
    visitors.send("web.activity", activity("a", anonymous_id=text))
    visitors.send("form.fills", form("g", NOON + 1, anonymous_id=text))
    turn = {"event_id": "t", "occurred_at": iso(NOON), "conversation_id": "c", "turn": "started"}
    visitors.send("chat.conversations", turn | {"anonymous_id": text})
    facts = visitors.send("form.fills", form("f", NOON + 2, anonymous_id=text, email="ann@bank.example"))
    assert types(facts) == ["lead_identified", "lead_form"]
    assert visitors.rows(BrowserRow) == []
    assert [parts for parts, _ in visitors.rows(VisitorRow)] == [("conversation:c",)]
    assert len(visitors.rows(HistoryRow)) == 1
    assert visitors.rows(CountRow)[0][1].nobody == 2


@pytest.mark.parametrize(
    "text",
    [
        "null-7",
        "undefined1",
        "00000001",
        "a",
        "guest_42",
        "1",
        "-12",
        "true-blue",
        "f" * 31,
        "x" * 200,
        "anonymous-7f3a",
        "visitor_81726354",
        "1234567890.1772618400",
        "GA1.1.1234567890.1772618400",
        "aaaa1111-bb22-4c33-8d44-eeee5555ffff",
        "123",
        "test-7",
        "{7f3a}-9",
        "object-7",
        "client_17",
        "1234",
        "5555",
        "11111111-1111-1111-1111-111111111112",
        "tester",
    ],
)
def test_an_id_that_only_looks_odd_stays_an_id(text: str) -> None:
    assert not is_placeholder_id(text)


@pytest.mark.parametrize("event_id", ["undefined", "null", "0", "N/A", "{{event_id}}", "[object Object]"])
def test_a_request_under_a_placeholder_id_is_a_dead_letter_and_not_a_repeat(event_id: str) -> None:
    visitors = Partition(spec(KEY, 1))
    for number in range(2):
        request = form(event_id, NOON + number, email=f"p{number}@bank.example", request="demo")
        assert types(visitors.send("form.fills", request)) == ["breaks_contract"]


@pytest.mark.parametrize("event_id", ["1", "42", "12345", "11111", "1234567890", "undefined-7"])
def test_a_number_is_the_id_of_an_event(event_id: str) -> None:
    assert not is_placeholder_event_id(event_id)


def chat(turn: str, event_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": iso(NOON),
        "turn": turn,
        "conversation_id": "undefined",
    } | fields


def test_strangers_share_no_conversation_under_a_placeholder() -> None:
    visitors = Partition(spec(KEY, 1))
    assert visitors.send("chat.conversations", chat("started", "a")) == []
    asked = visitors.send("chat.conversations", chat("asked_for_sales", "b", email="ann@bank.example"))
    assert types(asked) == ["lead_identified", "lead_chat"]
    assert visitors.rows(HistoryRow) == []
    for email in (None, "ann at bank"):
        unnamed = chat("asked_for_sales", f"c{email}", email=email)
        assert types(visitors.send("chat.conversations", unnamed)) == ["breaks_contract"]
