"""A visitor asks for sales in a chat while every rep is away. The visitor is notified once, however often the desk answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.edge import HOUR, KEY, NOON, POLICY_TEXT, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready


@pytest.mark.parametrize(
    ("joins_ms", "rep_id", "desks", "reply"),
    [
        (4 * HOUR, "mia", [{"desk": "inside_sales"}], "now"),
        (14 * HOUR, "dana", [], "later"),  # the fallback of the policy, who is not at work at night
    ],
)
def test_a_visitor_who_waits_for_an_absent_desk_is_notified_once(
    joins_ms: int, rep_id: str, desks: list[dict[str, str]], reply: str
) -> None:
    emits: list[Emit] = []
    config = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
    replay = EdgeReplay(make_specs(KEY, 1), config, dead_letter, emits.append, results=RESULTS)
    replay.open_with(directory_ready(NOON))

    def feed(topic: str, key: str, at_ms: int, **fields: Any) -> None:
        value = {"event_id": f"e{at_ms}", "occurred_at": iso(at_ms), **fields}
        replay.feed(Input(topic, at_ms, key.encode(), json.dumps(value).encode()))

    asked = {"conversation_id": "talk", "turn": "asked_for_sales", "email": "ann@bank.example"}
    feed("chat.conversations", "talk", NOON, **asked)
    for number in (1, 2, 3):
        absent = [{"desk": "inside_sales", "weight": number}]
        feed("crm.reps", "zoe", NOON + number * HOUR, rep_id="zoe", name="Zoe", active=False, desks=absent)
    feed("crm.reps", rep_id, NOON + joins_ms, rep_id=rep_id, name="A Rep", desks=desks)

    answers = [json.loads(emit.value) for emit in emits if emit.topic == "chat.answers" and emit.value]
    assert [(one["reply"], one["assignee"]["id"]) for one in answers] == [
        ("later", "desk:inside_sales"),
        (reply, rep_id),
    ]
    assert len({one["event_id"] for one in answers}) == 2
