"""Gates of the company and of the person: bounds, titles and functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.gates import Range
from workers.policy.model import Policy
from workers.policy.problem import Problem


@pytest.mark.parametrize(
    ("value", "holds"),
    [(499_999_999, False), (500_000_000, True), (5_000_000_000, True), (5_000_000_001, False)],
)
def test_bounds_are_inclusive(default: Policy, value: int, holds: bool) -> None:
    assert default.served_market.revenue is not None
    assert default.served_market.revenue.holds(value) is holds


def test_a_range_may_be_open_at_one_end() -> None:
    assert Range.model_validate({"points": "1", "from": "10"}).holds(10**12)
    assert Range.model_validate({"points": "1", "to": "10"}).holds(0)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Chief Information Officer", "executive"),
        ("VICE   PRESIDENT, Treasury", "executive"),
        ("IT Manager", "manager"),
        ("Director and Head of Data", "executive"),
        ("Software Engineer", "individual"),
        ("Retired CIO", None),
        ("Assistant to the CIO", None),
        ("Assistant  to CIO", None),
        ("Intern", None),
        ("Internal Audit Director", "executive"),
        ("Directorate clerk", None),
        ("Teller", None),
        ("", None),
    ],
)
def test_the_first_title_line_that_fits_in_whole_words_decides(
    default: Policy, title: str, level: str | None
) -> None:
    found = default.buyers.title_of(title)
    assert (found.level if found else None) == level


def test_each_function_is_known_by_its_own_words(default: Policy) -> None:
    patterns = default.buyers.functions.patterns
    assert [name for name, pattern in patterns.items() if pattern.found_in("CIO, Data & Operations")] == [
        "it",
        "operations",
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("words: [manager,", 'words: ["&", manager,', "buyers.titles[2].words[1]", "a letter or a digit"),
        ("never: [student,", 'never: ["--", student,', "buyers.never[1]", "a letter or a digit"),
        ("it: [it,", 'it: ["...", it,', "buyers.functions.names.it[1]", "a letter or a digit"),
        (
            "words: [manager,",
            "words: [Vice-President, manager,",
            "buyers.titles[2].words[1]",
            "in one line only",
        ),
        ("words: [manager,", "words: [c.i.o., manager,", "buyers.titles[2].words[1]", "in one line only"),
    ],
)
def test_a_word_without_letters_or_from_an_earlier_line_is_refused(
    changed: Callable[..., str],
    problems: Callable[[str], list[Problem]],
    old: str,
    new: str,
    key: str,
    expected: str,
) -> None:
    (problem,) = problems(changed((old, new)))
    assert problem.key == key
    assert expected in problem.expected
