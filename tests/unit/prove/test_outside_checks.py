"""Each check of the proof finds the fault that it is made for, and accepts outputs without a fault."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.prove.outside_checks import faults

Lines = list[dict[str, Any]]


def routing(number: int, handoff: str, revision: int, assignee: str | None, **more: Any) -> dict[str, Any]:
    event = {"event_id": f"r{number}", "handoff_id": handoff, "revision": revision, "kind": "mql"}
    held = {} if assignee is None else {"assignee": {"id": assignee}}
    return event | {"account_key": "domain:bank.example"} | held | more


def letter(number: int, key: str, **more: Any) -> dict[str, Any]:
    place = {"agent": "visitors", "topic": "web.activity", "partition": 0, "offset": number, "detail": "text"}
    coded = b64encode(key.encode()).decode()
    return {"event_id": f"d{number}", "reason": "not_json", "key_base64": coded} | place | more


ROUTINGS = [
    routing(1, "h1", 1, "mia"),
    routing(2, "h2", 1, "mia"),
    routing(3, "h3", 1, "desk:support", kind="service"),
    routing(4, "h1", 2, None),
    routing(5, "h2", 2, None),
    routing(6, "h4", 1, "tom"),
]
LETTERS = [letter(1, "bad-1"), letter(2, "bad-2")]


def found(routings: Lines, letters: Lines) -> list[str]:
    results = {"lead.routing": routings, "dead.letters": letters}
    values = {topic: [json.dumps(event).encode() for event in events] for topic, events in results.items()}
    return faults(values, ["bad-1", "bad-2"])


def test_outputs_without_a_fault_are_accepted() -> None:
    assert found(ROUTINGS, LETTERS) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda: ([*ROUTINGS, routing(6, "h5", 1, "tom")], LETTERS), "event ids that occur more than once"),
        (lambda: (ROUTINGS[1:], LETTERS), "revisions out of sequence"),
        (lambda: ([*ROUTINGS[:4], ROUTINGS[5]], LETTERS), "accounts with two assignees"),
        (lambda: (ROUTINGS, LETTERS[:1]), "bad inputs without a letter"),
        (lambda: (ROUTINGS, [*LETTERS, letter(3, "bad-1")]), "bad inputs with two letters"),
        (lambda: (ROUTINGS, [*LETTERS, letter(2, "x", event_id="d9")]), "places with two letters"),
        (lambda: (ROUTINGS, [*LETTERS, letter(4, "x", reason="handler_failed")]), "faults of the router"),
    ],
)
def test_each_fault_is_found(change: Callable[[], tuple[Lines, Lines]], text: str) -> None:
    problems = found(*change())
    assert [text in problem for problem in problems] == [True]
