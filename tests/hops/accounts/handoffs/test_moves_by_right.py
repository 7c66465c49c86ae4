"""An account that moves to another rep by right: each open hand-off gets the whole time of its own kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.base import Model
from schemas.outputs import LeadRouting
from schemas.vocabulary import Request
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    MONDAY,
    Market,
    assert_one_owner,
    at,
    demo,
    facts,
    form,
    instant,
    opportunity,
    reach_bar,
    rep,
    routings,
    sales,
)
from workers.accounts.rulebook.terms import MOST_AT_ONCE

MINUTE_MS = 60_000
WHOLE_TIME = {"mql": 180, "raised": 30, "active": 240, "in_cycle": 120}
"""Minutes of the default policy until the first response. ``active``: a person of a customer was active."""


def fails_a_gate(lead_id: str) -> Model:
    """Return the demo request of a person whom the policy's gates turn down."""
    return demo(lead_id, job_title="Student", job_function="other")


def a_market(most_at_once: int = MOST_AT_ONCE) -> Market:
    market = Market(most_at_once=most_at_once)
    market.finishes = True
    market.reps(rep("r1"), rep("r2"), rep("kay", at_desk=False), rep("lou", at_desk=False))
    return market


def due(results: list[LeadRouting], moved_ms: int) -> dict[str, int]:
    """Return the minutes from the move to the deadline, by lead."""
    return {
        one.lead_id: int(one.first_response_due_at.timestamp() * 1000 - moved_ms) // MINUTE_MS
        for one in results
        if one.assignee is not None and one.first_response_due_at is not None
    }


def prospects(market: Market, owner: str | None) -> dict[str, int]:
    """Make an MQL and a raised hand. Return the whole time of each."""
    market.send(facts(owner_rep_id=owner), *reach_bar("ann"), demo("bob"))
    return {"ann": WHOLE_TIME["mql"], "bob": WHOLE_TIME["raised"]}


def customers(market: Market, owner: str | None) -> dict[str, int]:
    """Make an active person and a price question of a customer. Return the whole time of each."""
    account = facts(owner_rep_id=owner, relationship=CUSTOMER)
    market.send(account, form(Request.PRICING, "bob"), form(Request.CONTENT, "ann"))
    return {"ann": WHOLE_TIME["active"], "bob": WHOLE_TIME["raised"]}


def in_cycle(market: Market, owner: str | None) -> dict[str, int]:
    """Make an active person and a price question of an account with an open opportunity."""
    account = facts(open_opportunities=[opportunity(owner or "kay")])
    market.send(account, form(Request.PRICING, "bob"), form(Request.CONTENT, "ann"))
    return {"ann": WHOLE_TIME["in_cycle"], "bob": WHOLE_TIME["raised"]}


@pytest.mark.parametrize("most_at_once", [MOST_AT_ONCE, 1], ids=["few", "in chunks"])
@pytest.mark.parametrize("later", [20, 29], ids=["early", "shortly before a deadline"])
@pytest.mark.parametrize(
    ("make", "owner", "record"),
    [
        pytest.param(prospects, "kay", {"owner_rep_id": "lou"}, id="another owner"),
        pytest.param(prospects, None, {"owner_rep_id": "lou"}, id="a first owner"),
        pytest.param(prospects, None, {"relationship": CUSTOMER, "owner_rep_id": "lou"}, id="a customer"),
        pytest.param(prospects, None, {"open_opportunities": [opportunity("lou")]}, id="an opportunity"),
        pytest.param(
            customers,
            "kay",
            {"relationship": CUSTOMER, "owner_rep_id": "lou"},
            id="another owner of a customer",
        ),
        pytest.param(
            in_cycle,
            "kay",
            {"open_opportunities": [opportunity("kay"), opportunity("lou", 2)]},
            id="a later opportunity",
        ),
    ],
)
def test_each_hand_off_gets_the_whole_time_of_its_own_kind(
    make: Callable[[Market, str | None], dict[str, int]],
    owner: str | None,
    record: dict[str, object],
    later: int,
    most_at_once: int,
) -> None:
    market = a_market(most_at_once)
    expected = make(market, owner)
    moved_ms = MONDAY + later * MINUTE_MS

    later_record = record | {"event_id": "crm-2", "occurred_at": instant(moved_ms)}
    results = routings(market.send(facts(**later_record), at_ms=moved_ms))

    assert {one.assignee.id for one in results if one.assignee} == {"lou"}
    assert due(results, moved_ms) == expected
    assert_one_owner(market.outputs)


def test_hand_offs_of_an_owner_who_left_get_the_time_of_their_kinds() -> None:
    market = a_market()
    expected = prospects(market, "kay")
    moved_ms = MONDAY + 20 * MINUTE_MS
    begun = len(market.outputs)

    market.reps(rep("kay", at_desk=False, active=False), at_ms=moved_ms)

    assert due(routings(market.outputs[begun:]), moved_ms) == expected


def test_an_answered_hand_off_has_no_deadline_after_a_move() -> None:
    market = a_market()
    prospects(market, "kay")
    market.send(sales("touched", f"{BANK}#1.2", at_ms=MONDAY + 1), at_ms=MONDAY + 1)
    market.send(facts(owner_rep_id="lou", event_id="crm-2"), at_ms=MONDAY + 20 * MINUTE_MS)

    results = market.tick(at("2026-03-02 12:19"))

    assert {one.lead_id for one in results} == {"ann"}


def test_a_move_at_night_gives_the_time_of_the_kind_from_the_opening() -> None:
    market = a_market()
    expected = prospects(market, "kay")
    market.send(facts(owner_rep_id="lou", event_id="crm-2"), at_ms=at("2026-03-02 23:00"))

    results = [one for one in routings(market.outputs) if one.assignee and one.assignee.id == "lou"]

    assert due(results, at("2026-03-03 08:30")) == expected


def test_an_inquiry_that_moves_along_keeps_the_time_of_inquiries() -> None:
    market = a_market()
    market.send(facts(owner_rep_id="kay"), demo("bob"), fails_a_gate("eve"))
    first = due(routings(market.outputs), MONDAY)
    moved_ms = MONDAY + 20 * MINUTE_MS
    results = market.send(facts(owner_rep_id="lou", event_id="crm-2"), at_ms=moved_ms)
    assert due(routings(results), moved_ms) == first
