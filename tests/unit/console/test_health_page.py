"""The page "health" shows each hop in the order of an event's way, and what the last hour and day brought."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import httpx2

from tests.scenarios.story import Story, moment
from tests.stored import KEY, Browser, filled
from workers.console.news import News
from workers.console.web_app import make_app


def rows(page: str) -> list[list[str]]:
    found = re.findall(r"<tr><td>(.*?)</tr>", page, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.split(r"</td><td[^>]*>", row)] for row in found]


async def test_without_a_worker_the_page_asks_for_one(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get("/health")).text
    assert "No worker has reported yet." in page


async def test_a_hop_that_is_behind_is_shown(story: Story, tmp_path: Path) -> None:
    path = filled(tmp_path / "results.sqlite", story, "tue 10:01")
    now_ms = int(moment("tue 10:30").timestamp() * 1_000)
    reports = [
        ("desks", 0, now_ms, now_ms - 7_200_000, ""),
        ("desks", 1, now_ms, now_ms, "a bad row"),
        ("visitors", 0, now_ms - 300_000, now_ms, ""),
        ("source_segment", 0, now_ms, now_ms, ""),
    ]
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO tasks (agent, partition, generation, at_ms, reached_ms, stopped) VALUES (?, ?, 1, ?, ?, ?)",
            reports,
        )
    app = make_app(path, News(), lambda: now_ms, KEY)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8484"
    ) as client:
        found = rows((await client.get("/health")).text)
    assert [[cell.strip() for cell in row] for row in found[:3]] == [
        ["source segment", "1", "0", "0 min", "0 min"],
        ["visitors", "1", "0", "0 min", "5 min"],
        ["desks", "2", "1", "2 h 0 min", "0 min"],
    ]
    flows = {row[0]: row[1:] for row in found[3:]}
    assert flows["changes of hand-offs"] == ["1", "1"]
    assert flows["turns of desks"] == ["1", "1"]
