"""Whether a rep has touched an account: each rep's own touches count, not only the first one."""

from __future__ import annotations

from itertools import permutations

import pytest

from schemas.desk_requests import RequestMode
from schemas.lead_events import SalesAnswered
from schemas.vocabulary import AssigneeType, Kind
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    alerts,
    assert_one_owner,
    demo,
    facts,
    rep,
    sales,
    story,
)
from workers.accounts.handoffs.deadlines import with_touch
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import HandoffRow

FIRST = f"{BANK}#1.1"
MINUTE_MS = 60_000
WEDNESDAY = (MONDAY + 2 * DAY_MS, MONDAY + 3 * DAY_MS)


def a_market() -> Market:
    """Return a market in which r1 has ann's request. The deputy of r1 is r3, the manager of the desk is dana."""
    market = Market()
    market.reps(
        rep("r1", away=(WEDNESDAY,), deputy_rep_id="r3"),
        rep("r2"),
        rep("r3", at_desk=False),
        rep("dana", at_desk=False),
    )
    market.send(facts(), demo())
    return market


def word(action: str, minutes: int, rep_id: str, to_rep_id: str | None = None) -> SalesAnswered:
    """Return what a rep reports of ann's hand-off, ``minutes`` after nine."""
    event = sales(action, FIRST, at_ms=MONDAY + minutes * MINUTE_MS, to_rep_id=to_rep_id)
    activity = event.activity.model_copy(
        update={"rep_id": rep_id, "event_id": f"{action}-{rep_id}-{minutes}"}
    )
    return event.model_copy(update={"activity": activity})


def apply(market: Market, *words: SalesAnswered) -> None:
    for event in words:
        market.send(event, at_ms=max(market.now_ms, event.occurred_at_ms))


COLLEAGUE_FIRST = [
    pytest.param([word("touched", 2, "dana"), word(action, 5, "r1")], id=f"manager-then-{action}")
    for action in ("touched", "accepted", "sales_qualified")
]
HOLDER_FIRST = [
    pytest.param([word("accepted", 5, "r1"), word("touched", 7, "r2")], id="holder-then-colleague")
]
DELIVERED_LATE = [
    pytest.param([word("touched", 5, "r1"), word("touched", 2, "r2")], id="colleague-delivered-late")
]


@pytest.mark.parametrize("words", [*COLLEAGUE_FIRST, *HOLDER_FIRST, *DELIVERED_LATE])
def test_a_holder_who_touched_one_lead_keeps_an_unanswered_account(words: list[SalesAnswered]) -> None:
    market = a_market()
    apply(market, *words)
    market.send(demo("bob", at_ms=MONDAY + 10 * MINUTE_MS), at_ms=MONDAY + 10 * MINUTE_MS)

    results = market.tick(MONDAY + 2 * HOUR_MS)

    assert story(results) == []
    assert alerts(results)[-1] == "still_unanswered"


@pytest.mark.parametrize("action", ["touched", "accepted", "sales_qualified"])
def test_who_was_given_the_account_manually_and_touched_it_keeps_it(action: str) -> None:
    market = a_market()
    apply(market, word("reassigned", 2, "r1", to_rep_id="r2"), word(action, 5, "r2"))
    market.send(demo("bob", at_ms=MONDAY + 10 * MINUTE_MS), at_ms=MONDAY + 10 * MINUTE_MS)

    results = market.tick(MONDAY + 2 * HOUR_MS)

    assert story(results) == []
    assert alerts(results)[-1] == "still_unanswered"


def test_who_was_given_the_account_manually_and_did_nothing_loses_it() -> None:
    market = a_market()
    apply(market, word("reassigned", 2, "r1", to_rep_id="r2"))

    results = market.tick(MONDAY + 2 * HOUR_MS)

    assert story(results) == ["reassigned raised_hand dana"]


def test_a_reassignment_alone_is_not_a_touch_of_the_rep_who_reports_it() -> None:
    market = a_market()
    apply(market, word("reassigned", 2, "dana", to_rep_id="r1"))

    results = market.tick(MONDAY + 2 * HOUR_MS)

    assert story(results) == ["reassigned raised_hand r3"]


@pytest.mark.parametrize("words", [*COLLEAGUE_FIRST, *DELIVERED_LATE])
def test_an_absent_holder_who_touched_the_account_second_has_a_deputy(words: list[SalesAnswered]) -> None:
    market = a_market()
    apply(market, *words)

    results = market.tick(WEDNESDAY[0])

    assert story(results) == ["reassigned raised_hand r3"]


def test_the_account_of_an_absent_holder_whom_only_a_colleague_helped_goes_to_the_next_in_turn() -> None:
    market = a_market()
    apply(market, word("touched", 2, "dana"))

    results = market.tick(WEDNESDAY[0])

    assert story(results) == ["reassigned raised_hand r2"]


@pytest.mark.parametrize("colleague_at", [1, 7], ids=["before-the-holder", "after-the-holder"])
def test_a_touch_delivered_late_brings_the_account_back_although_a_colleague_touched_it_too(
    colleague_at: int,
) -> None:
    market = a_market()
    assert story(market.tick(MONDAY + 2 * HOUR_MS)) == ["reassigned raised_hand r2"]
    apply(market, word("touched", colleague_at, "dana"), word("touched", 5, "r1"))
    assert story(market.outputs)[-1] == "reassigned raised_hand r1"
    assert_one_owner(market.outputs)


def test_the_order_in_which_touches_arrive_does_not_matter() -> None:
    row = HandoffRow(
        lead_id="ann",
        kind=Kind.MQL,
        holder=Holder(AssigneeType.REP, "r1"),
        cycle=1,
        request_id="",
        request_desk="",
        mode=RequestMode.TURN,
        created_ms=0,
        event_id="",
        day=0,
    )
    touches = [(5, "r1"), (3, "r2"), (3, "r1"), (9, "dana"), (5, "r1")]
    made = set()
    for order in permutations(touches):
        held = row
        for at_ms, rep_id in order:
            held = with_touch(held, at_ms, rep_id)
        made.add((held.touched_ms, held.touched_by, held.also_touched_by))
    assert made == {(3, "r1", ("dana", "r2"))}
