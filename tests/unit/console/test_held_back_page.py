"""The page "not handed over" counts what leads lack, and names the change that would free most of them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.story import Story
from tests.stored import Browser, filled, open_store
from workers.result_store.store_file import reading


def changes(html: str) -> list[tuple[str, str, int, int]]:
    rows = re.findall(
        r'<td>([\w ]+) <strong>([^<]+)</strong></td><td class="n">(\d+)</td><td class="n">(\d+)</td>', html
    )
    return [(what, name, int(alone), int(together)) for what, name, alone, together in rows]


async def test_nothing_is_held_back(story: Story, browser: Browser) -> None:
    page = (await browser(story, "tue 10:01").get("/not-handed-over")).text
    assert "0 leads" in page
    assert "Every lead that is known is with sales." in page


async def test_the_change_that_frees_most_leads_is_first(story: Story, browser: Browser) -> None:
    for person in ("carl", "dora"):
        story.form(
            f"{person}@harbor.example", "tue 10:00"
        )  # a CIO of a bank who reads: only points are missing
    story.form("eve@harbor.example", "tue 10:00", title=None)
    story.form("finn@harbor.example", "tue 10:00", title="Intern")
    page = (await browser(story, "tue 11:00").get("/not-handed-over")).text
    found = changes(page)
    assert found[0] == ("points", "total", 2, 2)
    assert ("fact", "title", 0, 1) in found
    assert ("gate", "title", 0, 1) in found
    assert "below the threshold: 2 leads in the stage nurture" in page
    assert "gate unknown: 1 leads in the stage waiting for facts" in page
    assert "gate failed: 1 leads in the stage outside" in page
    assert "Harbor" in page


def counts(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return the leads of each stage as counted while they were written, and as counted now."""
    with reading(path) as connection:
        kept = connection.execute("SELECT stage, sum(leads) FROM lead_counts GROUP BY stage").fetchall()
        real = connection.execute("SELECT stage, count(*) FROM leads GROUP BY stage").fetchall()
    return dict(kept), dict(real)


def test_the_counts_follow_steps_erasures_and_pruning(story: Story, tmp_path: Path) -> None:
    for person in ("carl", "dora", "eve"):
        story.form(f"{person}@harbor.example", "tue 10:00")
    story.much_interest("carl@harbor.example", "tue 11:00")
    story.erasure("dora@harbor.example", "tue 12:00")
    path = filled(tmp_path / "results.sqlite", story, "tue 14:00")
    kept, real = counts(path)
    assert kept == real == {"mql": 2, "nurture": 1}
    store = open_store(path)
    store.prune(2**53)
    store.close()
    assert counts(path) == ({}, {})
