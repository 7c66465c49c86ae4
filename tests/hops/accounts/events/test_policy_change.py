"""A new policy in the middle of a cycle: earlier decisions hold, and the change itself makes no lead an MQL."""

from __future__ import annotations

import pytest

from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    assert_one_owner,
    facts,
    identified,
    papers,
    reach_bar,
    rep,
    routings,
    sales,
    steps,
    story,
)

HIGHER_THRESHOLD = ("    bar: 135 ", "    bar: 140 ")
GERMANY_ONLY = ("in: [US]", "in: [DE]")
OWN_DOMAIN = ("own_domains: [our-own.example]", "own_domains: [our-own.example, bank.example]")


def policy_text(version: int, *changes: tuple[str, str]) -> str:
    text = POLICY_TEXT
    for old, new in (("version: 1\n", f"version: {version}\n"), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def market() -> Market:
    """Return a market in which Ann is an MQL and r1 is the holder."""
    made = Market()
    made.reps(rep("r1"), rep("r2"))
    made.send(facts(), identified(), *reach_bar())
    return made


def view_page(market: Market, at_ms: int) -> list[object]:
    return market.send(activity("page_view", at_ms=at_ms), at_ms=at_ms)


def test_a_higher_threshold_reverses_no_mql_and_the_former_one_makes_no_second_mql(market: Market) -> None:
    for version, changes in ((2, [HIGHER_THRESHOLD]), (3, []), (4, [HIGHER_THRESHOLD])):
        now = MONDAY + version * HOUR_MS
        results = market.follow(policy_text(version, *changes), now)
        assert (steps(results), story(results)) == ([], [])
        assert story(view_page(market, now + 1)) == []
    assert market.stage() is Stage.MQL


def test_a_gate_that_fails_and_passes_again_changes_the_qualification_and_not_the_rep(market: Market) -> None:
    closed = market.follow(policy_text(2, GERMANY_ONLY), MONDAY + HOUR_MS)
    opened = market.follow(policy_text(3), MONDAY + 2 * HOUR_MS)
    assert (steps(closed), story(closed)) == (["outside"], ["relabelled mql r1"])
    assert (steps(opened), story(opened)) == (["mql"], ["relabelled mql r1"])
    assert [one.qualification for one in routings(market.outputs)] == [None, "inquiry", "mql"]
    assert {one.handoff_id for one in routings(market.outputs)} == {f"{BANK}#1.1"}
    assert story(view_page(market, MONDAY + 3 * HOUR_MS)) == []


def test_a_lead_that_was_excluded_for_a_while_is_handed_off_again_at_its_next_activity(
    market: Market,
) -> None:
    excluded = market.follow(policy_text(2, OWN_DOMAIN), MONDAY + HOUR_MS)
    included = market.follow(policy_text(3), MONDAY + 2 * HOUR_MS)
    assert (steps(excluded), story(excluded)) == (["disqualified"], ["withdrawn mql -"])
    assert (steps(included), story(included)) == (["nurture"], [])
    assert story(view_page(market, MONDAY + 3 * HOUR_MS)) == ["assigned mql r1"]
    assert_one_owner(market.outputs)


def test_a_rejection_holds_under_a_new_policy_and_new_points_count_by_the_new_policy(market: Market) -> None:
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    day_2 = MONDAY + DAY_MS
    market.send(*papers(1, at_ms=day_2), at_ms=day_2)
    results = market.follow(policy_text(2, ("again: {new_points: 12}", "again: {new_points: 9}")), day_2)
    assert steps(results) == []
    assert steps(view_page(market, day_2 + 1)) == ["mql"]  # 8 points of a paper and 1 of the page view
