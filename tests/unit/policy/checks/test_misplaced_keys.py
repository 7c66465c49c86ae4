"""A key in the wrong place: the message names the place in which it is right, with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.problem import Problem

Problems = Callable[[str], list[Problem]]
Changed = Callable[..., str]
WEST = "west: {like: inside_sales, calendar: west"
TURN = "turn: {when_away: skip"


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        (WEST, f"{WEST}, by: fewest_open", "desks.west.by", "desks.west.turn.by"),
        (WEST, f"{WEST}, most_open: 3", "desks.west.most_open", "desks.west.turn.most_open"),
        (WEST, f"{WEST}, then: pool", "desks.west.then", "desks.west.answer_within.then"),
        (WEST, f"{WEST}, turn: {{manager: dana}}", "desks.west.turn.manager", "desks.west.manager"),
        (
            "mqls_per_rep: {most: 8",
            "mqls_per_rep: {most: 8, most_open: 3",
            "desks.inside_sales.mqls_per_rep.most_open",
            "desks.inside_sales.turn.most_open",
        ),
        (TURN, f"{TURN}, fewest_open: yes", "desks.inside_sales.turn.fewest_open", "by: fewest_open"),
        (WEST, f"{WEST}, turn: fewest_open", "desks.west.turn", "{by: fewest_open}"),
        (WEST, f"{WEST}, answer_within: pool", "desks.west.answer_within", "{then: pool}"),
    ],
)
def test_the_message_names_the_right_place(
    changed: Changed, problems: Problems, old: str, new: str, key: str, meant: str
) -> None:
    text = changed((old, new))
    (problem,) = problems(text)
    assert problem.key == key
    assert problem.expected.endswith(f"(did you mean {meant}?)")
    assert key.rpartition(".")[2] in text.splitlines()[problem.line - 1]


def test_a_key_that_is_right_nowhere_near_gets_no_advice(changed: Changed, problems: Problems) -> None:
    (problem,) = problems(changed((WEST, f"{WEST}, xyz: 1")))
    assert "did you mean" not in problem.expected


def test_a_key_that_is_not_inherited_is_missing_with_the_reason(changed: Changed, problems: Problems) -> None:
    text = changed((WEST, f"{WEST}, answer_within: {{mql: 3h, then: pool, after: 2x}}"))
    (problem,) = problems(text)
    assert problem.key == "desks.west.answer_within.raised_hand"
    assert problem.expected == (
        "the key raised_hand, which is required: answer_within is given here, so no key of it is inherited from inside_sales"
    )


@pytest.mark.parametrize("target", ["partner island_dealers", "partner dealer"])
def test_a_route_to_one_partner_is_answered_with_the_line_for_partners(
    changed: Changed, problems: Problems, target: str
) -> None:
    (problem,) = problems(changed(("to: partner}", f"to: {target}}}")))
    assert problem.key == "routes[6].to"
    assert problem.expected.endswith("the line is {if: partner_covers, to: partner}")
