"""A person was erased, is known to the CRM again, and moves between two accounts before being a lead again: no id is used twice.

Found by the fuzz. A contact without a stage moves without having continued the numbers of the erased lead.
"""

from __future__ import annotations

import json
from typing import Any

from tests.edge import DAY, HOUR, KEY, NOON, POLICY_TEXT, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

ANN = "ann@bank.example"


def test_no_event_id_is_used_twice_when_an_erased_person_returns_to_an_account() -> None:
    emits: list[Emit] = []
    config = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
    replay = EdgeReplay(make_specs(KEY, 1), config, dead_letter, emits.append, results=RESULTS)
    replay.open_with(directory_ready(NOON))

    def feed(topic: str, key: str, at_ms: int, **fields: Any) -> None:
        value = {"event_id": f"e{at_ms}", "occurred_at": iso(at_ms), **fields}
        replay.feed(Input(topic, at_ms, key.encode(), json.dumps(value).encode()))

    feed("chat.conversations", "talk", NOON, conversation_id="talk", turn="asked_for_sales", email=ANN)
    account: dict[str, Any] = {"crm_account_id": "A1", "name": "Norrbank", "domains": ["norrbank.example"]}
    account |= {"country": "US", "relationship": "prospect", "naics": ["522110"]}
    feed("crm.accounts", "A1", NOON + HOUR, **account)
    feed("privacy.requests", ANN, NOON + DAY, email=ANN, request="erasure")
    feed("crm.contacts", ANN, NOON + DAY + HOUR, email=ANN, company={"country": "DE"})
    # Bob's company name takes the domain to the account of Norrbank, Ann's takes it away again.
    form = {"form_id": "guide", "request": "newsletter"}
    feed(
        "form.fills",
        "b1",
        NOON + DAY + 2 * HOUR,
        **form,
        email="bob@bank.example",
        company="Norrbank",
        country="US",
    )
    feed("form.fills", "b2", NOON + DAY + 3 * HOUR, **form, email=ANN, company="Another Firm", country="DE")

    stages = [json.loads(emit.value) for emit in emits if emit.topic == "lead.stages" and emit.value]
    ids = [json.loads(emit.value)["event_id"] for emit in emits if emit.value]
    anns = [one["account_key"] for one in stages if one["lead_id"] == stages[0]["lead_id"]]
    assert anns.count("domain:bank.example") > 2, anns
    assert len(set(ids)) == len(ids)
