"""The page "dead letters" counts letters by reason and producer, and names the command for each open one."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import httpx2

from tests.scenarios.story import Story
from tests.stored import KEY, Browser, filled
from workers.console.news import News
from workers.console.web_app import make_app


def groups(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr><td>(.*?)</tr>", html, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.split(r"</td><td[^>]*>", row)] for row in rows]


async def test_no_letter_is_good_news(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get("/dead-letters")).text
    assert "Every record could be used." in page


async def test_letters_are_counted_by_reason_and_producer(story: Story, browser: Browser) -> None:
    for number in range(2):
        story.form(
            f"old{number}@harbor.example", "tue 11:00", occurred_at="2025-01-01T00:00:00Z", producer="landing"
        )
    story.activity("page_view", "tue 11:00", anonymous_id="b-2", occurred_at="2025-01-01T00:00:00Z")
    page = (await browser(story, "tue 12:00").get("/dead-letters")).text
    found = groups(page)
    assert [row[:5] for row in found] == [
        ["too old", "form.fills", "landing", "2", "2"],
        ["too old", "web.activity", "not stated", "1", "1"],
    ]
    assert page.count("lead-router dlq show form.fills/") == 2


async def test_a_letter_with_an_action_is_closed(story: Story, tmp_path: Path) -> None:
    story.form("old@harbor.example", "tue 11:00", occurred_at="2025-01-01T00:00:00Z", producer="<b>x</b>")
    path = filled(tmp_path / "results.sqlite", story, "tue 12:00")
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO letter_actions SELECT letter_key, 'action', 'dropped', at_ms FROM letters"
        )
    app = make_app(path, News(), lambda: None, KEY)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8484"
    ) as client:
        page = (await client.get("/dead-letters")).text
    assert groups(page)[0][:5] == ["too old", "form.fills", "&lt;b&gt;x&lt;/b&gt;", "0", "1"]
    assert "An operator has acted on each letter." in page
