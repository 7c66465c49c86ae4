"""The rotation's promises: nobody a turn off the exact share, ties by list order, and returns that undo exactly."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.desks.rotation import FULL_TURN, Step, given_back, next_turn, taken, without

Weights = dict[str, int]


def members_of(weights: list[int]) -> Weights:
    return {f"r{number:02}": weight for number, weight in enumerate(weights)}


weight_lists = st.lists(st.sampled_from([1, 1, 1, 2, 3, 5, 8, 30]), min_size=1, max_size=14)


def turns(
    weights: Weights, count: int, credit: dict[str, int] | None = None
) -> tuple[list[Step], dict[str, int]]:
    credit = dict(credit or {})
    steps = []
    for _ in range(count):
        step = next_turn(list(weights.items()), credit)
        credit = taken(credit, step)
        steps.append(step)
    return steps, credit


@settings(max_examples=150, deadline=None)
@given(weight_lists)
def test_after_every_turn_nobody_is_a_whole_turn_off_the_exact_share(weights: list[int]) -> None:
    members = members_of(weights)
    total = sum(weights)
    had = dict.fromkeys(members, 0)
    for number, step in enumerate(turns(members, min(2 * total, 200))[0], 1):
        had[step.taker] += 1
        assert all(abs(had[rep] - Fraction(number * weight, total)) < 1 for rep, weight in members.items())


@settings(max_examples=100, deadline=None)
@given(weight_lists)
def test_after_a_round_everybody_had_its_weight_in_turns_and_owes_nothing(weights: list[int]) -> None:
    members = members_of(weights)
    steps, credit = turns(members, sum(weights))
    assert {rep: sum(step.taker == rep for step in steps) for rep in members} == members
    assert set(credit.values()) == {0}


@settings(max_examples=150, deadline=None)
@given(weight_lists, st.data())
def test_a_return_undoes_its_turn_exactly_whatever_came_after(
    weights: list[int], data: st.DataObject
) -> None:
    members = members_of(weights)
    steps, credit = turns(members, data.draw(st.integers(1, 30)))
    undone = data.draw(st.integers(0, len(steps) - 1))
    rest: dict[str, int] = dict.fromkeys(members, 0)
    for step in steps[:undone] + steps[undone + 1 :]:
        rest = taken(rest, step)
    assert given_back(credit, steps[undone]) == rest


@settings(max_examples=150, deadline=None)
@given(weight_lists, st.integers(0, 2**32), st.floats(0.1, 1.0))
def test_however_candidates_change_credits_are_the_distance_from_the_share_and_stay_small(
    weights: list[int], seed: int, present: float
) -> None:
    members = members_of(weights)
    chance = Random(seed)
    credit: dict[str, int] = {}
    share = dict.fromkeys(members, Fraction(0))
    had = dict.fromkeys(members, 0)
    for _ in range(60):
        there = {rep: weight for rep, weight in members.items() if chance.random() < present} or members
        step = next_turn(list(there.items()), credit)
        credit = taken(credit, step)
        had[step.taker] += 1
        for rep, weight in there.items():
            share[rep] += Fraction(weight, sum(there.values()))
        assert sum(credit.values()) == 0
        assert max(map(abs, credit.values())) < 2 * FULL_TURN
    assert all(
        abs((share[rep] - had[rep]) * FULL_TURN - credit.get(rep, 0)) < FULL_TURN // 100 for rep in members
    )


@settings(max_examples=100, deadline=None)
@given(weight_lists.filter(lambda weights: len(weights) > 1), st.integers(0, 40), st.data())
def test_a_leaver_leaves_no_debt_and_the_rest_share_as_if_it_had_never_been(
    weights: list[int], count: int, data: st.DataObject
) -> None:
    members = members_of(weights)
    leaver = data.draw(st.sampled_from(sorted(members)))
    _, credit = turns(members, count, dict.fromkeys(members, 0))
    stay = {rep: weight for rep, weight in members.items() if rep != leaver}
    left = without(credit, leaver, stay)
    assert leaver not in left
    assert sum(left.values()) == 0
    for rep, weight in stay.items():
        gained = left[rep] - credit[rep]
        assert abs(gained - Fraction(credit[leaver] * weight, sum(stay.values()))) < len(members) + 1


@settings(max_examples=100, deadline=None)
@given(weight_lists, st.integers(0, 60))
def test_a_newcomer_catches_up_nothing(weights: list[int], count: int) -> None:
    members = members_of(weights)
    _, credit = turns(members, count)
    joined = members | {"zz": 1}
    total = sum(joined.values())
    had = 0
    for number, step in enumerate(turns(joined, total, credit)[0], 1):
        had += step.taker == "zz"
        assert had - Fraction(number, total) < 1


@settings(max_examples=100, deadline=None)
@given(weight_lists, st.integers(1, 60), st.integers(1, 30))
def test_a_held_turn_is_kept_and_no_more_than_one(weights: list[int], count: int, weight: int) -> None:
    members = members_of(weights)
    credit: dict[str, int] = {}
    for _ in range(count):
        step = next_turn(list(members.items()), credit, held=[("away", weight)])
        assert step.taker != "away"
        credit = taken(credit, step)
        assert 0 <= credit["away"] < FULL_TURN
        assert sum(credit.values()) == 0
