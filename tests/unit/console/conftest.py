"""A console over the real results of a story, and a browser without scripts."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.scenarios.story import Story
from tests.stored import KEY, Browser, filled
from workers.console.news import News
from workers.console.web_app import make_app


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return a story in which Ann of a bank asks for a demo on Tuesday at 10:00, and Zoe gets the turn."""
    story = Story(tmp_path)
    story.rep("mia")
    story.rep("tom", away=("mon 00:00", "fri 00:00"))
    story.rep("zoe", weight=3)
    story.bank("harbor")
    story.activity("page_view", "tue 09:00", anonymous_id="b-1", url="https://x.example/pricing")
    story.form(
        "ann@harbor.example", "tue 10:00", "demo", anonymous_id="b-1", first_name="Ann", company="Harbor Bank"
    )
    return story


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Return a function that opens a console over a story, as of its end."""

    def opened(story: Story, until: str) -> httpx2.AsyncClient:
        path = filled(tmp_path / "results.sqlite", story, until)
        app = make_app(path, News(), lambda: None, KEY)
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8484")

    return opened
