"""The screenshots of README and docs, taken from the console over the demo's market: `make screenshots`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SHOTS = {
    "console-now.png": "/",
    "console-lead.png": "a lead",
    "console-desk.png": "/desks/desk%3Ainside_sales",
}


@pytest.mark.parametrize("name", SHOTS)
def test_a_screenshot_shows_a_page_with_content(
    chromium: Browser, address: str, name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    context = chromium.new_context(
        base_url=address, viewport={"width": 1120, "height": 900}, color_scheme="light"
    )
    page = context.new_page()
    page.goto("/live" if SHOTS[name] == "a lead" else SHOTS[name])
    if SHOTS[name] == "a lead":
        page.locator("article.card", has_text="next in rotation").get_by_role("link").first.click()
        page.wait_for_url("**/leads/*")
    assert page.locator("main h2").count() > 1
    is_written = request.config.getoption("--write-screenshots")
    target = FOLDER if is_written else tmp_path
    target.mkdir(exist_ok=True)
    page.screenshot(path=target / name)
    context.close()
    assert (FOLDER / name).is_file(), "take it with `make screenshots`"
