"""Named conditions: which lines may test them, and which are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.routes import OWNED, REST, with_routes
from workers.policy.load import load_policy
from workers.policy.problem import Problem

Problems = Callable[[str], list[Problem]]
LINE = "{if: big_bank, to: desk inside_sales}"


def with_conditions(text: str, conditions: str, *lines: str) -> str:
    """Return the default policy with these conditions and these route lines before the last."""
    return with_routes(text, (*OWNED, *lines, REST), before=f"conditions: {{{conditions}}}\n")


def test_a_line_tests_a_condition_by_its_name_alone_or_with_others(default_text: str) -> None:
    conditions = "big_bank: {revenue: {from: 5B}}, demo: {asks_for: [demo]}"
    both = "{if: {is: [big_bank], is_not: [demo], countries: [US]}, to: desk inside_sales}"

    policy = load_policy(with_conditions(default_text, conditions, both, LINE))

    tested = [route.territory for route in policy.routes if route.territory is not None]
    assert [(one.is_, one.is_not) for one in tested] == [(("big_bank",), ("demo",)), (("big_bank",), ())]
    assert [route.name for route in policy.routes].count("territory") == 2


@pytest.mark.parametrize(
    ("conditions", "lines", "key", "found", "expected"),
    [
        (
            "big_bank: {revenue: {from: 5B}}",
            (LINE.replace("big_bank", "big_banks"),),
            "routes[5].if",
            '"big_banks"',
            "never, support_question",
        ),
        (
            "big_bank: {revenue: {from: 5B}}",
            ("{if: {is: [big_banks]}, to: desk inside_sales}", LINE),
            "routes[5].if.is[1]",
            '"big_banks"',
            "did you mean big_bank?",
        ),
        (
            "big_bank: {revenue: {from: 5B}}",
            (),
            "conditions.big_bank",
            "no line tests",
            "or no such condition",
        ),
        ("customer: {total: {from: 5}}", (), "conditions.customer", "the name customer", "another name"),
        ("big_bank: {}", (LINE,), "conditions.big_bank", "empty", "at least one condition"),
        ("big_bank: {is: [other]}", (LINE,), "conditions.big_bank.is", "unknown key is", "one of regions"),
        ("big_bank: {signals: [rate]}", (LINE,), "conditions.big_bank.signals[1]", '"rate"', "mean rates?"),
        ("big_bank: {titles: [cio]}", (LINE,), "conditions.big_bank.titles[1]", '"cio"', "a level of"),
        ("big_bank: {free_mail: true}", (LINE,), "conditions.big_bank.free_mail", '"true"', "yes or no"),
        ("big_bank: {industry: {}}", (LINE,), "conditions.big_bank.industry", "empty", "sic or naics"),
    ],
)
def test_a_wrong_condition_is_refused_by_its_place(
    default_text: str,
    problems: Problems,
    conditions: str,
    lines: tuple[str, ...],
    key: str,
    found: str,
    expected: str,
) -> None:
    (problem, *_) = problems(with_conditions(default_text, conditions, *lines))
    assert problem.key == key
    assert found in problem.found
    assert expected in problem.expected
    assert problem.line > 1


def test_a_path_names_an_unknown_condition(changed: Callable[..., str], problems: Problems) -> None:
    (problem,) = problems(changed(("total: {from: 120}", "is: [big_bank]")))
    assert (problem.key, problem.found) == ("paths[2].if.is[1]", '"big_bank"')


def test_a_time_to_answer_names_an_unknown_condition(changed: Callable[..., str], problems: Problems) -> None:
    (problem, *_) = problems(
        changed(("{mql: 3h, raised_hand: 30m,", "{when: {big_bank: 1h}, mql: 3h, raised_hand: 30m,"))
    )
    assert (problem.key, problem.found) == ("desks.inside_sales.answer_within.when.big_bank", '"big_bank"')
    assert "a condition that conditions defines" in problem.expected
