"""Refusals of ``fit`` and ``gates``: each names the key and what is expected. And the sums that the check works out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.pages.outsiders import describe_outsiders
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]
PLACE = "# ---- Points for what a lead does. ----"

CASES = [
    ("fit: gate_decides", "fit", "or gates_decide"),
    ("fit: {proof: no}", "fit.proof", "gates_decide"),
    ("fit: {employees: []}", "fit.employees", "at least 1"),
    ("fit: {employees: [{from: 10}]}", "fit.employees[1]", "points beside the condition"),
    ("fit: {employees: [{points: 5}]}", "fit.employees[1]", "a condition with points, or otherwise"),
    ("fit: {employees: [{otherwise: 5}]}", "fit.employees", "before otherwise"),
    ("fit: {employees: [{otherwise: 5}, {from: 10, points: 1}]}", "fit.employees", "in the last line only"),
    ("fit: {employees: [{from: 9, to: 8, points: 5}]}", "fit.employees[1]", "9 is above 8"),
    (
        "fit: {employees: [{to: 9, points: 5}, {from: 9, points: 1}]}",
        "fit.employees",
        "bands that do not overlap, as to: 8: both bounds are included",
    ),
    ("fit: {country: [{in: [US], points: 1}, {in: [DE, US], points: 2}]}", "fit.country", "US is in two"),
    ("fit: {country: [{in: [UK], points: 1}]}", "fit.country[1].in[1]", "GB"),
    ("fit: {country: [{in: [US], points: outside}]}", "fit.country", "no served_market.country"),
    ("fit: {functions: [{in: [finanse], points: 1}]}", "fit.functions[1].in[1]", "finance"),
    ("fit: {functions: [{in: [it], points: outside}]}", "fit", "buyers.functions is their gate"),
    ("fit: {age: [{to: 2, points: outside}]}", "fit", "by the passing of time"),
    (
        "fit: {age: [{to: 2, points: 1}, {from: 2, points: 3}]}",
        "fit.age",
        "as to: 1: both bounds are included",
    ),
    ("fit: {age: [{from: 2M, points: 1}]}", "fit.age[1].from", ""),
    ("fit: {product_interest: [{points: 1}]}", "fit.product_interest[1]", "a condition with points"),
    ("fit: {fields: [{in: [gold], points: 1}]}", "fit.fields[1].field", ""),
    ("fit: {fields: [{field: plan, points: 1}]}", "fit.fields[1]", "a condition with points"),
    ("fit: {fields: [{field: Plan, in: [a], points: 1}]}", "fit.fields[1].field", "lower-case letters"),
    ("fit: {fields: [{field: plan, otherwise: 1}]}", "fit.fields", "before otherwise"),
    ("fit: {free_mail: many}", "fit.free_mail", "a whole number"),
    ("fit: {free_mail: -20000}", "fit.free_mail", "points from -10000 to 10000, or outside"),
    ("fit: {domains: [{in: ['@edu'], points: 1}]}", "fit.domains[1].in[1]", "the end of a domain"),
    ("fit: {free_mail: -61}", "behaviour.cap", "below 39"),
    ("gates: {some: {of: [revenue]}}", "gates.some.of", "at least 2"),
    ("gates: {some: {of: [revenue, revenue]}}", "gates.some", "each gate once"),
    ("gates: {some: {at_least: 2, of: [revenue, title]}}", "gates.some", "at_least below 2"),
    ("gates: {some: {of: [revenue, employees]}}", "gates.some.of[2]", "a gate of this policy"),
    ("gates: {a: {of: [revenue, title]}, b: {of: [title, country]}}", "gates.b.of[1]", "one entry only"),
    ("gates: {a: {of: [function, title]}, b: {of: [industry, revenue]}}", "buyers", None),
    (
        "gates: {a: {at_least: 2, of: [industry, revenue, country, function, title]}}",
        "served_market",
        "industry",
    ),
]


@pytest.mark.parametrize(("line", "key", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_slip_is_refused_by_its_key(
    changed: Changed, problems: Problems, line: str, key: str, expected: str | None
) -> None:
    found = {one.key: one.expected for one in problems(changed((PLACE, line)))}

    assert expected is None or expected in found[key]


def test_a_choice_of_both_sides_keeps_market_and_person_gated(changed: Changed) -> None:
    line = "gates: {size_or_title: {of: [revenue, title]}}"
    policy = load_policy(
        changed((PLACE, line), ("bar: 135", "bar: 119"), ("total: {from: 120}", "total: {from: 100}"))
    )

    assert policy.lowest_fit == 30 + 20 + 20 + 10
    assert describe_outsiders(policy) == (
        "A lead is never an MQL, whatever it does, if it fails industry, country or function, "
        "or if it passes fewer than 1 of revenue and title."
    )


@pytest.mark.parametrize(
    ("line", "lowest", "highest"),
    [
        ("fit: {employees: [{to: 9, points: -5}, {from: 10, points: 8}]}", 95, 118),
        ("fit: {employees: [{to: 9, points: 5}, {from: 10, points: 8}]}", 100, 118),
        ("fit: {revenue: [{to: 99M, points: -9}, {from: 100M, points: 8}]}", 108, 118),
        ("fit: {revenue: [{to: 499M, points: 1}, {otherwise: 3}]}", 103, 113),
        ("fit: {country: [{in: [US], points: 4}, {otherwise: -50}]}", 104, 114),
        ("fit: {functions: [{in: [it], points: 4}, {otherwise: 1}]}", 101, 114),
        ("fit: {free_mail: -9, role_address: outside}", 91, 110),
        ("fit: {age: [{to: 2, points: -5}, {from: 3, points: 8}, {otherwise: 50}]}", 95, 118),
        ("fit: {product_interest: [{in: [a], points: 4}, {otherwise: -1}]}", 99, 114),
        ("fit: {fields: [{field: a, in: [b], points: 4}, {field: a, otherwise: outside}]}", 104, 114),
        ("fit: {fields: [{field: a, in: [b], points: 4}, {field: c, in: [d], points: -3}]}", 97, 114),
    ],
)
def test_the_lowest_fit_counts_the_points_that_a_lead_who_passes_can_have(
    changed: Changed, line: str, lowest: int, highest: int
) -> None:
    policy = load_policy(changed((PLACE, line)))

    assert (policy.lowest_fit, policy.highest_fit) == (lowest, highest)
