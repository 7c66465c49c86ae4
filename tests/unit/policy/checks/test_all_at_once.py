"""Every slip of a policy is reported at once, each by its own message, whatever stage of the check finds it."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.unit.policy.checks.test_checks import CASES, Changed, Problems

VALUES = ["version: -1", "in: [EN]", "points: 0x10", "at_least: 2 m", "session_gap: 59s", "[me@our.example]"]
"""Slips that the models refuse: the text that replaces the right one."""
NAMES = ["emial", "pgae", "opend"]
"""Slips that the references refuse."""
SLIPS = [case for case in CASES if any(part in case[1] for part in (*VALUES, *NAMES))]


@pytest.mark.parametrize(("one", "other"), list(combinations(SLIPS, 2)), ids=str)
def test_two_slips_give_the_messages_of_both(
    changed: Changed, problems: Problems, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    both = changed(one[:2])
    if other[0] not in both or one[1] not in (text := both.replace(other[0], other[1])):
        pytest.fail(f"{one[1]} and {other[1]} change the same place: choose others")
    alone = {(p.key, p.found) for slip in (one, other) for p in problems(changed(slip[:2]))}

    assert {(p.key, p.found) for p in problems(text)} == alone


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_one_slip_gives_one_message(changed: Changed, problems: Problems, slip: tuple[str, ...]) -> None:
    assert len(problems(changed(slip[:2]))) == 1
