"""A console over a part of the demo's market, in a real headless Chromium.

It runs apart from the other tests, because a browser is needed: `make browser-test`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.market_slice import market_slice
from tests.scenarios.story import Story
from tests.stored import KEY, filled
from workers.console.news import News
from workers.console.run_console import listen
from workers.console.web_app import make_app

_ROOT = Path(__file__).parents[2]
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
"""Chromium runs as root in a container, and asks nothing of the network."""
SEED = 7
KEPT_PERCENT = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the screenshots of the documentation."""
    parser.addoption("--write-screenshots", action="store_true")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with two weeks of a part of the demo's market."""
    folder = tmp_path_factory.mktemp("market")
    story = Story(folder)
    story.policy((_ROOT / "policy" / "default.yaml").read_text("utf-8"))
    for records in market_slice(SEED, KEPT_PERCENT):
        for record in records:
            if not isinstance(record.value, bytes):
                story.line(
                    json.dumps(
                        {
                            "topic": record.topic,
                            "key": record.key,
                            "timestamp": record.timestamp_ms,
                            "value": record.value,
                        }
                    )
                )
    return filled(folder / "results.sqlite", story)


@pytest.fixture(scope="session")
def address(store: Path) -> Iterator[str]:
    """Return the address of a console over the store. The time is that of the newest result."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(make_app(store, News(), lambda: None, KEY), lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a running Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("the browser tests need Chromium: `apt-get install chromium` on Debian", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Return the page "now" in a new window. A script error or a refused script fails the test."""
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(f"{message.text} {message.location}") if message.type == "error" else None
        ),
    )
    page.goto("/")
    yield page
    context.close()
    assert errors == []
