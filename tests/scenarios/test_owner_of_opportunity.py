"""A customer of whom the CRM names no rep has an open opportunity of one. The rep comes before the desk of `without_owner`.

Found by the fuzz: the desk was asked, counted as the wrong holder, and was asked again without end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.edge import HOUR, KEY, NOON, form, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

TEXT = (Path(__file__).parents[2] / "policy" / "saas.yaml").read_text("utf-8")
OPPORTUNITY = {"opportunity_id": "o", "owner_rep_id": "tom"}


@pytest.mark.parametrize("owner", [None, "queue_1"])
def test_a_customer_without_an_owner_goes_to_the_owner_of_the_opportunity(owner: str | None) -> None:
    emits: list[Emit] = []
    config = to_config(load_policy(TEXT), TEXT)
    replay = EdgeReplay(
        make_specs(KEY, 1), config, dead_letter, emits.append, results=RESULTS, most_effects=300
    )
    replay.open_with(directory_ready(NOON))

    def feed(topic: str, key: str, at_ms: int, value: dict[str, Any]) -> None:
        replay.feed(Input(topic, at_ms, key.encode(), json.dumps(value).encode()))

    account: dict[str, Any] = {"crm_account_id": "A", "name": "Bank", "domains": ["bank.example"]}
    account |= {"relationship": "customer", "owner_rep_id": owner, "open_opportunities": [OPPORTUNITY]}
    rep = {"rep_id": "tom", "name": "Tom", "desks": []}
    feed("crm.reps", "tom", NOON, {"event_id": "r", "occurred_at": iso(NOON), **rep})
    feed("form.fills", "x", NOON + HOUR, form("e1", NOON + HOUR, email="ann@bank.example", request="demo"))
    later = {"event_id": "e2", "occurred_at": iso(NOON + 2 * HOUR), **account}
    feed("crm.accounts", "A", NOON + 2 * HOUR, later)

    routings = [json.loads(emit.value) for emit in emits if emit.topic == "lead.routing" and emit.value]
    assert routings[-1]["assignee"]["id"] == "tom"
