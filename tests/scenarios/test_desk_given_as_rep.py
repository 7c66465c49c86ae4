"""A sender gives the id of a desk as a rep_id, as an integration does that copies the assignee of a hand-off. No effect is endless."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.edge import HOUR, NOON, AllHops

DESK = "desk:inside_sales"
HANDOFF = "domain:bank.example#1.1"


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
    hops = AllHops()
    asked = {"form_id": "demo", "email": "ann@bank.example", "request": "demo", "job_title": "Student"}
    hops.feed("form.fills", "x", NOON, **asked)
    hops.feed(topic, key, NOON + HOUR, **fields)
    hops.replay.run_timers(NOON + 100 * HOUR)

    routings = hops.events("lead.routing")
    assert routings[0]["assignee"]["id"] == DESK
    assert len(routings) < 20
    assert hops.events("dead.letters") == []
