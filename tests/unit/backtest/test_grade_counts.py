"""Thresholds of the grade suggested from won and lost leads."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY
from tests.unit.backtest.leads_of_sales import decided_lead
from workers.backtest.grade_counts import GradeCounts, Outcomes, suggest_grade
from workers.backtest.grade_text import with_grade
from workers.backtest.sales_outcomes import DecidedLead
from workers.policy.load import load_policy

TEXT = POLICY.read_text("utf-8")
GRADE = load_policy(TEXT).grade


def test_the_chance_is_that_of_naive_bayes() -> None:
    counts = GradeCounts(
        (110, 100),
        (30, 20, 8),
        {"A": Outcomes(30, 20), "B": Outcomes(10, 40)},
        {"1": Outcomes(32, 15), "2": Outcomes(8, 45)},
    )
    odds = 40 / 60 * (31 / 42) / (21 / 62) * (33 / 42) / (16 / 62)
    assert counts.chance("A", "1") == pytest.approx(odds / (1 + odds))
    assert counts.chance("A", "1") > counts.chance("B", "1") > counts.chance("B", "2")


def leads_by_points() -> list[DecidedLead]:
    """Return 30 leads for each of twelve points of behaviour. With more points, more of ten are won: 1, 3, 5 or 8."""
    given = [points for points in (0, 2, 4, 6, 10, 13, 15, 18, 24, 26, 30, 35) for _ in range(30)]
    return [
        decided_lead(
            number,
            is_won=number % 10 < (8 if points >= 25 else 5 if points >= 14 else 3 if points >= 5 else 1),
            account=f"{number}",
            points={"fit:title": 20 if number % 2 else 10, "any": points},
        )
        for number, points in enumerate(given)
    ]


def test_the_suggested_thresholds_divide_the_leads_where_the_outcome_changes() -> None:
    found = suggest_grade(leads_by_points(), GRADE)
    assert found.suggested.behaviour == (26, 15, 6)
    assert found.suggested.figures == {
        "1": Outcomes(72, 18),
        "2": Outcomes(45, 45),
        "3": Outcomes(27, 63),
        "4": Outcomes(9, 81),
    }
    assert found.suggested_quality.area.value > found.present_quality.area.value


def test_thresholds_without_other_values_stay() -> None:
    leads = [
        decided_lead(number, is_won=number % 3 == 0, account=f"{number}", points={"fit:title": 20})
        for number in range(150)
    ]
    found = suggest_grade(leads, GRADE)
    assert (found.suggested.fit, found.suggested.behaviour) == ((110, 100), (30, 20, 8))


def test_the_text_has_the_thresholds_and_the_counts_behind_them() -> None:
    counts = suggest_grade(leads_by_points(), GRADE).suggested
    text = with_grade(TEXT, counts, GRADE.fit.C, "130 won and 170 lost MQLs of a quarter")
    changed = load_policy(text)
    assert counts.fit == (changed.grade.fit.A, changed.grade.fit.B)
    assert (changed.grade.behaviour.one, changed.grade.behaviour.three) == counts.behaviour[::2]
    assert changed.version == 2
    won, lost = counts.figures["1"].won, counts.figures["1"].lost
    assert f"#   behaviour: 1 {won} won, {lost} lost; 2 " in text
    assert "# 130 won and 170 lost MQLs of a quarter:\n" in text


def test_a_policy_without_grades_gets_the_section() -> None:
    without = TEXT[: TEXT.index("grade:\n")] + TEXT[TEXT.index("# ---- When a lead moves") :]
    counts = GradeCounts((110, 101), (30, 20, 8), {"A": Outcomes(1, 2)}, {"1": Outcomes(1, 2)})
    changed = load_policy(with_grade(without, counts, 70, "3 leads"))
    assert (changed.grade.fit.B, changed.grade.fit.C) == (101, 70)
