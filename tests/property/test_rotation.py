"""The rotation's promises.

All stay within one turn of the exact share, ties go by list order, and a return undoes its turn exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations_with_replacement, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.desks.rotation import FULL_TURN, Step, apply_turn, limit_credit, next_turn, undo_turn

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
        credit = apply_turn(credit, step)
        steps.append(step)
    return steps, credit


def assert_within_one_turn(weights: Iterable[int]) -> None:
    """Assert that through a full period no candidate is a whole turn off its exact share.

    Counted in whole numbers. The period ends where it began: all credits are 0.
    """
    members = members_of(list(weights))
    total = sum(members.values())
    credit: dict[str, int] = {}
    had = dict.fromkeys(members, 0)
    for number in range(1, total + 1):
        step = next_turn(list(members.items()), credit)
        credit = apply_turn(credit, step)
        had[step.taker] += 1
        off = [abs(had[rep] * total - number * weight) for rep, weight in members.items()]
        assert max(off) < total, (members, number)
    assert had == members
    assert set(credit.values()) == {0}


@pytest.mark.parametrize(("candidates", "heaviest"), [(1, 30), (2, 30), (3, 12), (4, 7)])
def test_no_order_of_small_weights_takes_a_candidate_a_whole_turn_off(candidates: int, heaviest: int) -> None:
    for weights in product(range(1, heaviest + 1), repeat=candidates):
        assert_within_one_turn(weights)


@pytest.mark.parametrize(("candidates", "heaviest"), [(5, 11), (6, 8)])
@pytest.mark.parametrize("is_rising", [True, False], ids=["rising", "falling"])
def test_no_small_weights_of_five_and_six_candidates_take_one_a_whole_turn_off(
    candidates: int, heaviest: int, is_rising: bool
) -> None:
    for weights in combinations_with_replacement(range(1, heaviest + 1), candidates):
        assert_within_one_turn(weights if is_rising else reversed(weights))


def must_be_served_by_definition(lines: list[tuple[int, int]], turn: int) -> set[int]:
    """Return the candidates owed a turn by the first tight moment: up to it no turn is to spare.

    It tries one moment after the other.
    """
    for turns in range(1, 400):
        owed = {at: (credit + turns * gain) // turn for at, (credit, gain) in enumerate(lines)}
        if sum(max(one, 0) for one in owed.values()) >= turns:
            return {at for at, one in owed.items() if one > 0}
        if all(credit + turns * gain >= 0 for credit, gain in lines):
            break
    return set()


@settings(max_examples=150, deadline=None)
@given(weight_lists, st.data())
def test_the_taker_is_one_who_must_be_served_by_definition(weights: list[int], data: st.DataObject) -> None:
    members = members_of(weights)
    credits_ = st.integers(-2 * FULL_TURN, 2 * FULL_TURN) | st.integers(-9, 9).map(
        lambda n: n * FULL_TURN // 6
    )
    credit = {rep: data.draw(credits_) for rep in members}
    step = next_turn(list(members.items()), credit)
    lines = [(credit[rep], weight * step.unit) for rep, weight in members.items()]
    must = must_be_served_by_definition(lines, step.price) or set(range(len(lines)))
    best = max(sum(lines[at]) for at in must)
    taker = list(members).index(step.taker)
    assert taker in must
    assert sum(lines[taker]) == best


def test_the_base_rule_falls_a_whole_turn_behind_where_this_one_does_not() -> None:
    weights = [8, 8, 8, 1, 1]
    total, current, had = sum(weights), [0] * 5, [0] * 5
    off = []
    for number in range(1, total + 1):
        current = [one + weight for one, weight in zip(current, weights, strict=True)]
        taker = current.index(max(current))
        current[taker] -= total
        had[taker] += 1
        off += [abs(one * total - number * weight) for one, weight in zip(had, weights, strict=True)]
    assert max(off) >= total
    assert_within_one_turn(weights)


def test_no_rule_keeps_all_within_one_turn_when_candidates_change() -> None:
    credit: dict[str, int] = {}
    for pair in (["a", "b"], ["c", "d"]):
        credit = apply_turn(credit, next_turn([(rep, 1) for rep in pair], credit))
    went_without = [rep for rep, owed in credit.items() if owed > 0]
    step = next_turn([(rep, 1) for rep in went_without], credit)
    after = apply_turn(credit, step)
    (still,) = set(went_without) - {step.taker}
    assert credit[still] + step.unit == FULL_TURN
    assert after[still] == FULL_TURN - 1


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (0, 999_999, 999_999),
        (600_000, 1_100_000, 999_999),
        (-600_000, -1_100_000, -999_999),
        (1_500_000, 1_900_000, 1_500_000),  # turns were returned: owed in full, and nothing is added
        (1_500_000, 1_200_000, 1_200_000),
        (-1_500_000, -1_900_000, -1_500_000),
        (-1_500_000, -1_200_000, -1_200_000),
    ],
)
def test_a_credit_is_limited_to_less_than_one_turn(before: int, after: int, kept: int) -> None:
    assert limit_credit(before, after) == kept


@settings(max_examples=150, deadline=None)
@given(weight_lists)
def test_after_every_turn_all_are_within_one_turn_of_the_exact_share(weights: list[int]) -> None:
    members = members_of(weights)
    total = sum(weights)
    had = dict.fromkeys(members, 0)
    for number, step in enumerate(turns(members, min(2 * total, 200))[0], 1):
        had[step.taker] += 1
        assert all(abs(had[rep] - Fraction(number * weight, total)) < 1 for rep, weight in members.items())


@settings(max_examples=100, deadline=None)
@given(weight_lists)
def test_after_a_full_period_each_had_its_weight_in_turns_and_owes_nothing(weights: list[int]) -> None:
    members = members_of(weights)
    steps, credit = turns(members, sum(weights))
    assert {rep: sum(step.taker == rep for step in steps) for rep in members} == members
    assert set(credit.values()) == {0}


@settings(max_examples=150, deadline=None)
@given(weight_lists, st.data())
def test_a_return_undoes_its_turn_exactly_whatever_turns_came_after(
    weights: list[int], data: st.DataObject
) -> None:
    members = members_of(weights)
    steps, credit = turns(members, data.draw(st.integers(1, 30)))
    undone = data.draw(st.integers(0, len(steps) - 1))
    rest: dict[str, int] = dict.fromkeys(members, 0)
    for step in steps[:undone] + steps[undone + 1 :]:
        for rep, weight in step.weights:
            rest[rep] += weight * step.unit - (step.price if rep == step.taker else 0)
    assert undo_turn(credit, steps[undone]) == rest


changes = st.tuples(
    weight_lists,
    st.integers(0, 2**32),
    st.floats(0.1, 1.0),  # how many are present
    st.floats(0.0, 0.3),  # how often a rep joins, leaves or changes its weight
)


@settings(max_examples=100, deadline=None)
@given(changes)
def test_a_credit_is_the_difference_from_the_share_less_what_lapsed_however_candidates_change(
    story: tuple[list[int], int, float, float],
) -> None:
    weights, seed, present, restless = story
    members = members_of(weights)
    chance = Random(seed)
    credit: dict[str, int] = {}
    off: dict[str, Fraction] = {}
    rounded = 0
    for _ in range(60):
        if chance.random() < restless:
            who = f"r{chance.randrange(len(weights) + 2):02}"
            if who in members and len(members) > 1 and chance.random() < 0.5:
                del members[who]
                credit.pop(who, None)
                off.pop(who, None)
            else:
                members[who] = chance.choice([1, 2, 5, 9])
        there = {rep: weight for rep, weight in members.items() if chance.random() < present} or members
        rounded += 2 * sum(there.values())
        step = next_turn(list(there.items()), credit)
        after = apply_turn(credit, step)
        for rep, weight in there.items():
            due = credit.get(rep, 0) + weight * step.unit - (step.price if rep == step.taker else 0)
            share = Fraction(weight, sum(there.values())) - (rep == step.taker)
            off[rep] = off.get(rep, Fraction(0)) + share - Fraction(due - after[rep], FULL_TURN)
            assert abs(after[rep]) < FULL_TURN
            assert abs(off[rep] * FULL_TURN - after[rep]) <= rounded
        credit = after


@settings(max_examples=150, deadline=None)
@given(weight_lists, st.integers(1, 40), st.data())
def test_little_credit_lapses_and_none_any_more_once_the_candidates_stay_the_same(
    weights: list[int], count: int, data: st.DataObject
) -> None:
    """With constant candidates after any changes, each loses less than two turns of credit in all."""
    members = members_of(weights)
    credit: dict[str, int] = {}
    for _ in range(count):
        there = data.draw(st.sets(st.sampled_from(sorted(members)), min_size=1))
        credit = apply_turn(credit, next_turn([(rep, members[rep]) for rep in sorted(there)], credit))
    lapsed = dict.fromkeys(members, 0)
    for _ in range(3 * sum(weights)):
        step = next_turn(list(members.items()), credit)
        after = apply_turn(credit, step)
        for rep, weight in members.items():
            due = credit.get(rep, 0) + weight * step.unit - (step.price if rep == step.taker else 0)
            lapsed[rep] += abs(due - after[rep])
        credit = after
    assert max(lapsed.values()) < 2 * FULL_TURN


@settings(max_examples=100, deadline=None)
@given(weight_lists, st.integers(0, 60))
def test_a_new_member_gets_no_turns_for_the_time_before(weights: list[int], count: int) -> None:
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
def test_at_most_one_turn_is_held_for_an_absent_rep(weights: list[int], count: int, weight: int) -> None:
    members = members_of(weights)
    credit: dict[str, int] = {}
    for _ in range(count):
        step = next_turn(list(members.items()), credit, held=[("away", weight)])
        assert step.taker != "away"
        credit = apply_turn(credit, step)
        assert 0 <= credit["away"] < FULL_TURN
        assert max(map(abs, credit.values())) < FULL_TURN
