"""Capacity per rep and desk, in the desk's day, week or month; shares by weight; ages of waiting leads."""

from __future__ import annotations

import pytest

from tests.unit.desks.world import (
    MONDAY,
    World,
    answers,
    ask,
    at,
    facts,
    give_back,
    lines,
    policy_with,
    raise_hand,
    rep,
    takers,
    team,
)
from workers.desks.capacity import weight_of
from workers.desks.rows import RepRow

HOUR_MS = 3_600_000
WEEK, WAIT = "mqls_per_rep: {most: 8, per: week", "mqls_per_rep: {most: 1, per: "
DAILY, MONTHLY = (policy_with((WEEK, WAIT + per)) for per in ("day", "month"))
HEAVIER = policy_with(("turn: {when_away", "turn: {weight: 3, when_away"))


@pytest.mark.parametrize(
    ("policy", "asked", "still_full", "free"),
    [
        (DAILY, "2026-03-02 09:00", "2026-03-02 23:59", "2026-03-03 08:30"),
        (DAILY, "2026-03-06 17:00", "2026-03-06 23:59", "2026-03-09 08:30"),  # released on Monday
        (DAILY, "2026-03-02 23:59", "2026-03-02 23:59", "2026-03-03 08:30"),
        (MONTHLY, "2026-03-02 09:00", "2026-03-31 23:59", "2026-04-01 08:30"),
        (MONTHLY, "2026-01-31 09:00", "2026-01-31 23:59", "2026-02-02 08:30"),  # 1 February is a Sunday
        (MONTHLY, "2028-02-29 09:00", "2028-02-29 23:59", "2028-03-01 08:30"),
    ],
)
def test_a_lead_that_waits_for_capacity_is_released_at_the_first_opening_of_the_next_period(
    policy: str, asked: str, still_full: str, free: str
) -> None:
    world = World(policy)
    world.send(facts(rep("a")), at_ms=at(asked))
    outputs = world.send(ask(1), ask(2), at_ms=at(asked))
    assert [(one.outcome, one.desk_full) for one in answers(outputs)] == [
        ("assigned", False),
        ("waiting", True),
    ]
    assert world.tick(at(still_full)) == []
    assert world.tick(at(free) - 1) == []
    assert takers(world.tick(at(free))) == "a"


def test_unused_capacity_lapses_with_its_period() -> None:
    world = team(rep("a", capacity=2), policy=DAILY)
    tuesday = at("2026-03-03 09:00")
    assert takers(world.send(ask(1), ask(2), ask(3), at_ms=tuesday)) == "a a"


def test_capacity_and_weight_are_the_reps_own_at_this_desk_else_the_policys() -> None:
    both = ("inside_sales", "west")
    world = team(rep("a", capacity=3, desks=both), rep("b", desks=both), policy=DAILY)
    assert takers(world.send(*[ask(number) for number in range(6)])).split().count("a") == 3
    assert world.rotation().taken == {"a": 3, "b": 1}
    assert (weight_of(RepRow(weight=None), 3), weight_of(RepRow(weight=1), 3)) == (3, 1)


def test_a_rep_without_a_weight_has_the_policys_share() -> None:
    world = team(rep("a", weight=1), rep("b"), policy=HEAVIER)
    outputs = world.send(*[ask(number) for number in range(8)])
    assert takers(outputs).split().count("b") == 6
    assert {one.rep_id: one.weight for one in lines(outputs)[0].candidates} == {"a": 1, "b": 3}


def test_a_raised_hand_ignores_a_full_day_and_uses_the_capacity_of_an_mql() -> None:
    world = team(rep("a"), policy=DAILY)
    outputs = world.send(raise_hand(1), raise_hand(2), ask(3))
    assert [one.outcome for one in answers(outputs)] == ["assigned", "assigned", "waiting"]
    assert world.rotation().taken == {"a": 2}


def test_a_return_restores_todays_capacity_but_not_that_of_a_past_day() -> None:
    world = team(rep("a"), policy=DAILY)
    tuesday = at("2026-03-03 09:00")
    world.send(ask(1))
    world.send(ask(2), ask("waits"), at_ms=tuesday)
    assert takers(world.send(give_back(1), at_ms=tuesday + 1)) == ""
    assert takers(world.send(give_back(2), at_ms=tuesday + 2)) == "a"


def test_answer_and_ledger_give_both_ages_of_a_lead_that_waits() -> None:
    world = team(rep("a"), policy=DAILY)
    outputs = world.send(ask("first"), ask("old", since_ms=MONDAY - 2 * HOUR_MS, total=136))
    assert [(one.ages is None) for one in answers(outputs)] == [True, False]
    assert [(one.ages is None) for one in lines(outputs)] == [True, False]
    began = answers(outputs)[1].ages
    assert began is not None
    assert (began.lead_seconds, began.wait_seconds) == (7_200, 0)
    released = world.tick(at("2026-03-03 08:30"))
    for one in (answers(released)[0], lines(released)[0]):
        assert one.ages is not None
        assert (one.ages.lead_seconds, one.ages.wait_seconds) == (25 * 3_600 + 1_800, 23 * 3_600 + 1_800)


def test_of_leads_with_equal_points_the_older_goes_first_however_long_it_waits_here() -> None:
    world = team(rep("a"), policy=DAILY)
    world.send(ask("first"), ask("young", since_ms=MONDAY))
    world.send(ask("old", since_ms=MONDAY - 1), at_ms=MONDAY + HOUR_MS)
    assert [one.lead_id for one in answers(world.tick(at("2026-03-03 08:30")))] == ["lead-old"]


def test_a_repeated_request_gets_the_same_ages() -> None:
    world = team(rep("a"), policy=DAILY)
    world.send(ask(1), ask(2))
    released = answers(world.tick(at("2026-03-03 08:30")))
    assert answers(world.send(ask(2), at_ms=at("2026-03-05 12:00"))) == released


def test_an_absent_rep_neither_uses_nor_blocks_capacity() -> None:
    away = ((MONDAY - HOUR_MS, at("2026-03-04 12:00")),)
    world = team(rep("a", away=away), rep("b"), policy=DAILY)
    outputs = world.send(ask(1), ask(2))
    assert [one.rep_id for one in answers(outputs)] == ["b", None]
    assert world.rotation().taken == {"b": 1}
