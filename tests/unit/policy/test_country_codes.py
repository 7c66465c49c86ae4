"""Countries in the policy: what is taken as which code, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem


@pytest.mark.parametrize(
    ("written", "code"),
    [("gb", "GB"), ("Germany", "DE"), ("Great Britain", "GB")],
)
def test_a_country_of_the_policy_is_kept_as_its_code(
    changed: Callable[..., str], written: str, code: str
) -> None:
    policy = load_policy(changed(("in: [US]", f"in: [{written}]")))
    assert policy.served_market.country is not None
    assert policy.served_market.country.in_ == (code,)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("UK", "GB, the code"),
        ("USA", "US, the code"),
        ("U.S.A.", "US, the code"),
        ("DEU", "DE, the code"),
        ("EN", "did you mean GB or US?"),
        ("JA", "did you mean JP?"),
        ("XX", "as US"),
        ("EU", "as US"),
    ],
)
def test_a_code_that_iso_does_not_assign_is_refused(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], written: str, expected: str
) -> None:
    found = problems(changed(("in: [US]", f"in: [{written}]")))
    problem = next(one for one in found if one.key == "served_market.country.in[1]")
    assert expected in problem.expected


def test_two_names_of_one_country_are_one_country_in_the_skills(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]]
) -> None:
    (problem,) = [
        one for one in problems(changed(("es: [MX", "es: [Mexico, MX"))) if one.key == "skills.language"
    ]
    assert problem.found == "MX twice"
