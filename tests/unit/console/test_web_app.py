"""Every answer of the console: security headers, escaped texts, refused requests, errors without data."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from tests.scenarios.story import Story
from tests.stored import KEY, Browser
from tests.unit.house.pages import ROOT
from workers.console.guards import SECURITY_HEADERS
from workers.console.news import CHANGED, News
from workers.console.page_list import PAGES
from workers.console.web_app import FOLDER, make_app
from workers.identity.lead_ids import lead_id_of

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{% raw %}"
LINK = "javascript:alert(1)//<script>alert(1)</script>"


class Parsed(HTMLParser):
    """The tags of a page, and whatever of them a browser could run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.runs: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            is_link = name in {"href", "src", "action", "hx-get", "sse-connect"}
            if (
                name.startswith("on")
                or name == "style"
                or (is_link and not (value or "/").startswith(("/", "#")))
            ):
                self.runs.append(f"{tag} {name}={value}")
        if tag == "script" and not dict(attrs).get("src", "").startswith("/static/vendor/"):
            self.runs.append(tag)


def hostile_story(folder: Path) -> Story:
    """Return a story in which every text that an outsider can write is hostile."""
    story = Story(folder)
    story.rep("mia", name=HOSTILE)
    story.bank("harbor", name=HOSTILE, other_names=[HOSTILE])
    story.activity("page_view", "tue 09:00", anonymous_id=HOSTILE, url=LINK, asset=HOSTILE)
    story.activity(
        "download", "tue 09:01", anonymous_id=HOSTILE, url="https://x.example/<script>alert(1)</script>"
    )
    story.chat("started", "tue 09:30", HOSTILE, anonymous_id=HOSTILE, url=LINK)
    texts = dict.fromkeys(("form_id", "first_name", "last_name", "company", "phone", "region"), HOSTILE)
    story.form(
        "ann@harbor.example", "tue 10:00", "demo", title=f"CIO {HOSTILE}", anonymous_id=HOSTILE, **texts
    )
    story.sales("touched", "ann@harbor.example", "tue 10:10", HOSTILE, channel=HOSTILE)
    story.sales("accepted", "x@other.example", "tue 10:11", HOSTILE, handoff_id=HOSTILE)
    return story


async def test_no_text_of_an_outsider_is_executed_on_any_page(tmp_path: Path, browser: Browser) -> None:
    client = browser(hostile_story(tmp_path), "tue 10:29")
    lead_id = lead_id_of("ann@harbor.example", KEY)
    pages = [
        await client.get("/"),
        await client.get("/live"),
        await client.get(f"/leads/{lead_id}"),
        await client.get("/accounts/domain:harbor.example"),
        await client.get(f"/leads/{quote(HOSTILE, safe='')}"),
        await client.post("/search", data={"q": HOSTILE}),
        await client.post("/search", data={"q": "script alert"}, follow_redirects=True),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 404, 200, 200]
    for page in pages:
        parsed = Parsed(page.text)
        assert parsed.runs == [], page.url
        assert "img" not in parsed.tags
        assert "49" not in re.findall(r"&#39;&gt;&lt;img src=x onerror=alert\(1\)&gt;(\S{2})", page.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[2].text, "the texts are shown, escaped"


@pytest.mark.parametrize(
    "path",
    ["/leads/no-such-lead", "/accounts/domain:no.example", "/handoffs/domain:no.example%231.1", "/leads/", "/static/x",
     "/leads/..%2f..%2fetc", "/static/..%2fweb_app.py"],
)  # fmt: skip
async def test_an_unknown_thing_is_not_found(story: Story, browser: Browser, path: str) -> None:
    answer = await browser(story, "tue 10:01").get(path)
    assert answer.status_code == 404
    assert "def make_app" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8484", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Length": "99999"}, 413),
    ],
)
async def test_a_form_of_another_site_or_of_any_size_is_refused(
    story: Story, browser: Browser, headers: dict[str, str], status: int
) -> None:
    answer = await browser(story, "tue 10:01").post("/search", data={"q": "nothing"}, headers=headers)
    assert answer.status_code == status


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
    app = make_app(tmp_path / "results.sqlite", News(), lambda: 0, b"")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = await client.get("/")
    assert answer.status_code == 500
    assert "Its log names the reason" in answer.text
    assert "@" not in answer.text + capsys.readouterr().out


def test_no_template_has_an_inline_script_a_style_or_an_unescaped_value() -> None:
    for path in (FOLDER / "templates").iterdir():
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|<style|\|\s*safe|autoescape", text), (
            path.name
        )


def test_every_page_has_its_template_and_a_name_of_its_own() -> None:
    names = [page.name for page in PAGES]
    assert len(set(names)) == len(names)
    shown = set(names) - {"handoff", "answer"}  # they only send the browser to a lead
    assert all((FOLDER / "templates" / f"{name}.html").is_file() for name in shown)


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
