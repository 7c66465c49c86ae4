"""The kinds of decay: what is left of an event's points at an age, and the forms that are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workers.policy.decay import Decay
from workers.policy.load import load_policy
from workers.policy.pages.explain_output import explain_policy
from workers.policy.problem import Problem

FADE = "{to_zero_after_days: 60}"


def points_at(fade: Any, each: int, *ages: int) -> list[int]:
    decay = Decay.model_validate(fade)
    return [decay.points(each, decay.weights[age]) if age < decay.horizon_days else 0 for age in ages]


@pytest.mark.parametrize(
    ("fade", "ages", "left"),
    [
        ("none", (0, 60, 3_649, 3_650), [1000, 1000, 1000, 0]),
        ({"to_zero_after_days": "60"}, (0, 6, 59, 60), [1000, 900, 17, 0]),
        ({"half_life_days": "30"}, (0, 15, 30, 60, 299, 300), [1000, 707, 500, 250, 1, 0]),
        ({"half_life_days": "1"}, (0, 1, 2, 9, 10), [1000, 500, 250, 2, 0]),
        ({"half_life_days": "3650"}, (0, 1825, 3_649, 3_650), [1000, 707, 500, 0]),
        ({"steps": {"30": "50", "90": "0"}}, (0, 29, 30, 89, 90), [1000, 1000, 500, 500, 0]),
        (
            {"steps": {"90d": "25%", "30": "50"}},
            (29, 30, 89, 90, 3_649, 3_650),
            [1000, 500, 500, 250, 250, 0],
        ),
    ],
)
def test_the_points_that_are_left_at_an_age(fade: Any, ages: tuple[int, ...], left: list[int]) -> None:
    assert points_at(fade, 1000, *ages) == left
    assert points_at(fade, -1000, *ages) == [-points for points in left]


def test_points_never_rise_with_age() -> None:
    for fade in ({"half_life_days": "7"}, {"steps": {"5": "60", "9": "10"}}, {"to_zero_after_days": "12"}):
        weights = Decay.model_validate(fade).weights
        assert list(weights) == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    ("fade", "key", "expected"),
    [
        ("{}", "behaviour.fade", "one of to_zero_after_days, half_life_days, steps"),
        ("{half_life_days: 9, to_zero_after_days: 60}", "behaviour.fade", "one of to_zero_after_days"),
        ("{half_life_days: 0}", "behaviour.fade.half_life_days", "from 1 to 3650"),
        ("{half_live_days: 9}", "behaviour.fade.half_live_days", "did you mean half_life_days?"),
        ("{steps: {}}", "behaviour.fade.steps", "at least 1"),
        ("{steps: {30: 50, 60: 50}}", "behaviour.fade", "fall from step to step"),
        ("{steps: {30: 100}}", "behaviour.fade.steps.30", "0 to 99"),
        ("{steps: {soon: 50}}", "behaviour.fade.steps.soon", "a whole number"),
    ],
)
def test_a_decay_that_cannot_be_read_is_refused_by_its_key(
    changed: Callable[..., str],
    problems: Callable[[str], list[Problem]],
    fade: str,
    key: str,
    expected: str,
) -> None:
    found = {one.key: one.expected for one in problems(changed((FADE, fade)))}

    assert expected in found[key]


@pytest.mark.parametrize(
    ("fade", "sentence"),
    [
        ("none", "No decay: the points of an event stay the same"),
        ("{half_life_days: 30}", "half are left after 30 days"),
        (
            "{steps: {30: 50, 90: 0}}",
            "50 percent are left from 30 days on, 0 percent are left from 90 days on",
        ),
    ],
)
def test_explain_has_a_sentence_for_each_kind(changed: Callable[..., str], fade: str, sentence: str) -> None:
    assert any(sentence in line for line in explain_policy(load_policy(changed((FADE, fade)))))
