"""Points suggested from won and lost leads."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY
from tests.unit.backtest.leads_of_sales import decided_lead, leads_that_price_wins
from workers.backtest.point_lines import lines_of, total_of
from workers.backtest.weights import suggest_points
from workers.policy.load import load_policy
from workers.policy.model import Policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(POLICY.read_text("utf-8"))


def test_what_won_leads_have_gets_more_points_and_what_lost_leads_have_gets_few(policy: Policy) -> None:
    lines = lines_of(policy)
    found = suggest_points(leads_that_price_wins(), lines, policy)
    assert found is not None
    points = dict(zip((line.name for line in lines), found.points, strict=True))
    assert points["pricing"] > 4
    assert points["webinar"] == 1  # never below 1, so that the rule still gives points
    assert points["paper"] == 8  # too few leads have it
    assert points["careers"] == -10
    assert found.suggested.area.value > found.present.area.value
    low, high = found.suggested.area.interval
    assert 0.5 < low < found.suggested.area.value < high
    assert found.suggested.precision.cases == found.marked == found.present.precision.cases


def test_the_same_leads_give_the_same_points(policy: Policy) -> None:
    lines = lines_of(policy)
    assert suggest_points(leads_that_price_wins(), lines, policy) == suggest_points(
        leads_that_price_wins(), lines, policy
    )


def test_points_stay_within_the_caps_and_stay_positive_or_negative(policy: Policy) -> None:
    lines = lines_of(policy)
    for seed in range(3):
        found = suggest_points(leads_that_price_wins(150, seed), lines, policy)
        assert found is not None
        for line, new in zip(lines, found.points, strict=True):
            assert new * line.sign >= max(line.base, 1 if line.is_behaviour else 0)
            assert abs(new) <= line.most


def test_the_lowest_line_of_a_fact_is_not_among_those_that_change(policy: Policy) -> None:
    titles = [line for line in lines_of(policy) if line.rule == "fit:title"]
    assert [(line.name, line.points, line.base) for line in titles] == [
        ("title manager", 15, 10),
        ("title executive", 20, 10),
    ]


def test_bands_and_tiers_are_lines_and_equal_ones_are_one_line() -> None:
    text = POLICY.read_text("utf-8") + (
        "fit:\n  employees: [{from: 1, to: 99, points: 0}, {from: 100, to: 499, points: 5}, {otherwise: 5}]\n"
        "  free_mail: -20\n"
    )
    found = {line.name: line for line in lines_of(load_policy(text))}
    both = found["employees 2 / employees 3"]
    assert both.places == (("fit", "employees", 1, "points"), ("fit", "employees", 2, "otherwise"))
    assert (both.points, both.base) == (5, 0)
    assert "free_mail" not in found  # its other line, 0, is not written in the policy


def test_a_total_has_the_caps_of_rules_groups_and_behaviour(policy: Policy) -> None:
    lines = lines_of(policy)
    present = [line.points for line in lines]
    changed = [7 if line.name == "pricing" else line.points for line in lines]
    lead = decided_lead(
        1, is_won=True, account="a", points={"fit:title": 20, "pricing": 8, "page": 5, "webinar": 12}
    )
    assert total_of(lines, present, lead.points, policy) == 110 + 13 + 12
    assert (
        total_of(lines, changed, lead.points, policy) == 110 + 15 + 12
    )  # 12 of pricing (its cap), 15 of the group
    much = decided_lead(2, is_won=True, account="a", points={"webinar": 24, "paper": 24, "pricing": 12})
    assert total_of(lines, present, much.points, policy) == 90 + 40


def test_lines_that_all_leads_have_give_no_points(policy: Policy) -> None:
    same = [
        decided_lead(
            number, is_won=number % 2 == 0, account=f"{number // 2}", points={"fit:title": 20, "pricing": 4}
        )
        for number in range(200)
    ]
    assert suggest_points(same, lines_of(policy), policy) is None
