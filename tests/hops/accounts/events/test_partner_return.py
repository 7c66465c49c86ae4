"""The stage and the rep of a lead that a partner returns, does not answer, or loses with its agreement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.base import Model
from schemas.lead_events import SalesAnswered
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    assert_one_owner,
    demo,
    facts,
    opportunity,
    reach_bar,
    rep,
    routings,
    sales,
)
from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, PARTNER, REP, REST, with_routes

PARTNERS = """partners:
  islands: {regions: [HI], gets: sql, answer_within: 16h, then: return, sees: [name, request]}
"""
TEXT = with_routes(
    POLICY_TEXT
    if "\n  sql: " in POLICY_TEXT
    else POLICY_TEXT.replace("definitions:\n", 'definitions:\n  sql: "Need."\n'),
    (NEVER, CUSTOMER, OPEN, OWNER, PARTNER, REP, REST),
    before=PARTNERS,
)
ENDED = TEXT.replace("[HI]", "[GU]").replace("  islands:", "  others:").replace("version: 1", "version: 2")
LATER = MONDAY + 2 * DAY_MS + HOUR_MS


def say(market: Market, action: str, rep_id: str, at_ms: int, lead_id: str = "ann") -> None:
    event = sales(action, at_ms=at_ms, lead_id=lead_id)
    activity = event.activity.model_copy(
        update={"rep_id": rep_id, "event_id": f"{action}-{rep_id}-{at_ms}-{lead_id}"}
    )
    market.send(SalesAnswered(**(event.__dict__ | {"activity": activity})), at_ms=at_ms)


def with_partner(*leads: Model, text: str = TEXT) -> Market:
    """Return a market in which r1 has the leads of a bank in Hawaii."""
    market = Market(text)
    market.finishes = True
    market.reps(rep("r1"), rep("r2"), rep("dana", at_desk=False), rep("own", at_desk=False))
    market.send(facts(region="HI"), *leads)
    return market


def end_silence(market: Market) -> None:
    market.tick(LATER)


def end_return(market: Market) -> None:
    say(market, "returned", "islands", LATER)


def end_agreement(market: Market) -> None:
    market.follow(ENDED, LATER)
    market.tick(LATER + 1)


ENDS = [
    pytest.param(end_silence, id="silent"),
    pytest.param(end_return, id="returned"),
    pytest.param(end_agreement, id="agreement ended"),
]


def holders(market: Market) -> dict[str, str]:
    """Return who has the open hand-offs, by lead."""
    found: dict[str, str] = {}
    for one in routings(market.outputs):
        found.pop(one.lead_id, None)
        if one.assignee is not None:
            found[one.lead_id] = one.assignee.id
    assert_one_owner(market.outputs)
    return found


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("leads", [[demo()], reach_bar()], ids=["a raised hand", "an MQL"])
def test_a_lead_that_sales_qualified_is_an_sql_again_with_the_rep_who_had_it(
    leads: list[Model], end: Callable[[Market], None]
) -> None:
    market = with_partner(*leads)
    say(market, "sales_qualified", "r1", MONDAY + 1)
    assert (holders(market), market.stage()) == ({"ann": "partner:islands"}, "with_partner")
    end(market)
    assert (holders(market), market.stage()) == ({"ann": "r1"}, "sql")


@pytest.mark.parametrize("end", ENDS)
def test_a_colleague_whom_sales_accepted_is_an_sal_again(end: Callable[[Market], None]) -> None:
    market = with_partner(demo(), demo("bob"))
    say(market, "accepted", "r1", MONDAY + 1, "bob")
    say(market, "sales_qualified", "r1", MONDAY + 2)
    assert holders(market) == {"ann": "partner:islands", "bob": "partner:islands"}
    end(market)
    assert (market.stage("ann"), market.stage("bob")) == ("sql", "sal")
    assert holders(market) == {"ann": "r1", "bob": "r1"}


@pytest.mark.parametrize("end", [ENDS[1], ENDS[2]])
def test_what_only_the_partner_reported_of_a_colleague_is_not_kept(end: Callable[[Market], None]) -> None:
    market = with_partner(demo(), demo("bob"))
    say(market, "sales_qualified", "r1", MONDAY + 1)
    say(market, "sales_qualified", "islands", MONDAY + HOUR_MS, "bob")
    assert market.stage("bob") == "with_partner"
    end(market)
    assert (market.stage("ann"), market.stage("bob")) == ("sql", "mql")


@pytest.mark.parametrize("end", ENDS)
def test_an_opportunity_stays_one_and_goes_to_its_owner(end: Callable[[Market], None]) -> None:
    market = with_partner(demo())
    say(market, "sales_qualified", "r1", MONDAY + 1)
    market.send(
        facts(region="HI", event_id="crm-2", open_opportunities=[opportunity("own")]), at_ms=MONDAY + HOUR_MS
    )
    say(market, "touched", "own", MONDAY + HOUR_MS + 1)
    end(market)
    assert (market.stage(), holders(market)) == ("opportunity", {"ann": "own"})


def test_an_sql_below_the_threshold_is_due_for_its_rep_again() -> None:
    market = with_partner(*reach_bar())
    say(market, "sales_qualified", "r1", MONDAY + 1)
    say(market, "touched", "islands", MONDAY + HOUR_MS)
    months = MONDAY + 85 * DAY_MS
    say(market, "returned", "islands", months)
    assert (holders(market), market.stage()) == ({"ann": "r1"}, "sql")
    assert routings(market.outputs)[-1].explanation.reasons[0] == "partner_returned"
    assert routings(market.outputs)[-1].handoff_id.startswith(f"{BANK}#2.")
