"""Responses that were missed, as accounts report them to the desk: the same facts count the same in every order."""

from __future__ import annotations

from itertools import permutations

import pytest

from schemas.lead_events import RepChanged, SalesAnswered
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    demo,
    facts,
    rep,
    routings,
    sales,
)
from workers.desks.rows import MissedRow

TEXT = POLICY_TEXT.replace("when_rejected: give_back", "when_rejected: give_back, off_after_missed: 2")
MINUTE_MS = 60_000
DUE = MONDAY + 30 * MINUTE_MS
LATE = DUE + 10 * MINUTE_MS


@pytest.fixture
def market() -> Market:
    """Return a market in which a rep has not answered a raised hand for 40 minutes. 30 are agreed."""
    market = Market(TEXT)
    market.finishes = True
    market.reps(rep("r1"), rep("r2"), rep("dana", at_desk=False))
    market.send(facts(), demo())
    market.tick(LATE)
    assert missed(market) == [DUE]
    return market


def missed(market: Market) -> list[int]:
    """Return when the responses were due that the desk counts as missed."""
    rows = market.desks.decider.rows.scan(MissedRow, "desk:inside_sales", limit=9)
    return [due_ms for _, row in rows for due_ms, _ in row.misses]


def holder(market: Market) -> str:
    assignee = routings(market.outputs)[-1].assignee
    assert assignee is not None
    return assignee.id


@pytest.mark.parametrize("order", list(permutations((DUE, DUE + 1, DUE + 2))))
def test_a_touch_in_time_takes_the_miss_back_whatever_later_touch_arrived_before(
    market: Market, order: tuple[int, ...]
) -> None:
    for touched_ms in order:
        event = sales("touched", at_ms=touched_ms, lead_id="ann")
        activity = event.activity.model_copy(update={"rep_id": holder(market)})
        market.send(SalesAnswered(**(event.__dict__ | {"activity": activity})), at_ms=LATE + 1)
    assert missed(market) == []


@pytest.mark.parametrize(("since_ms", "left"), [(DUE - 1, []), (DUE, [DUE])])
def test_an_absence_that_began_before_the_deadline_and_is_known_after_it_takes_the_miss_back(
    market: Market, since_ms: int, left: list[int]
) -> None:
    gone = RepChanged(
        event_id="away", account_key=BANK, rep_id=holder(market), change="away", since_ms=since_ms
    )
    market.send(gone, at_ms=LATE + HOUR_MS)
    assert missed(market) == left
