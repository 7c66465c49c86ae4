"""A sender gives the id of a desk as a rep_id, as an integration does that copies the assignee of a hand-off. No effect is endless."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.edge import HOUR, KEY, NOON, POLICY_TEXT, form, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

DESK = "desk:inside_sales"
HANDOFF = "domain:bank.example#1.1"
SPECS = make_specs(KEY, 1)
CONFIG = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)


def answer(action: str, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    return "sales.activities", HANDOFF, {"action": action, "handoff_id": HANDOFF, "rep_id": DESK, **fields}


def account(**fields: Any) -> tuple[str, str, dict[str, Any]]:
    return "crm.accounts", "A", {"crm_account_id": "A", "name": "Bank", "domains": ["bank.example"], **fields}


@pytest.mark.parametrize(
    ("topic", "key", "fields"),
    [
        answer("opportunity_opened"),
        answer("won"),
        answer("claimed"),
        answer("accepted"),
        answer("reassigned", to_rep_id=DESK),
        account(owner_rep_id=DESK),
        account(owner_rep_id=DESK, relationship="customer"),
        account(owner_rep_id=DESK, relationship="former_customer"),
        account(open_opportunities=[{"opportunity_id": "o", "owner_rep_id": DESK}]),
    ],
    ids=lambda one: "" if isinstance(one, str) else json.dumps(one)[:60],
)
def test_a_desk_keeps_its_account_when_its_id_is_given_as_a_rep(
    topic: str, key: str, fields: dict[str, Any]
) -> None:
    emits: list[Emit] = []
    replay = EdgeReplay(SPECS, CONFIG, dead_letter, emits.append, results=RESULTS, most_effects=300)
    replay.open_with(directory_ready(NOON))
    asked = form("e1", NOON, email="ann@bank.example", request="demo", job_title="Student")
    later = {"event_id": "e2", "occurred_at": iso(NOON + HOUR), **fields}
    replay.feed(Input("form.fills", NOON, b"x", json.dumps(asked).encode()))
    replay.feed(Input(topic, NOON + HOUR, key.encode(), json.dumps(later).encode()))
    replay.run_timers(NOON + 100 * HOUR)

    routings = [json.loads(emit.value) for emit in emits if emit.topic == "lead.routing" and emit.value]
    assert routings[0]["assignee"]["id"] == DESK
    assert len(routings) < 20
    assert [
        one["reason"]
        for one in (json.loads(emit.value) for emit in emits if emit.topic == "dead.letters" and emit.value)
    ] == []
