"""The open leads of a partner, as its accounts report them to the desk of all partners."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.erasure import PersonErased
from schemas.partner_load import PARTNERS_DESK
from schemas.topics import LEAD_EVENTS
from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, POLICY_TEXT, Market, demo, facts, rep, sales
from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, PARTNER, REP, REST, with_routes
from workers.desks.rows import RotationRow
from workers.engine.api import Record

TERMS = "regions: [HI], gets: mql, answer_within: 16h, then: next_partner, sees: [name]"
FREE = with_routes(
    POLICY_TEXT,
    (NEVER, CUSTOMER, OPEN, OWNER, PARTNER, REP, REST),
    before=f"partners:\n  ada: {{{TERMS}}}\n  bo: {{{TERMS}}}\n",
)
IN_TURN = FREE.replace("{regions: [HI]", "{level: gold, regions: [HI]")
LIMITED = FREE.replace("{regions", "{most_open: 9, regions")


def with_leads(text: str, *leads: str) -> Market:
    """Return a market in which the partner ada has these leads of an account in Hawaii."""
    market = Market(text)
    market.finishes = True
    market.reps(rep("r1"), rep("dana", at_desk=False), rep("own", at_desk=False))
    market.send(facts(region="HI"), *(demo(one) for one in leads))
    return market


def counted(market: Market) -> dict[str, int]:
    rotation = market.desks.decider.rows.get(RotationRow, PARTNERS_DESK) or RotationRow()
    return {name.removeprefix("partner:"): count for name, count in rotation.taken.items() if count}


def lose_to_the_next(market: Market) -> None:
    market.tick(MONDAY + 3 * DAY_MS)


def gain_an_owner(market: Market) -> None:
    market.send(facts(region="HI", owner_rep_id="own", event_id="crm-2"), at_ms=MONDAY + HOUR_MS)


def reject_one(market: Market) -> None:
    market.send(sales("rejected", lead_id="ann", reason="not_now", at_ms=MONDAY + HOUR_MS))


def erase_one(market: Market) -> None:
    erased = PersonErased(event_id="gone", lead_id="ann", occurred_at_ms=MONDAY).model_dump_json().encode()
    record = Record(LEAD_EVENTS.name, 0, market.accounts.offset, MONDAY, None, erased)
    market._take(one for one in market.accounts.decide(record) if one.value is not None)
    market.deliver_all(MONDAY)


@pytest.mark.parametrize(
    ("happens", "after"),
    [
        (lose_to_the_next, {"bo": 2}),
        (gain_an_owner, {}),
        (reject_one, {"ada": 1}),
        (erase_one, {"ada": 1}),
    ],
)
def test_the_desk_counts_what_the_partner_has(happens: Any, after: dict[str, int]) -> None:
    market = with_leads(LIMITED, "ann", "bob")
    assert counted(market) == {"ada": 2}
    happens(market)
    assert counted(market) == after


def test_a_policy_that_begins_to_limit_partners_counts_what_they_have_already() -> None:
    market = with_leads(FREE, "ann", "bob")
    assert counted(market) == {}
    market.follow(LIMITED.replace("version: 1", "version: 2"), MONDAY + HOUR_MS)
    market.tick(MONDAY + HOUR_MS + 1)
    assert counted(market) == {"ada": 2}


@pytest.mark.parametrize("text", [FREE, IN_TURN])
def test_without_limits_nothing_is_reported_and_nothing_is_counted(text: str) -> None:
    market = with_leads(text, "ann")
    assert (market.account().partner_load, counted(market)) == (None, {})
    assert market.account().holder is not None
