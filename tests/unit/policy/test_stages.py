"""Thresholds of the grade."""

from __future__ import annotations

import pytest

from workers.policy.model import Policy


@pytest.mark.parametrize(
    ("fit", "behaviour", "grade"),
    [
        (110, 30, "A1"),
        (109, 29, "B2"),
        (100, 20, "B2"),
        (99, 19, "C3"),
        (70, 8, "C3"),
        (69, 7, "D4"),
        (0, -20, "D4"),
    ],
)
def test_a_grade_is_the_first_threshold_reached(
    default: Policy, fit: int, behaviour: int, grade: str
) -> None:
    assert default.grade.of(fit, behaviour) == grade
