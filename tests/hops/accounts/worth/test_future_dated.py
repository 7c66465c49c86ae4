"""Points and days that depend on future-dated events: the same in any order, bounded, and gone with the points."""

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


def remember(*days: int) -> ScoreRow:
    score = ScoreRow()
    for day in days:
        score = with_future_dated(score, day, f"e{day}", PAGE)
    return score


def test_only_lines_of_matching_rules_are_marked_and_the_points_stay() -> None:
    made = flag_future_dated(POINTS, remember(5), 5, 60)
    assert [(line.rule, line.clamped) for line in made.lines] == [
        ("page", True),
        ("paper", None),
        ("cap:behaviour", None),
    ]
    assert made.points == 9


def test_an_event_beyond_the_horizon_or_of_a_later_day_marks_nothing() -> None:
    assert flag_future_dated(POINTS, remember(5), 64, 60) != POINTS
    assert (
        flag_future_dated(POINTS, remember(5), 65, 60)
        == flag_future_dated(POINTS, remember(5), 4, 60)
        == POINTS
    )


def test_the_day_is_marked_for_every_duration_that_the_event_may_have() -> None:
    assert future_dated_days(remember(5)) == {("page", 5), ("long_visit", 5)}


def test_events_are_remembered_in_any_order_and_without_repeats() -> None:
    assert len({remember(*days).ahead for days in permutations((3, 1, 2))}) == 1
    assert remember(1, 1) == remember(1)


def test_only_the_latest_events_are_remembered() -> None:
    score = remember(*range(MOST_FUTURE_DATED + 1))
    assert len(score.ahead) == MOST_FUTURE_DATED
    assert (is_future_dated(score, "e0"), is_future_dated(score, "e20"), is_future_dated(score, None)) == (
        False,
        True,
        False,
    )
