"""Which points and days rest on events dated ahead: the same in any order, bounded, and gone when the points are."""

from __future__ import annotations

from itertools import permutations

from workers.accounts.rulebook.behaviour import Behaviour, MatchingRules, RulePoints
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.future_dated import (
    MOST_FUTURE_DATED,
    flag_future_dated,
    future_dated_days,
    is_future_dated,
    with_future_dated,
)

PAGE = MatchingRules(((0, ("page",)), (30_000, ("page", "long_visit"))))
POINTS = Behaviour(
    9, (RulePoints("page", 4, 2, "e1"), RulePoints("paper", 8, 1, "e2"), RulePoints("cap:behaviour", -3, 0))
)


def noted(*days: int) -> ScoreRow:
    score = ScoreRow()
    for day in days:
        score = with_future_dated(score, day, f"e{day}", PAGE)
    return score


def test_only_lines_of_rules_that_fit_are_marked_and_the_points_stay() -> None:
    made = flag_future_dated(POINTS, noted(5), 5, 60)
    assert [(line.rule, line.clamped) for line in made.lines] == [
        ("page", True),
        ("paper", None),
        ("cap:behaviour", None),
    ]
    assert made.points == 9


def test_what_has_faded_or_is_yet_to_come_marks_nothing() -> None:
    assert flag_future_dated(POINTS, noted(5), 64, 60) != POINTS
    assert flag_future_dated(POINTS, noted(5), 65, 60) == flag_future_dated(POINTS, noted(5), 4, 60) == POINTS


def test_whatever_the_duration_turns_out_to_be_the_day_is_marked() -> None:
    assert future_dated_days(noted(5)) == {("page", 5), ("long_visit", 5)}


def test_the_same_is_remembered_in_any_order_and_each_event_once() -> None:
    assert len({noted(*days).ahead for days in permutations((3, 1, 2))}) == 1
    assert noted(1, 1) == noted(1)


def test_the_latest_are_remembered() -> None:
    score = noted(*range(MOST_FUTURE_DATED + 1))
    assert len(score.ahead) == MOST_FUTURE_DATED
    assert (is_future_dated(score, "e0"), is_future_dated(score, "e20"), is_future_dated(score, None)) == (
        False,
        True,
        False,
    )
