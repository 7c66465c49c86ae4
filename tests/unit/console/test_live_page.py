"""The page "live" shows each change of a hand-off with its reasons, the latest first."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.story import Story
from tests.stored import Browser


async def test_a_hand_off_is_shown_with_its_holder_its_reasons_and_its_deadline(
    story: Story, browser: Browser
) -> None:
    page = (await browser(story, "tue 10:01").get("/live")).text
    card = page[page.index('<article class="card">') :]
    for text in ("Harbor", "raised hand <strong>assigned</strong> to <strong>Zoe</strong>", "3 Mar 15:30"):
        assert text in card
    assert "because raised hand, all gates passed, next in rotation" in card


async def test_the_latest_change_is_first_and_a_withdrawal_has_no_holder(
    story: Story, browser: Browser
) -> None:
    story.sales("rejected", "ann@harbor.example", "tue 12:00", "zoe", reason="not_now")
    page = (await browser(story, "tue 13:00").get("/live")).text
    assert re.findall(r"<strong>(assigned|withdrawn)</strong>( to)?", page) == [
        ("withdrawn", ""),
        ("assigned", " to"),
    ]
    assert "sales rejected" in page


async def test_a_page_without_hand_offs_is_not_empty(tmp_path: Path, browser: Browser) -> None:
    story = Story(tmp_path)
    story.rep("mia")
    assert "No lead was handed over yet." in (await browser(story, "tue 09:30").get("/live")).text
