"""Sales' words that come late: what happened since counts, and silence ends nothing that was answered before it."""

from __future__ import annotations

import pytest

from schemas.vocabulary import Stage
from tests.hops.accounts.evaluation.test_expiry import BEFORE, FIRST, LATER, handed_off
from tests.hops.accounts.market import (
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    assert_one_owner,
    demo,
    facts,
    papers,
    reach_bar,
    rep,
    sales,
    steps,
    story,
)

DAY_2 = MONDAY + DAY_MS


@pytest.mark.parametrize(
    ("count", "no_ms", "expected"),
    [
        pytest.param(2, -HOUR_MS, ["recycled", "mql"], id="enough after it"),
        pytest.param(1, -HOUR_MS, ["recycled"], id="too little after it"),
        pytest.param(2, HOUR_MS, ["recycled"], id="enough, but before it"),
    ],
)
def test_enough_that_came_before_a_late_no_and_is_dated_after_it_brings_the_lead_back_with_it(
    count: int, no_ms: int, expected: list[str]
) -> None:
    market = handed_off()
    market.send(*papers(count, at_ms=DAY_2), at_ms=DAY_2)
    no = sales("rejected", FIRST, at_ms=DAY_2 + no_ms, reason="not_now")
    holder = market.account().holder
    assert holder is not None
    outputs = market.send(no, at_ms=DAY_2 + 2 * HOUR_MS)
    assert steps(outputs) == expected
    assert story(outputs) == ["withdrawn mql -", *[f"assigned mql {holder.id}"] * (len(expected) - 1)]
    assert_one_owner(market.outputs)


def test_a_raised_hand_that_waits_for_its_desk_is_not_lost_by_a_no_from_before_it() -> None:
    market = Market(is_manual=True)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    market.deliver_all(MONDAY)
    market.send(demo(at_ms=DAY_2), at_ms=DAY_2)
    market.send(sales("rejected", FIRST, at_ms=DAY_2 - HOUR_MS, reason="not_now"), at_ms=DAY_2 + HOUR_MS)
    assert story(market.deliver_all(DAY_2 + HOUR_MS)) == ["assigned raised_hand r1"]


def test_the_raised_hand_that_sales_says_no_to_is_no_other_however_the_clocks_differ() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), demo())
    outputs = market.send(sales("rejected", FIRST, at_ms=MONDAY - 1, reason="not_now"))
    assert (steps(outputs), story(outputs)) == (["recycled"], ["withdrawn raised_hand -"])


@pytest.mark.parametrize("action", ["accepted", "rejected", "returned", "reassigned"])
@pytest.mark.parametrize("handoff_id", [FIRST, None])
def test_what_is_said_late_of_a_hand_off_that_silence_has_closed(action: str, handoff_id: str | None) -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(
        sales(
            action,
            handoff_id,
            at_ms=BEFORE,
            lead_id=None if handoff_id else "ann",
            reason="not_now" if action == "rejected" else None,
            to_rep_id="r2" if action == "reassigned" else None,
        ),
        at_ms=LATER,
    )
    assert steps(outputs) == (["recycled"] if action == "rejected" else [])
    assert story(outputs) == []


def test_a_no_that_is_dated_after_the_silence_ends_nothing_more() -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(sales("rejected", FIRST, at_ms=LATER, reason="not_now"), at_ms=LATER)
    assert steps(outputs) == []


def test_a_no_that_is_said_of_the_cycle_before_ends_not_this_one() -> None:
    market = handed_off()
    market.tick(LATER)
    market.send(*reach_bar(at_ms=LATER), at_ms=LATER)
    assert market.stage() is Stage.MQL
    outputs = market.send(sales("rejected", FIRST, at_ms=BEFORE, reason="not_now"), at_ms=LATER)
    assert steps(outputs) == []


def test_new_points_since_the_silence_are_new_points_since_a_no_that_takes_its_place() -> None:
    market = handed_off()
    market.tick(LATER)
    market.send(*papers(1, at_ms=LATER), at_ms=LATER)
    market.send(sales("rejected", FIRST, at_ms=BEFORE, reason="not_now"), at_ms=LATER)
    outputs = market.send(
        activity("webinar_attended", at_ms=LATER + 1), *papers(1, at_ms=LATER + 1), at_ms=LATER + 1
    )
    assert steps(outputs) == ["mql"]
