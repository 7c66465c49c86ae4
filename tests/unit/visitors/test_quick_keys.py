"""The key that is found without parsing is the key of the parsed event, whatever else the record holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.config import load_config
from workers.engine.api import Record, RefusedError
from workers.visitors.handle import VisitorsHop

HOP: Final = VisitorsHop(load_config(Path("policy"))[0], b"a key for tests only", 8)
ORDINARY: Final[dict[str, Any]] = {
    "event_id": "e1",
    "occurred_at": "2026-03-02T12:00:00Z",
    "activity": "page_view",
    "anonymous_id": "9f1c2d4e-77aa-4c1b-9a7e-52f3aa10b6d2",
}


def record(value: bytes, topic: str = "web.activity") -> Record:
    return Record(topic, 0, 7, 1_772_452_800_000, b"key", value)


def quick(**changed: Any) -> str | None:
    return HOP.quick_key_of(record(json.dumps(ORDINARY | changed).encode()))


@pytest.mark.parametrize(
    "browser", ["a1b2c3d4", "GA1.2.1234567.7654321", ORDINARY["anonymous_id"], "x_y-z.0"]
)
def test_an_ordinary_activity_has_a_key_without_being_parsed(browser: str) -> None:
    assert quick(anonymous_id=browser, duration_seconds="long", url=["odd"], campaign=7) == browser


@pytest.mark.parametrize(
    "changed",
    [
        {"anonymous_id": "undefined"},
        {"anonymous_id": "00000000"},
        {"anonymous_id": " a1b2c3d4 "},
        {"anonymous_id": "bär-1234"},
        {"anonymous_id": 7},
        {"anonymous_id": None},
        {"event_id": ""},
        {"event_id": "e" * 201},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2026-03-02T12:00:00"},
        {"occurred_at": 1_772_452_800},
        {"url": "x" * 2_000_000},
    ],
    ids=repr,
)
def test_anything_else_must_be_parsed(changed: dict[str, Any]) -> None:
    assert quick(**changed) is None


@pytest.mark.parametrize("nested", ["[" * 30_000 + "]" * 30_000, '{"a":' * 9_000 + "1" + "}" * 9_000])
def test_a_record_that_is_nested_too_deeply_is_refused_for_that_reason(nested: str) -> None:
    deep = record(json.dumps(ORDINARY)[:-1].encode() + f', "x": {nested}}}'.encode())
    assert HOP.quick_key_of(deep) is None
    with pytest.raises(RefusedError, match="nested deeper than 50 levels"):
        HOP.parse(deep)


@pytest.mark.parametrize("topic", ["form.fills", "chat.conversations", "visitor.events"])
def test_a_record_of_another_topic_must_be_parsed(topic: str) -> None:
    assert HOP.quick_key_of(record(json.dumps(ORDINARY).encode(), topic)) is None


_ODD: Final = st.one_of(
    st.sampled_from(
        [
            "undefined",
            "null",
            "0",
            "a1b2c3d4",
            "A.b-c_d",
            "1234567890",
            "00000000-0000-0000-0000-000000000000",
        ]
    ),
    st.text(max_size=20),
    st.from_regex(r"[A-Za-z0-9._-]{1,30}", fullmatch=True),
    st.none(),
    st.integers(),
    st.lists(st.text(max_size=5), max_size=2),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "event_id": _ODD,
            "occurred_at": st.one_of(_ODD, st.datetimes().map(lambda at: f"{at.isoformat()}Z")),
            "anonymous_id": _ODD,
            "email": st.one_of(_ODD, st.just("Ann <ann@harbor.example>")),
            "activity": _ODD,
            "is_bot": _ODD,
            "producer": _ODD,
        },
    ),
    st.booleans(),
)
def test_it_is_the_key_of_the_parsed_event(changed: dict[str, Any], is_twice: bool) -> None:
    text = json.dumps(ORDINARY | changed)
    if is_twice:  # the last of two equal names counts
        text = '{"anonymous_id": "first-one-1", ' + text[1:]
    found = HOP.quick_key_of(record(text.encode()))
    if found is None:
        return
    try:
        event = HOP.parse(record(text.encode()))
    except RefusedError:
        return
    assert HOP.key_of(event) == found
