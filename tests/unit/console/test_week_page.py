"""The page "week" counts the hand-offs of a week by rep and rule, and the times between their steps."""

from __future__ import annotations

import html
import re

import pytest

from tests.scenarios.story import Story
from tests.stored import Browser
from workers.console.pages.week_page import nearest_rank


def table(page: str, heading: str) -> list[list[str]]:
    """Return the texts of a table's cells without its head."""
    part = page[page.index(f'aria-labelledby="{heading}"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", part[: part.index("</table>")], re.DOTALL)[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


@pytest.fixture
def busy(story: Story) -> Story:
    """Return a story in which Ann is accepted, Carl is refused, and Dora and Eli are not answered."""
    story.sales("accepted", "ann@harbor.example", "tue 10:10", "zoe")
    story.bank("quay")
    story.form("carl@quay.example", "tue 11:00", "demo", campaign={"name": "papers", "source": "search"})
    story.sales("rejected", "carl@quay.example", "tue 11:20", "zoe", reason="no_need")
    story.bank("lake")
    story.form("dora@lake.example", "tue 12:00", "demo")
    story.bank("pond")
    story.form("eli@pond.example", "wed 10:00", "demo")
    return story


async def test_answers_are_counted_by_rep(busy: Story, browser: Browser) -> None:
    page = (await browser(busy, "wed 12:00").get("/week")).text
    assert "Week 2026-W10" in page
    assert "2 Mar 2026 to 8 Mar 2026" in page
    assert "<strong>4</strong> hand-offs were made" in page
    by_rep = {row[0]: row[1:] for row in table(page, "reps")}
    assert sum(int(row[0]) for row in by_rep.values()) == 4
    assert sum(int(row[2]) for row in by_rep.values()) == 1  # accepted
    assert sum(int(row[3]) for row in by_rep.values()) == 1  # refused
    assert sum(int(row[5]) for row in by_rep.values()) == 1  # late: Dora; Eli's deadline is ahead


async def test_times_are_shown_by_desk_and_source(busy: Story, browser: Browser) -> None:
    page = (await browser(busy, "wed 12:00").get("/week")).text
    rows = table(page, "times")
    names = [row[0] for row in rows if row[0]]
    assert names == ["all", "desk inside sales", "no campaign", "search"]
    everyone = {row[1]: row[2:] for row in rows[: names.index("desk inside sales") + 4]}
    assert everyone["captured to identified"] == ["4 of 4", "0 min", "1 h 0 min", "1 h 0 min"]
    assert everyone["decided to accepted"] == ["1 of 4", "10 min", "10 min", "10 min"]
    assert everyone["decided to first touch"] == ["2 of 4", "10 min", "20 min", "20 min"]


async def test_acceptance_is_counted_by_rule(busy: Story, browser: Browser) -> None:
    rules = {row[0]: row[1:] for row in table((await browser(busy, "wed 12:00").get("/week")).text, "rules")}
    assert rules["fit:title"] == ["4", "1", "1"]


async def test_another_week_is_chosen_by_its_name(busy: Story, browser: Browser) -> None:
    client = browser(busy, "wed 12:00")
    page = (await client.get("/week?week=2026-W09")).text
    assert "No lead was handed over in this week." in page
    assert 'href="/week?week=2026-W10"' in page
    assert (await client.get("/week?week=tuesday")).status_code == 404
    assert (await client.get("/week?week=9999-W53")).status_code in {200, 404}


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7], 50, 7),
        ([1, 2], 50, 1),
        ([1, 2, 3], 50, 2),
        (list(range(1, 11)), 90, 9),
        (list(range(1, 101)), 95, 95),
    ],
)
def test_a_percentile_is_a_value_by_its_rank(values: list[int], percent: int, expected: int) -> None:
    assert nearest_rank(values, percent) == expected
