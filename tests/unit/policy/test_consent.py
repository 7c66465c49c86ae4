from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]

TRACKING = "tracking: given"
NOTHING = "count_nothing "


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "expected"),
    [
        (NOTHING, "count_some ", "privacy.without_tracking_consent", '"count_some"', "count_nothing or count_everything"),
        (TRACKING, "tracking: maybe", "privacy.unstated_consent.tracking", '"maybe"', "given or refused"),
        (TRACKING, "tracing: given", "privacy.unstated_consent.tracing", "tracing", "mean tracking?"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_refused_at_its_line(
    changed: Changed, problems: Problems, old: str, new: str, key: str, found: str, expected: str
) -> None:
    problem = next(one for one in problems(changed((old, new))) if one.key == key)
    assert found in problem.found
    assert expected in problem.expected


def test_opt_in_to_tracking_is_refused_where_everything_counts(changed: Changed, problems: Problems) -> None:
    (problem,) = problems(changed((NOTHING, "count_everything "), (TRACKING, "tracking: refused")))
    assert problem.key == "privacy"
    assert "count_nothing, or unstated_consent.tracking: given" in problem.expected


def test_without_consent_keys_the_default_is_opt_out_and_a_refusal_counts_nothing(changed: Changed) -> None:
    text = "\n".join(line for line in changed().splitlines() if "consent" not in line)
    privacy = load_policy(text).privacy
    assert privacy.without_tracking_consent == "count_nothing"
    assert (privacy.unstated_consent.tracking, privacy.unstated_consent.marketing) == ("given", "given")
