"""A visitor asks for sales in a chat while every rep is away. The visitor is notified once, however often the desk answers."""

from __future__ import annotations

import json
from typing import Any

from tests.edge import HOUR, KEY, NOON, POLICY_TEXT, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready


def test_a_visitor_who_waits_for_an_absent_desk_is_notified_once() -> None:
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
        desks = [{"desk": "inside_sales", "weight": number}]
        feed("crm.reps", "zoe", NOON + number * HOUR, rep_id="zoe", name="Zoe", active=False, desks=desks)
    feed("crm.reps", "mia", NOON + 4 * HOUR, rep_id="mia", name="Mia", desks=[{"desk": "inside_sales"}])

    answers = [json.loads(emit.value) for emit in emits if emit.topic == "chat.answers" and emit.value]
    assert [(one["reply"], one["assignee"]["id"]) for one in answers] == [
        ("later", "desk:inside_sales"),
        ("now", "mia"),
    ]
    assert len({one["event_id"] for one in answers}) == 2
