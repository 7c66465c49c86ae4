from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workers.policy.model import Policy
from workers.policy.pages.check_output import check_policy_file
from workers.policy.problem import Problem

ROOT = Path(__file__).parents[4]
PAGE = " ".join((ROOT / "docs" / "policy-by-example.md").read_text(encoding="utf-8").split())


def test_the_page_shows_what_the_check_prints(default: Policy) -> None:
    _, lines = check_policy_file(ROOT / "policy" / "default.yaml")
    assert all(line in PAGE for line in lines[:5])
    assert default.hash in PAGE


def test_the_page_shows_the_errors_as_they_are(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]]
) -> None:
    found = [
        *problems(changed(("  cap: 40 ", "  cap: 100 "))),
        *(
            one
            for one in problems(changed(("    calendar: east", "    calender: east")))
            if "unknown" in one.found
        ),
    ]
    assert [str(one).replace("p.yaml", "policy/default.yaml") in PAGE for one in found] == [True, True]
