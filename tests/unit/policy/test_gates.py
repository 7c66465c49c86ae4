"""Gates of the company and of the person: bounds, titles and functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workers.policy.gates import Range
from workers.policy.load import load_policy_file
from workers.policy.model import Policy
from workers.policy.problem import Problem

POLICIES = Path(__file__).parents[3] / "policy"


def shipped(name: str) -> Policy:
    return load_policy_file(POLICIES / f"{name}.yaml")[0]


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


OF_BANKS = {"Assistant Treasurer", "Comptroller"}
"""Titles that only the policy for banks lists."""
WHO_LEADS = (
    "CEO",
    "President & CEO",
    "Chairman of the Board",
    "Vice Chair",
    "Owner",
    "EVP, Chief Lending Officer",
    "SVP Commercial Lending",
    "S.V.P.",
    "AVP",
    "Assistant Vice President",
    "Assistant V.P., Treasury",
    "CISO",
    "Treasurer",
    "Assistant Treasurer",
    "Controller",
    "Comptroller",
    "Risk Officer",
    "Head of Deposits",
)
WHO_ASSISTS = (
    "EA to the CEO",
    "E.A. to the President",
    "PA to the Treasurer",
    "Executive Assistant to the CFO",
    "Assistant to the Vice President",
    "CEO's assistant",
    "Personal assistant, Chairman",
    "Secretary to the Chairman",
    "Analyst, Office of the CEO",
    "Assistant Vice President's assistant",
)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (name, title)
        for name in ("default", "saas")
        for title in WHO_LEADS
        if name == "default" or title not in OF_BANKS
    ],
)
def test_the_shipped_policies_list_the_titles_of_who_leads(name: str, title: str) -> None:
    assert shipped(name).buyers.title_of(title) is not None


@pytest.mark.parametrize("title", WHO_ASSISTS)
@pytest.mark.parametrize("name", ["default", "saas"])
def test_an_assistant_does_not_pass_as_the_person_assisted(name: str, title: str) -> None:
    assert shipped(name).buyers.title_of(title) is None


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Director, Student Lending", "executive"),
        ("VP Student Loans", "executive"),
        ("Student, Student Lending", None),
        ("Intern, Student Lending", None),
        ("Director of Students", "executive"),
        ("Student", None),
    ],
)
def test_a_never_word_in_a_listed_phrase_excludes_no_one(
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
