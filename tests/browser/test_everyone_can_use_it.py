"""Every page without a violation of accessibility, in light and dark, on a phone, and by keyboard alone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from workers.console.page_list import PAGES

MENU = [page.path for page in PAGES if page.in_menu]
PHONE = 360


def lead_and_desk(page: Page) -> list[str]:
    """Return the paths of the pages that the menu does not list: a lead's and a desk's."""
    page.goto("/live")
    lead = page.locator("article.card a").first.get_attribute("href")
    assert lead
    return [lead, "/desks/desk%3Ainside_sales"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_violates_a_rule_of_accessibility(
    chromium: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(base_url=address, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found = []
    for path in [*MENU, *lead_and_desk(page)]:
        page.goto(path)
        found += [
            (path, one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in Axe().run(page).response["violations"]
        ]
    context.close()
    assert found == []


def test_every_page_fits_a_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": PHONE, "height": 740})
    page = context.new_page()
    wide = {}
    for path in [*MENU, *lead_and_desk(page)]:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE:
            wide[path] = width
    context.close()
    assert wide == {}


def test_a_keyboard_is_enough(page: Page) -> None:
    """Skip to the content, then reach a page of the menu, and see where the focus is."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto("/")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Live"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/live")
