"""Late feedback of sales: later events count, and an expiry ends nothing that was answered before it."""

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
    ("count", "rejected_ms", "expected"),
    [
        pytest.param(2, -HOUR_MS, ["recycled", "mql"], id="enough after it"),
        pytest.param(1, -HOUR_MS, ["recycled"], id="too little after it"),
        pytest.param(2, HOUR_MS, ["recycled"], id="enough, but before it"),
    ],
)
def test_enough_points_dated_after_a_late_rejection_bring_the_lead_back_with_it(
    count: int, rejected_ms: int, expected: list[str]
) -> None:
    market = handed_off()
    market.send(*papers(count, at_ms=DAY_2), at_ms=DAY_2)
    rejection = sales("rejected", FIRST, at_ms=DAY_2 + rejected_ms, reason="not_now")
    holder = market.account().holder
    assert holder is not None
    results = market.send(rejection, at_ms=DAY_2 + 2 * HOUR_MS)
    assert steps(results) == expected
    assert story(results) == ["withdrawn mql -", *[f"assigned mql {holder.id}"] * (len(expected) - 1)]
    assert_one_owner(market.outputs)


def test_a_raised_hand_that_waits_for_its_desk_survives_an_earlier_rejection() -> None:
    market = Market(is_manual=True)
    market.reps(rep("r1"))
    market.send(facts(), *reach_bar())
    market.deliver_all(MONDAY)
    market.send(demo(at_ms=DAY_2), at_ms=DAY_2)
    market.send(sales("rejected", FIRST, at_ms=DAY_2 - HOUR_MS, reason="not_now"), at_ms=DAY_2 + HOUR_MS)
    assert story(market.deliver_all(DAY_2 + HOUR_MS)) == ["assigned raised_hand r1"]


def test_a_rejected_raised_hand_does_not_bring_itself_back_if_the_clocks_differ() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(), demo())
    results = market.send(sales("rejected", FIRST, at_ms=MONDAY - 1, reason="not_now"))
    assert (steps(results), story(results)) == (["recycled"], ["withdrawn raised_hand -"])


@pytest.mark.parametrize("action", ["accepted", "rejected", "returned", "reassigned"])
@pytest.mark.parametrize("handoff_id", [FIRST, None])
def test_late_feedback_about_an_expired_hand_off_has_an_effect_only_if_it_rejects(
    action: str, handoff_id: str | None
) -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(
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
    assert steps(results) == (["recycled"] if action == "rejected" else [])
    assert story(results) == []


def test_a_rejection_dated_after_the_expiry_ends_nothing() -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(sales("rejected", FIRST, at_ms=LATER, reason="not_now"), at_ms=LATER)
    assert steps(results) == []


def test_a_rejection_of_the_cycle_before_does_not_end_the_present_one() -> None:
    market = handed_off()
    market.tick(LATER)
    market.send(*reach_bar(at_ms=LATER), at_ms=LATER)
    assert market.stage() is Stage.MQL
    results = market.send(sales("rejected", FIRST, at_ms=BEFORE, reason="not_now"), at_ms=LATER)
    assert steps(results) == []


def test_new_points_since_an_expiry_are_new_points_since_the_rejection_that_replaces_it() -> None:
    market = handed_off()
    market.tick(LATER)
    market.send(*papers(1, at_ms=LATER), at_ms=LATER)
    market.send(sales("rejected", FIRST, at_ms=BEFORE, reason="not_now"), at_ms=LATER)
    results = market.send(
        activity("webinar_attended", at_ms=LATER + 1), *papers(1, at_ms=LATER + 1), at_ms=LATER + 1
    )
    assert steps(results) == ["mql"]
