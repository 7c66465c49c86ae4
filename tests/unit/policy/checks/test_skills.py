"""Skills in the policy: what leads may need, what desks ask for, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.model import Policy
from workers.policy.problem import Problem

DESK = "skills: {language: required, segment: preferred, when_nobody_has_it: anyone}"
LANGUAGE = "  language: {es: [MX, PR, ES]}    # country of the company or, if unknown, of the person\n"
SEGMENT = "  segment:\n    large: {revenue: {from: 4B}}  # large banks need a rep who knows how they buy\n"


def test_the_default_policy_defines_the_skills_that_leads_need(default: Policy) -> None:
    assert default.skills is not None
    assert default.skills.language_of("PR") == "es"
    desk = default.desks["inside_sales"].skills
    assert desk is not None
    assert (desk.language, desk.segment, desk.fallback) == ("required", "preferred", None)


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "expected"),
    [
        ("es: [MX", "ES: [MX", "skills.language.ES", "the key ES", "lower-case letters"),
        ("es: [MX", "es: [ZZ", "skills.language.es[1]", '"ZZ"', "ISO 3166-1"),
        ("[MX, PR, ES]", "[MX], pt: [BR, MX]", "skills.language", "MX twice", "each country once"),
        (
            "{from: 4B}",
            "{from: 4B, to: 2B}",
            "skills.segment.large.revenue",
            "keys and values",
            "from not above to",
        ),
        ("{from: 4B}", "{}", "skills.segment.large.revenue", "an empty mapping", "a lower bound"),
        (
            "{revenue: {from: 4B}}",
            "{}",
            "skills.segment.large",
            "an empty mapping",
            "at least one of revenue, employees, is and is_not",
        ),
        (
            ", when_nobody_has_it: anyone",
            "",
            "desks.inside_sales.skills",
            "keys and values",
            "when_nobody_has_it",
        ),
        (
            "language: required",
            "language: preferred",
            "desks.inside_sales.skills",
            "keys and values",
            "a required skill only",
        ),
        (DESK, "skills: {}", "desks.inside_sales.skills", "an empty mapping", "language, segment, or both"),
        (
            DESK,
            DESK.replace("preferred", "nice"),
            "desks.inside_sales.skills.segment",
            '"nice"',
            "preferred",
        ),
        (
            LANGUAGE,
            "",
            "desks.inside_sales.skills.language",
            "a skill that no lead ever needs",
            "skills.language",
        ),
        (
            SEGMENT,
            "",
            "desks.inside_sales.skills.segment",
            "a skill that no lead ever needs",
            "skills.segment",
        ),
        (", segment: preferred", "", "skills.segment", "a skill that no desk asks for", "a desk with skills"),
    ],
)
def test_an_invalid_value_is_refused_at_its_line(
    changed: Callable[..., str],
    problems: Callable[[str], list[Problem]],
    old: str,
    new: str,
    key: str,
    found: str,
    expected: str,
) -> None:
    text = changed((old, new))
    problem = next(one for one in problems(text) if one.key == key)
    assert problem.found == found
    assert expected in problem.expected
    word = key.rsplit(".", 1)[-1].split("[", maxsplit=1)[0]
    assert word in text.splitlines()[problem.line - 1]
