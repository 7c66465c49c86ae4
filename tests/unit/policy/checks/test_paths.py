"""Nurture paths and routes that no lead can reach, and paths that cover others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workers.policy.model import Policy
from workers.policy.paths import EVERY_LEAD, PathIf
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]


def test_a_line_after_otherwise_is_refused(changed: Changed, problems: Problems) -> None:
    last = "  - {otherwise: newsletter}\n"
    (problem,) = problems(changed((last, last + "  - {if: {stages: [customer]}, path: thanks}\n")))
    assert (problem.key, problem.found) == ("paths[4]", "thanks after otherwise")
    assert "as the last line" in problem.expected


def test_a_route_with_an_unknown_signal_is_refused(changed: Changed, problems: Problems) -> None:
    last = "  - {otherwise: desk"
    line = "  - {if: {signals: [rates, page]}, to: desk inside_sales}\n"
    (problem,) = problems(changed((last, line + last)))
    assert (problem.key, problem.found) == ("routes[10].if.signals[2]", '"page"')
    assert "a rule that behaviour.signals lists" in problem.expected


def test_a_path_with_a_signal_is_refused_if_no_signals_are_defined(
    changed: Changed, problems: Problems
) -> None:
    text = changed(
        ("  signals: {rules: [pricing, rates, webinar], bundle: 4h}", "#"),
        ("total: {from: 120}", "signals: [pricing]"),
    )
    assert [one.key for one in problems(text)] == ["paths[2].if.signals[1]"]


@pytest.mark.parametrize(
    ("earlier", "later", "is_covered"),
    [
        ({"stages": ["nurture"]}, {"stages": ["nurture"], "total": {"from": "9"}}, True),
        ({"total": {"from": "9"}}, {"stages": ["nurture"], "total": {"from": "10", "to": "12"}}, True),
        ({"total": {"from": "9"}}, {"stages": ["customer"], "total": {"from": "9"}}, False),
        ({"stages": ["nurture"], "total": {"from": "9"}}, {"stages": ["nurture"]}, False),
        ({"signals": ["a", "b"]}, {"signals": ["a"], "grades": ["A1"]}, True),
        ({"signals": ["a"]}, {"signals": ["a", "b"]}, False),
    ],
)
def test_a_line_covers_a_narrower_one(
    earlier: dict[str, Any], later: dict[str, Any], is_covered: bool
) -> None:
    condition = PathIf.model_validate(later)
    assert PathIf.model_validate(earlier).covers(condition) is is_covered
    assert EVERY_LEAD.covers(condition) is ("customer" not in condition.stages)


def test_the_default_policy_names_its_paths_in_order(default: Policy) -> None:
    assert [line.name for line in default.paths] == ["wake_up", "almost_there", "newsletter"]
    assert default.paths[-1].condition is EVERY_LEAD
