"""An action of sales that the contract does not have changes nothing and is reported."""

from __future__ import annotations

import pytest

from schemas.base import UnreadField
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    facts,
    identified,
    reach_bar,
    rep,
    sales,
    steps,
    story,
)

FIRST = f"{BANK}#1.1"


@pytest.mark.parametrize("handoff_id", [FIRST, None])
def test_an_unknown_action_changes_nothing_and_is_reported_until_a_known_one_comes(
    handoff_id: str | None,
) -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), identified(), *reach_bar())
    unread = [UnreadField(topic="sales.activities", field="action", word="phoned")]
    event = sales("unknown", handoff_id, lead_id=None if handoff_id else "ann")
    results = market.send(event.model_copy(update={"unread": unread}), at_ms=MONDAY + HOUR_MS)
    assert (steps(results), story(results), alerts(results)) == ([], [], ["field_unreadable"])
    assert [one.found for one in results] == ["phoned"]
    overdue = market.tick(MONDAY + 4 * HOUR_MS)
    assert alerts(overdue) == ["response_due_soon", "response_overdue"]
    results = market.send(sales("touched", FIRST, at_ms=MONDAY + 5 * HOUR_MS), at_ms=MONDAY + 5 * HOUR_MS)
    assert "field_unreadable" in alerts(results, cleared=True)
