"""Fields of a record are fixed before it is sent again. Everything else stays as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workers.engine.partitioner import partition_of
from workers.letters.original_records import (
    CannotSendError,
    OriginalRecord,
    refuse_input_of_shadow,
    with_fixes,
)

VALUE = {"event_id": "f1", "email": "ann@harbor", "company": {"name": "Harbor"}}


def record(
    value: bytes = json.dumps(VALUE).encode(), topic: str = "form.fills", **headers: bytes
) -> OriginalRecord:
    return OriginalRecord(topic, 2, b"k", value, tuple(headers.items()), 5)


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        ({"email": "ann@harbor.example"}, {"email": "ann@harbor.example"}),
        ({"country": None, "score": 3}, {"country": None, "score": 3}),
        ({"company.name": "Port"}, {"company": {"name": "Port"}}),
        ({"company.country": "SE"}, {"company": {"name": "Harbor", "country": "SE"}}),
        ({"consent.tracking": True}, {"consent": {"tracking": True}}),
    ],
)
def test_the_named_fields_change_and_all_others_stay(fixes: dict[str, Any], expected: dict[str, Any]) -> None:
    fixed = with_fixes(record(imported=b"1"), fixes, 3)
    assert json.loads(fixed.value or b"") == VALUE | expected
    assert (fixed.topic, fixed.partition, fixed.key, fixed.headers, fixed.timestamp_ms) == (
        "form.fills",
        2,
        b"k",
        (("imported", b"1"),),
        5,
    )


def test_without_fixes_not_a_byte_changes() -> None:
    odd = record(b' {"a":1 ,"a":2} ', "visitor.events", origin=b"form.fills")
    assert with_fixes(odd, {}, 3) is odd


def test_a_forwarded_record_with_another_value_returns_to_the_topic_it_came_from() -> None:
    """Its key may be another one now, and the router compares key and partition there."""
    fixed = with_fixes(
        record(topic="visitor.events", origin=b"form.fills", other=b"x"), {"email": "a@b.example"}, 3
    )
    assert (fixed.topic, fixed.partition, fixed.headers) == (
        "form.fills",
        partition_of(b"k", 3),
        (("other", b"x"),),
    )


@pytest.mark.parametrize(
    ("value", "fixes", "why"),
    [
        (b"[", {"a": 1}, "not JSON"),
        (b"\xff", {"a": 1}, "not JSON"),
        (b"[1]", {"a": 1}, "not a JSON object"),
        (json.dumps(VALUE).encode(), {"email.domain": 1}, "email.domain: email is not an object"),
    ],
)
def test_a_value_without_such_a_field_is_refused(value: bytes, fixes: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotSendError, match=why):
        with_fixes(record(value), fixes, 3)


@pytest.mark.parametrize(("topic", "is_refused"), [("form.fills", True), ("lead.events.shadow", False)])
def test_a_shadow_sends_nothing_to_an_input(topic: str, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(CannotSendError, match="a shadow router does not write"):
            refuse_input_of_shadow(record(topic=topic))
    else:
        refuse_input_of_shadow(record(topic=topic))
