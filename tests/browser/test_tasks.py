"""The questions of a sales manager, each answered in at most three clicks."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_who_is_overdue(page: Page) -> None:
    """No click: the first page counts and lists them."""
    expect(page.get_by_role("heading", name="Overdue", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"\d+ overdue"))).to_be_visible()


def test_is_anything_stopped(page: Page) -> None:
    """No click."""
    expect(page.get_by_text("No partition is stopped.")).to_be_visible()


def test_which_form_is_silent(page: Page) -> None:
    """No click: the list is on the first page. Two weeks of records are too few to judge a source."""
    expect(page.get_by_role("link", name=re.compile(r"\d+ silent sources"))).to_be_visible()
    expect(page.get_by_role("heading", name="Silent sources")).to_be_visible()


def test_why_did_this_lead_go_to_this_rep(page: Page) -> None:
    """Two clicks: the live hand-offs, and one of them."""
    page.get_by_role("link", name="Live", exact=True).click()
    page.locator("article.card", has_text="next in rotation").get_by_role("link").first.click()
    expect(page.get_by_text("next in rotation").first).to_be_visible()
    expect(page.get_by_text("passed over", exact=False).first).to_be_visible()


def test_what_would_have_changed_the_decision(page: Page) -> None:
    """Two clicks."""
    page.get_by_role("link", name="Live", exact=True).click()
    page.locator("article.card").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("otherwise", re.IGNORECASE))).to_be_visible()


def test_where_is_the_lead_of_this_company(page: Page) -> None:
    """Two clicks: the search, and its button."""
    page.get_by_role("link", name="Live", exact=True).click()
    company = page.locator("article.card strong a").first.inner_text()
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill(company)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text(company.split()[0]).first).to_be_visible()
    assert company.split()[0] not in page.url, "nothing that was searched for is in a URL"


def test_who_is_starved(page: Page) -> None:
    """Two clicks: the desks, and one of them."""
    page.get_by_role("link", name="Desks", exact=True).click()
    page.get_by_role("link", name="desk inside sales").click()
    owed = page.get_by_role("region", name="Members").locator("tbody tr td:nth-child(4)").all_inner_texts()
    assert owed == sorted(owed, key=float, reverse=True), "the rep who is owed most is first"
    assert all(-1 < float(one) < 1 for one in owed)


def test_which_leads_wait_at_a_desk(page: Page) -> None:
    """Two clicks."""
    page.get_by_role("link", name="Desks", exact=True).click()
    page.get_by_role("link", name="desk inside sales").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()


def test_which_change_would_free_most_leads(page: Page) -> None:
    """One click."""
    page.get_by_role("link", name="Not handed over").click()
    alone = page.get_by_role("region", name="What would free most leads").locator("tbody tr td:nth-child(2)")
    counts = [int(one.replace(",", "")) for one in alone.all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0


def test_which_producer_sends_what_cannot_be_used(page: Page) -> None:
    """One click."""
    page.get_by_role("link", name="Dead letters").click()
    expect(page.get_by_role("heading", name="By reason and producer")).to_be_visible()


def test_how_did_the_week_go(page: Page) -> None:
    """Two clicks: the week, and the week before."""
    page.get_by_role("link", name="Week", exact=True).click()
    page.get_by_role("link", name=re.compile("^week 2026-W")).first.click()
    expect(page.get_by_role("heading", name="By rep")).to_be_visible()
    expect(page.get_by_role("heading", name="Acceptance by rule")).to_be_visible()
