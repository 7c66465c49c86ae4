"""Which points and days rest on events dated ahead: the same in any order, bounded, and gone when the points are."""

from __future__ import annotations

from itertools import permutations

from workers.accounts.rulebook.behaviour import Behaviour, Fitting, Line
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.future_dated import MOST_AHEAD, days_ahead, flagged, is_ahead, with_ahead

PAGE = Fitting(((0, ("page",)), (30_000, ("page", "long_visit"))))
POINTS = Behaviour(9, (Line("page", 4, 2, "e1"), Line("paper", 8, 1, "e2"), Line("cap:behaviour", -3, 0)))


def noted(*days: int) -> ScoreRow:
    score = ScoreRow()
    for day in days:
        score = with_ahead(score, day, f"e{day}", PAGE)
    return score


def test_only_lines_of_rules_that_fit_are_marked_and_the_points_stay() -> None:
    made = flagged(POINTS, noted(5), 5, 60)
    assert [(line.rule, line.clamped) for line in made.lines] == [
        ("page", True),
        ("paper", None),
        ("cap:behaviour", None),
    ]
    assert made.points == 9


def test_what_has_faded_or_is_yet_to_come_marks_nothing() -> None:
    assert flagged(POINTS, noted(5), 64, 60) != POINTS
    assert flagged(POINTS, noted(5), 65, 60) == flagged(POINTS, noted(5), 4, 60) == POINTS


def test_whatever_the_duration_turns_out_to_be_the_day_is_marked() -> None:
    assert days_ahead(noted(5)) == {("page", 5), ("long_visit", 5)}


def test_the_same_is_remembered_in_any_order_and_each_event_once() -> None:
    assert len({noted(*days).ahead for days in permutations((3, 1, 2))}) == 1
    assert noted(1, 1) == noted(1)


def test_the_latest_are_remembered() -> None:
    score = noted(*range(MOST_AHEAD + 1))
    assert len(score.ahead) == MOST_AHEAD
    assert (is_ahead(score, "e0"), is_ahead(score, "e20"), is_ahead(score, None)) == (False, True, False)
