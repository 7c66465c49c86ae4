"""Every answer of the console: security headers, escaped texts, refused requests, errors without data."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import httpx
import pytest

from tests.scenarios.story import Story
from tests.stored import Browser
from tests.unit.house.pages import ROOT
from workers.console.guards import SECURITY_HEADERS
from workers.console.news import CHANGED, News
from workers.console.page_list import PAGES
from workers.console.web_app import FOLDER, make_app

SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"'><img src=x onerror=alert(1)>"
HOSTILE = f"{SCRIPT}{IMAGE}{{{{7*7}}}}javascript:alert(1)"


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/static/console.css", "/news/no-such-page"])
async def test_every_answer_has_the_security_headers(story: Story, browser: Browser, path: str) -> None:
    answer = await browser(story, "tue 10:01").get(path)
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


async def test_a_page_is_not_kept_by_the_browser(story: Story, browser: Browser) -> None:
    assert (await browser(story, "tue 10:01").get("/")).headers["cache-control"] == "no-store"


async def test_another_host_name_is_refused(story: Story, browser: Browser) -> None:
    answer = await browser(story, "tue 10:01").get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_that_fails_shows_and_logs_no_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results.sqlite").write_bytes(b"ann@harbor.example")
    app = make_app(tmp_path / "results.sqlite", News(), lambda: 0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = await client.get("/")
    assert answer.status_code == 500
    assert "Its log names the reason" in answer.text
    assert "@" not in answer.text + capsys.readouterr().out.replace("@", "", 0)


def test_no_template_has_an_inline_script_a_style_or_an_unescaped_value() -> None:
    for path in (FOLDER / "templates").iterdir():
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|<style|\|\s*safe|autoescape", text), (
            path.name
        )


def test_every_page_has_its_template_and_a_name_of_its_own() -> None:
    names = [page.name for page in PAGES]
    assert len(set(names)) == len(names)
    assert all((FOLDER / "templates" / f"{name}.html").is_file() for name in names)


def test_the_vendored_files_are_those_that_were_pinned() -> None:
    folder = FOLDER / "static" / "vendor"
    pinned = dict(
        reversed(line.split()) for line in (folder / "vendor.sha256").read_text("utf-8").splitlines()
    )
    assert {path.name for path in folder.glob("*.js")} == set(pinned)
    for name, digest in pinned.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert "Zero" in (folder / f"{name.partition('.')[0]}.LICENSE").read_text("utf-8")[:60]
    assert f'version:"{vendored("htmx")}"' in (folder / "htmx.min.js").read_text("utf-8")


def vendored(name: str) -> str:
    """Return the version of a vendored file as docs/adr/0007 has it."""
    page = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8")
    found = re.search(rf"{name} ([\d.]+\d)", page)
    assert found, f"docs/adr/0007 names no version of {name}"
    return found[1]


async def test_an_open_page_gets_news_of_its_topics_only() -> None:
    news = News()
    stream = news.stream(frozenset({"lead.routing"}))
    assert await anext(stream) == b": alive\n\n"
    news.publish(frozenset({"lead.scores"}))
    news.publish(frozenset({"lead.scores", "lead.routing"}))
    assert await anext(stream) == CHANGED
    news.close()
    assert [one async for one in stream] == []
