"""An id that a page sends when it has none names no visitor, in every topic."""

from __future__ import annotations

import pytest

from tests.edge import KEY, NOON, Partition, activity, form, iso, types
from workers.identity.placeholder_ids import is_placeholder_id
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
