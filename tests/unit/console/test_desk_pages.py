"""The pages of desks show who is owed a turn, who waits, and who was passed over and why."""

from __future__ import annotations

import html
import re

from tests.scenarios.story import Story
from tests.stored import Browser

DESK = "/desks/desk%3Ainside_sales"


def table(page: str, title: str) -> list[list[str]]:
    """Return the texts of a table's cells, its head first. ``title``: the id of its heading, or its label."""
    begin = max(page.find(f'aria-labelledby="{title}"'), page.find(f'aria-label="{title}"'))
    part = page[begin:]
    rows = re.findall(r"<tr>(.*?)</tr>", part[: part.index("</table>")], re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


async def test_the_list_names_the_queue_and_the_difference(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get("/desks")).text
    _, row = table(page, "Desks")
    assert row == ["desk inside sales", "1", "3", "1", "0", "", "0.25 of a turn"]
    assert f'href="{DESK}"' in page


async def test_a_member_is_shown_with_share_and_absence(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get(DESK)).text
    _, *members = table(page, "members")
    by_name = {row[0]: row[1:] for row in members}
    assert by_name["Zoe"][:4] == ["3", "1", "-0.25", "1 of 8"]
    assert by_name["Mia"][:4] == ["1", "0", "+0.25", "0 of 8"]
    assert by_name["Tom"][-1] == "away until 6 Mar 05:00"


async def test_a_turn_names_who_was_passed_over(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get(DESK)).text
    head, turn = table(page, "turns")
    cells = dict(zip(head, turn, strict=True))
    assert (cells["turn"], cells["entry"]) == ("1", "turn")
    assert (cells["Zoe"], cells["Mia"], cells["Tom"]) == ("took it", "not its turn", "absent")


async def test_a_lead_that_waits_is_shown_until_it_has_a_rep(story: Story, browser: Browser) -> None:
    story.sales("accepted", "ann@harbor.example", "tue 10:05", "zoe")
    for rep in ("mia", "zoe"):
        story.rep(rep, "tue 12:00", away=("tue 12:00", "wed 08:00"))
    story.bank("quay")
    story.form("bob@quay.example", "tue 13:00", "demo")
    page = (await browser(story, "tue 15:00").get(DESK)).text
    _, waiting = table(page, "queue")
    assert waiting[0].startswith("quay.example")
    assert waiting[1] == waiting[2]
    assert waiting[1].startswith("3 Mar 18:00")
    _, row = table((await browser(story, "tue 15:00").get("/desks")).text, "Desks")
    assert row[4] == "1"
    assert row[5].endswith("h 0 min")
    page = (await browser(story, "wed 12:00").get(DESK)).text
    assert "No lead waits." in page


async def test_a_desk_that_does_not_exist_is_not_found(story: Story, browser: Browser) -> None:
    assert (await browser(story, "tue 10:01").get("/desks/desk%3Anowhere")).status_code == 404
