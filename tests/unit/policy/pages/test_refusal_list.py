"""docs/policy.md has every refusal: those of the models, and those of the checks between them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from workers.policy.pages.reference import PAGE
from workers.policy.pages.refusal_list import render_refusals
from workers.policy.problem import Problem

LIST = "\n".join(render_refusals())


def test_the_page_has_the_list() -> None:
    assert LIST in PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("points: 8, group: content", "points: 0, group: content"),
        ("group: content}\n    form", "group: contnet}\n    form"),
        ("or_asks_for: [demo, pricing, contact_sales]", "or_asks_for: [demo]"),
        ("raised_hand: 30m", "raised_hand: 4h"),
        ("  cap: 40 ", "  cap: 100 "),
        ("regions: [HI]", "regions: []"),
        ("{if: {regions: [CA, OR, WA]}", "{if: {}"),
        ("probability_percent: 15", "probability_percent: 50"),
    ],
)
def test_a_refusal_is_in_the_list(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], old: str, new: str
) -> None:
    expected = problems(changed((old, new)))[0].expected
    rows = [row.removesuffix(" |").rpartition(" | ")[2] for row in LIST.splitlines() if row.startswith("| ")]
    forms = [re.escape(row.strip()).replace("…", ".*") for row in rows if row.strip("… |-")]
    assert any(re.match(form, expected) for form in forms), expected
