"""Inheritance between desks by `like`: inherited keys, own keys, and the lines of errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.routes import OWNED, REP, REST, with_routes
from workers.policy.load import load_policy
from workers.policy.problem import Problem

WEST = "{if: {regions: [CA]}, to: desk west}"
Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]


def with_west(changed: Changed, *desks: str, more: tuple[tuple[str, str], ...] = ()) -> str:
    text = with_routes(changed(), (*OWNED, REP, WEST, REST), "".join(f"  {one}\n" for one in desks))
    for old, new in more:
        assert old in text
        text = text.replace(old, new)
    return text


def line_of(text: str, piece: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def test_a_desk_inherits_every_key_that_it_does_not_give(changed: Changed) -> None:
    text = with_west(
        changed,
        "west: {like: inside_sales, calendar: west, mqls_per_rep: {most: 3, per: day, when_full: wait}}",
    )
    desks = load_policy(text).desks
    west, east = desks["west"], desks["inside_sales"]
    assert (west.calendar, west.mqls_per_rep.most, west.mqls_per_rep.per) == ("west", 3, "day")
    assert (west.manager, west.turn, west.answer_within) == (east.manager, east.turn, east.answer_within)
    assert (east.calendar, east.mqls_per_rep.most) == ("east", 8)


def test_the_other_desk_may_come_later_and_inherit_from_a_third(changed: Changed) -> None:
    text = with_west(
        changed,
        "west: {like: north, calendar: west}",
        "north: {like: inside_sales, manager: nora}",
        more=(
            (
                "regions: [CA]}, to: desk west}",
                "regions: [CA]}, to: desk west}\n  - {if: {regions: [AK]}, to: desk north}",
            ),
        ),
    )
    west = load_policy(text).desks["west"]
    assert (west.calendar, west.manager, west.due_soon_percent) == ("west", "nora", 75)


@pytest.mark.parametrize(
    ("desk", "key", "found", "expected"),
    [
        ("{like: inside_sale}", "desks.west.like", '"inside_sale"', "did you mean inside_sales?"),
        ("{like: west}", "desks.west.like", '"west", a circular reference', "does not inherit"),
        (
            "{like: inside_sales, like_this: x}",
            "desks.west.like_this",
            "the unknown key like_this",
            "one of like",
        ),
        (
            "{like: inside_sales, calendar: moon}",
            "desks.west.calendar",
            '"moon"',
            "a calendar that calendars defines",
        ),
        (
            "{like: inside_sales, answer_within: {mql: 3h}}",
            "desks.west.answer_within.raised_hand",
            "no such key",
            "required",
        ),
    ],
)
def test_an_invalid_like_is_refused_at_its_line(
    changed: Changed, problems: Problems, desk: str, key: str, found: str, expected: str
) -> None:
    text = with_west(changed, f"west: {desk}")
    problem = next(one for one in problems(text) if one.key == key)
    assert (problem.found, problem.line) == (found, line_of(text, "west: {like"))
    assert expected in problem.expected


def test_a_circular_reference_between_desks_is_refused(changed: Changed, problems: Problems) -> None:
    text = with_west(changed, "west: {like: north}", "north: {like: west}")
    assert ('"west", a circular reference', "desks.north.like") in [
        (one.found, one.key) for one in problems(text)
    ]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("most: 8", "most: many", "desks.inside_sales.mqls_per_rep.most"),
        ("due_soon_percent: 75", "due_soon_percent: 0", "desks.inside_sales.due_soon_percent"),
        ("calendar: east", "calendar: moon", "desks.inside_sales.calendar"),
    ],
)
def test_an_error_in_an_inherited_key_is_reported_once_at_its_own_line(
    changed: Changed, problems: Problems, old: str, new: str, key: str
) -> None:
    text = with_west(changed, "west: {like: inside_sales}", more=((old, new),))
    found = [(one.key, one.line) for one in problems(text) if one.key.startswith("desks.")]
    assert found == [(key, line_of(text, new))]


def test_an_error_inherited_over_two_desks_is_reported_at_its_own_line(
    changed: Changed, problems: Problems
) -> None:
    text = with_west(changed, "north: {like: inside_sales, manager: ''}", "west: {like: north}")
    assert ("desks.north.manager", line_of(text, "north: {like")) in [
        (one.key, one.line) for one in problems(text)
    ]
