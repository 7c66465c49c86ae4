"""One slip gives one message: a misspelt key is not missing too, and what follows from a refused value is not reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.document import read
from workers.policy.load import load_held_policy, load_policy
from workers.policy.problem import PolicyError, Problem

Problems = Callable[[str], list[Problem]]
Changed = Callable[..., str]


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        ("    bar: 135", "    bars: 135", "stages.mql.bars", "bar"),
        ("    bar: 135", "    treshold: 135", "stages.mql.treshold", ""),
        ("    manager: dana", "    manger: dana", "desks.inside_sales.manger", "manager"),
        ("  functions:\n", "  function:\n", "buyers.function", "functions"),
        ("desks:\n", "desk:\n", "desk", "desks"),
        ("behaviour:\n", "behavior:\n", "behavior", "behaviour"),
        ("calendars:\n", "calender:\n", "calender", "calendars"),
        ("routes:\n", "route:\n", "route", "routes"),
        ("  cap: 40 ", "  cpa: 40 ", "behaviour.cpa", "cap"),
        ("revenue: {points: 20", "revenue: {point: 20", "served_market.revenue.point", "points"),
        ("{otherwise: desk", "{otherwize: desk", "routes[10].otherwize", "otherwise"),
        ("grade:\n", "grades:\n", "grades", "grade"),
    ],
)
def test_a_misspelt_key_gives_one_message(
    changed: Changed, problems: Problems, old: str, new: str, key: str, meant: str
) -> None:
    text = changed((old, new))
    (problem,) = problems(text)
    assert problem.key == key
    assert problem.found == f"the unknown key {key.rpartition('.')[2]}"
    assert f"(did you mean {meant}?)" in problem.expected or not meant
    assert key.rpartition(".")[2] in text.splitlines()[problem.line - 1]


@pytest.mark.parametrize(
    ("written", "key", "meant"),
    [
        ("by:fewest_open", "by:fewest_open", "by: fewest_open"),
        ("off_after_missed:3", "off_after_missed:3", "off_after_missed: 3"),
        ("by = fewest_open", "by = fewest_open", "by: fewest_open"),
    ],
)
def test_a_key_that_is_joined_with_its_value_is_answered_with_both(
    changed: Changed, problems: Problems, written: str, key: str, meant: str
) -> None:
    (problem,) = problems(changed(("turn: {when_away: skip", f"turn: {{{written}")))
    assert problem.key == f"desks.inside_sales.turn.{key}"
    assert problem.expected == f"{meant}, with a blank after the colon"


def test_two_slips_in_keys_that_other_desks_inherit_have_no_consequences_there(
    changed: Changed, problems: Problems
) -> None:
    found = problems(changed(("per: week, when_full: wait", "per: weeks, when_full: pool")))
    assert [one.key.rpartition(".")[2] for one in found] == ["per", "when_full"]


def test_slips_within_a_misspelt_section_are_found_too(changed: Changed, problems: Problems) -> None:
    text = changed(("desks:\n", "desk:\n"), ("    manager: dana", "    manger: dana"), ("mql: 3h, raised_hand: 30m, inquiry: 8h, expansion: 4h, in_cycle: 2h,\n", "mql: 3x, raised_hand: 30m,\n"))  # fmt: skip
    assert [one.key for one in problems(text)] == [
        "desk",
        "desk.inside_sales.manger",
        "desk.inside_sales.answer_within.mql",
    ]


def test_a_key_that_is_like_no_other_is_unknown_and_the_missing_one_missing(
    changed: Changed, problems: Problems
) -> None:
    assert [one.found for one in problems(changed(("    manager: dana", "    xyz: dana")))].count(
        "no such key"
    ) == 1


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("  west: {like: inside_sales", "  west: {like: inside sale", "desks.west.like"),
        ("  west: {like: inside_sales", "  west: {like: [a]", "desks.west.like"),
        ("  - {otherwise: desk inside_sales}", "  - {otherwise: the rest}", "routes[10].otherwise"),
        (
            "large: {revenue: {from: 4B}}",
            "large: {revenue: {from: four}}",
            "skills.segment.large.revenue.from",
        ),
        ("new_points: 12", "new_points: {a: b}", "stages.again.new_points"),
        ("gets: sql ", "gets: [sql] ", "partners.island_dealers.gets"),
    ],
)
def test_what_follows_from_a_refused_value_is_not_reported(
    changed: Changed, problems: Problems, old: str, new: str, key: str
) -> None:
    (problem,) = problems(changed((old, new)))
    assert problem.key == key


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("bundle: 4h", "bundle: 60 days", "from 1m to 7d"),
        ("bundle: 4h", "bundle: 3 days", "a duration, as 3d"),
        ("people: 3,", "people: 50 %,", "from 2 to 10"),
        ("erase_within: 24h", "erase_within: 60 days", "from 1h to 30d"),
        ("attempts_before_no: 5 ", "attempts_before_no: $1.5 bn ", "from 1 to 20"),
    ],
)
def test_what_a_message_recommends_is_within_the_bounds_of_the_key(
    changed: Changed, problems: Problems, old: str, new: str, expected: str
) -> None:
    (problem,) = problems(changed((old, new)))
    assert problem.expected == expected


def test_a_held_policy_is_read_as_it_is_written(changed: Changed) -> None:
    """A partition never follows a key that its policy does not have."""
    with pytest.raises(PolicyError):
        load_held_policy(changed(("    bar: 135", "    bars: 135")))


def test_a_correct_policy_is_not_changed(default_text: str) -> None:
    assert load_policy(default_text).name == read(default_text, "p.yaml").tree["policy"]
