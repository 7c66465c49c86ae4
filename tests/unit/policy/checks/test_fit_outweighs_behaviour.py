from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]

FIT = "100 (industry 30 + revenue 20 + country 20 + function 20 + title 10)"

CASES = [
    ("  cap: 40 ", "  cap: 100 ", "behaviour.cap", f"100, while the lowest fit that passes every gate is {FIT}", "below 100"),
    ("points: 10, words", "points: 0, words", "stages.mql.bar", "135, while the lowest fit", "at most 130"),
    ("bar: 135", "bar: 141", "stages.mql.bar", f"141, while the lowest fit that passes every gate is {FIT}", "at most 140"),
    ("bar: 135", "bar: 40", "stages.mql.bar", "40, while behaviour alone can give 40", "above 40"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "found", "expected"), CASES)
def test_numbers_that_clash_are_refused_and_named(
    changed: Changed, problems: Problems, old: str, new: str, key: str, found: str, expected: str
) -> None:
    problem = next(one for one in problems(changed((old, new))) if one.key == key)
    assert found in problem.found
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("old", "new"), [("  cap: 40 ", "  cap: 99 "), ("bar: 135", "bar: 140"), ("bar: 135", "bar: 41")]
)
def test_numbers_just_inside_pass(changed: Changed, old: str, new: str) -> None:
    assert load_policy(changed((old, new))).lowest_fit == 100


def test_rules_that_cannot_fill_the_cap_do_not_count_as_if_they_could(
    changed: Changed, problems: Problems
) -> None:
    (problem,) = problems(
        changed(("events: {cap: 24}", "events: {cap: 1}"), ("{1: 30,", "{1: 21,"), ("bar: 135", "bar: 139"))
    )
    assert problem.key == "stages.mql.bar"
    assert "behaviour gives at most 38" in problem.found


MARKET = "  revenue: {points: 20, from: 500M, to: 5B}     # per year; both bounds included\n"


@pytest.mark.parametrize("gates", [{"revenue"}, {"country"}, {"revenue", "country"}])
def test_fewer_company_gates_are_fine_while_one_is_left(changed: Changed, gates: set[str]) -> None:
    drop = {
        "revenue": (MARKET, ""),
        "country": ("  country: {points: 20, in: [US]} ", "  # "),
    }
    bar = 135 - 20 * len(gates)
    grades = ("fit: {A: 110, B: 100, C: 70}", "fit: {A: 50, B: 40, C: 30}")
    path = ("total: {from: 120}", f"total: {{from: {bar - 15}}}")
    policy = load_policy(changed(*(drop[gate] for gate in gates), ("bar: 135", f"bar: {bar}"), grades, path))
    assert policy.lowest_fit == 100 - 20 * len(gates)


def test_without_a_company_gate_nothing_is_loaded(default_text: str, problems: Problems) -> None:
    start, end = default_text.index("  industry:"), default_text.index("  never:      ")
    found = problems(default_text[:start] + default_text[end:])
    assert ("served_market", "at least one of industry, revenue, employees, country") in [
        (one.key, one.expected.partition(";")[0]) for one in found
    ]


@pytest.mark.parametrize("gate", ["functions", "titles"])
def test_without_a_function_or_title_gate_nothing_is_loaded(
    default_text: str, problems: Problems, gate: str
) -> None:
    lines = default_text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"  {gate}:"))
    end = next(at for at in range(start + 1, len(lines)) if not lines[at].startswith("   "))
    found = problems("\n".join(lines[:start] + lines[end:]))
    assert (f"buyers.{gate}", "no such key") in [(one.key, one.found) for one in found]
