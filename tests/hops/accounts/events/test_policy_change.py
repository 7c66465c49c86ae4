"""Another agreement in the middle of a cycle: what was decided stands, nothing flaps, nobody becomes an MQL by it."""

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

HIGHER = ("    bar: 135 ", "    bar: 140 ")
GERMAN = ("in: [US]", "in: [DE]")
OURS = ("domains: [our-own.example]", "domains: [our-own.example, bank.example]")


def agreement(version: int, *changes: tuple[str, str]) -> str:
    text = POLICY_TEXT
    for old, new in (("version: 1\n", f"version: {version}\n"), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def market() -> Market:
    """Ann is an MQL, and r1 has her."""
    made = Market()
    made.reps(rep("r1"), rep("r2"))
    made.send(facts(), identified(), *reach_bar())
    return made


def looks(market: Market, at_ms: int) -> list[object]:
    return market.send(activity("page_view", at_ms=at_ms), at_ms=at_ms)


def test_a_higher_bar_takes_no_mql_back_and_the_old_one_makes_none_anew(market: Market) -> None:
    for version, changes in ((2, [HIGHER]), (3, []), (4, [HIGHER])):
        now = MONDAY + version * HOUR_MS
        outputs = market.follow(agreement(version, *changes), now)
        assert (steps(outputs), story(outputs)) == ([], [])
        assert story(looks(market, now + 1)) == []
    assert market.stage() is Stage.MQL


def test_a_gate_that_closes_and_opens_again_changes_the_word_and_not_the_rep(market: Market) -> None:
    closed = market.follow(agreement(2, GERMAN), MONDAY + HOUR_MS)
    opened = market.follow(agreement(3), MONDAY + 2 * HOUR_MS)
    assert (steps(closed), story(closed)) == (["outside"], ["relabelled mql r1"])
    assert (steps(opened), story(opened)) == (["mql"], ["relabelled mql r1"])
    assert [one.qualification for one in routings(market.outputs)] == [None, "inquiry", "mql"]
    assert {one.handoff_id for one in routings(market.outputs)} == {f"{BANK}#1.1"}
    assert story(looks(market, MONDAY + 3 * HOUR_MS)) == []


def test_who_was_excluded_for_a_while_is_handed_over_again_by_what_they_do_next(market: Market) -> None:
    out = market.follow(agreement(2, OURS), MONDAY + HOUR_MS)
    back = market.follow(agreement(3), MONDAY + 2 * HOUR_MS)
    assert (steps(out), story(out)) == (["disqualified"], ["withdrawn mql -"])
    assert (steps(back), story(back)) == (["nurture"], [])
    assert story(looks(market, MONDAY + 3 * HOUR_MS)) == ["assigned mql r1"]
    assert_one_owner(market.outputs)


def test_a_no_stands_under_another_agreement_and_its_points_are_counted_by_it(market: Market) -> None:
    market.send(sales("rejected", f"{BANK}#1.1", reason="not_now"))
    day_2 = MONDAY + DAY_MS
    market.send(*papers(1, at_ms=day_2), at_ms=day_2)
    outputs = market.follow(agreement(2, ("again: {new_points: 12}", "again: {new_points: 9}")), day_2)
    assert steps(outputs) == []
    assert steps(looks(market, day_2 + 1)) == ["mql"]  # eight and one
