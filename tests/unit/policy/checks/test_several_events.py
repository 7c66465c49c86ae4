"""Refusals of rules of several events, each by its key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem

RULE = "    careers:  {when: {activity: page_view, url"
WHEN = "when: {activity: signup}"

CASES = [
    ("x: {points: 5}", "behaviour.rules.x", "when, or all_of"),
    (f"x: {{{WHEN}, all_of: [page, paper], points: 5}}", "behaviour.rules.x", "when, or all_of"),
    ("x: {all_of: [page], points: 5}", "behaviour.rules.x", "two or more rules"),
    ("x: {all_of: [page, page], points: 5}", "behaviour.rules.x", "each once"),
    ("x: {all_of: [page, papre], points: 5}", "behaviour.rules.x.all_of[2]", "mean paper?"),
    (
        "x: {all_of: [page, paper], once_per: 24h, points: 5}",
        "behaviour.rules.x",
        "no once_per beside all_of",
    ),
    ("x: {all_of: [page, paper], cap: 5, points: 5}", "behaviour.rules.x", "no cap"),
    (f"x: {{{WHEN}, within: 7d, points: 5}}", "behaviour.rules.x", "no within without"),
    (f"x: {{{WHEN}, at_least_times: 1, points: 5}}", "behaviour.rules.x.at_least_times", "from 2 to 1000"),
    (
        f"x: {{{WHEN}, at_least_times: 3, within: 12h, points: 5}}",
        "behaviour.rules.x.within",
        "whole days, as 1d or 7d",
    ),
    (f"x: {{{WHEN}, at_least_times: 3, cap: 9, points: 5}}", "behaviour.rules.x", "no cap"),
    (
        f"x: {{{WHEN}, at_least_times: 3, once_per: 24h, within: 2d, points: 5}}",
        "behaviour.rules.x.at_least_times",
        "fewer times, a shorter once_per, or more days (within)",
    ),
    (f"x: {{{WHEN}, points: 0}}", "behaviour.rules.x", "unless all_of, signals or stages.mql.or_does has it"),
    (
        f"x: {{all_of: [page, paper], points: 5}}\n    y: {{{WHEN}, instead_of: x, points: 1}}",
        "behaviour.rules.y.instead_of",
        "a rule with when",
    ),
    (
        "x: {all_of: [page, paper], points: 5}\n    y: {all_of: [x, paper], points: 1}",
        "behaviour.rules.y.all_of[1]",
        "a rule with when",
    ),
]


@pytest.mark.parametrize(("line", "key", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_that_cannot_be_meant_is_refused_by_its_key(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], line: str, key: str, expected: str
) -> None:
    found = {one.key: one.expected for one in problems(changed((RULE, f"    {line}\n{RULE}")))}

    assert expected in found[key]


@pytest.mark.parametrize(("name", "expected"), [("papre", "mean paper?"), ("careers", "gives points")])
def test_a_rule_that_makes_no_mql_is_refused(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], name: str, expected: str
) -> None:
    (problem,) = problems(changed(("bar: 135 ", f"bar: 135\n    or_does: [{name}] ")))

    assert (problem.key, expected in problem.expected) == ("stages.mql.or_does[1]", True)


def test_a_rule_of_several_events_gives_its_points_once_to_the_most_of_behaviour(
    changed: Callable[..., str],
) -> None:
    alone = {
        "cap: 40 ": "cap: 90 ",
        "web: {cap: 15}": "web: {cap: 1}",
        "content: {cap: 16}": "content: {cap: 1}",
        "events: {cap: 24}": "events: {cap: 1}",
        "email: {cap: 6}": "email: {cap: 1}",
        "bar: 135": "bar: 120",
        "{1: 30, 2: 20, 3: 8}": "{1: 20, 2: 10, 3: 5}",
        RULE: f"    x: {{{WHEN}, at_least_times: 3, points: 20}}\n{RULE}",
    }

    assert load_policy(changed(*alone.items())).behaviour.attainable == 24
