from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from workers.policy.behaviour_rules import Behaviour, When
from workers.policy.gates import Range
from workers.policy.model import Policy
from workers.policy.problem import Problem
from workers.policy.text_patterns import WholeWords, compile_globs


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


def test_without_words_nothing_is_found() -> None:
    assert not WholeWords([]).found_in("")


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


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*/pricing*", "https://x.example/Pricing?plan=1", True),
        ("*/pricing*", "https://x.example/prices", False),
        ("*/a?b=[1]", "https://x.example/a?b=[1]", True),
        ("*/a?b", "https://x.example/axb", False),
        ("*[ab]", "xa", False),
        ("demo", "a demo", False),
        ("*", "line\nbreak", True),
    ],
)
def test_only_the_star_is_special_in_a_glob(pattern: str, text: str, fits: bool) -> None:
    assert (compile_globs([pattern]).match(text) is not None) is fits


def test_a_glob_of_many_stars_matches_fast() -> None:
    started = time.perf_counter()
    assert compile_globs(["*a" * 100 + "b"]).match("a" * 4096) is None
    assert time.perf_counter() - started < 1


def test_a_condition_compiles_the_keys_it_has() -> None:
    when = When.model_validate({"activity": "page_view", "url": ["*/a*", "*/b*"]})
    assert when.activity == ("page_view",)
    assert [bool(when.patterns["url"].match(url)) for url in ("x/a", "x/b", "x/c")] == [True, True, False]
    assert set(when.patterns) == {"url"}


def _behaviour(cap: int, groups: dict[str, int], rules: dict[str, dict[str, object]]) -> Behaviour:
    return Behaviour.model_validate(
        {
            "cap": cap,
            "fade": {"to_zero_after_days": 30},
            "groups": {name: {"cap": most} for name, most in groups.items()},
            "rules": {name: {"when": {"activity": name}} | rule for name, rule in rules.items()},
        }
    )


@pytest.mark.parametrize(
    ("behaviour", "attainable"),
    [
        (_behaviour(40, {}, {"a": {"points": 1}}), 40),
        (_behaviour(40, {}, {"a": {"points": 1, "cap": 5}, "b": {"points": 2, "cap": 6}}), 11),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "group": "g"}, "b": {"points": 2, "group": "g"}}), 7),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "cap": 3, "group": "g"}}), 3),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "group": "g"}, "b": {"points": 2, "cap": 6}}), 13),
        (_behaviour(40, {}, {"a": {"points": -5}}), 0),
        (_behaviour(5, {}, {"a": {"points": 2, "cap": 30}}), 5),
    ],
)
def test_behaviour_gives_no_more_than_its_narrowest_caps(behaviour: Behaviour, attainable: int) -> None:
    assert behaviour.attainable == attainable


def test_a_special_rule_takes_the_place_of_all_the_general_ones_behind_it() -> None:
    behaviour = _behaviour(
        9,
        {},
        {"a": {"points": 1}, "b": {"points": 2, "instead_of": "a"}, "c": {"points": 3, "instead_of": "b"}},
    )
    assert behaviour.replaces == {"a": frozenset(), "b": {"a"}, "c": {"a", "b"}}


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
