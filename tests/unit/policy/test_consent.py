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
        (NOTHING, "count_some ", "privacy.without_tracking_consent", '"count_some"', "'count_nothing' or 'count_everything'"),
        (TRACKING, "tracking: maybe", "privacy.unstated_consent.tracking", '"maybe"', "'given' or 'refused'"),
        (TRACKING, "tracing: given", "privacy.unstated_consent.tracing", "tracing", "mean tracking?"),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused_where_it_stands(
    changed: Changed, problems: Problems, old: str, new: str, key: str, found: str, expected: str
) -> None:
    problem = next(one for one in problems(changed((old, new))) if one.key == key)
    assert found in problem.found
    assert expected in problem.expected


def test_where_everything_counts_no_yes_can_be_asked_for(changed: Changed, problems: Problems) -> None:
    (problem,) = problems(changed((NOTHING, "count_everything "), (TRACKING, "tracking: refused")))
    assert problem.key == "privacy"
    assert "count_nothing, or unstated_consent.tracking: given" in problem.expected


def test_what_is_left_out_asks_for_no_yes_and_counts_nothing_after_a_no(changed: Changed) -> None:
    text = "\n".join(line for line in changed().splitlines() if "consent" not in line)
    privacy = load_policy(text).privacy
    assert privacy.without_tracking_consent == "count_nothing"
    assert (privacy.unstated_consent.tracking, privacy.unstated_consent.marketing) == ("given", "given")
