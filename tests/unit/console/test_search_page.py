"""A search finds by company, domain, address, hand-off and lead, and an address is in no URL."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story
from tests.stored import KEY, Browser
from workers.identity.lead_ids import lead_id_of

ANN = lead_id_of("ann@harbor.example", KEY)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (" Ann <Ann@Harbor.example> ", f"/leads/{ANN}"),
        ("domain:harbor.example#1.1", f"/leads/{ANN}"),
        (ANN[:8], f"/leads/{ANN}"),
        (ANN.upper(), f"/leads/{ANN}"),
        ("domain:harbor.example", "/accounts/domain%3Aharbor.example"),
        ("https://www.harbor.example/about", "/accounts/domain%3Aharbor.example"),
        ("CRM:nothing harbor", None),
        ("bob@harbor.example", None),
        ("not@an@address", None),
        ("domain:harbor.example#9.9", None),
        ("abcdef12", None),
    ],
)
async def test_one_result_is_opened_at_once(
    story: Story, browser: Browser, asked: str, path: str | None
) -> None:
    answer = await browser(story, "tue 10:01").post("/search", data={"q": asked})
    assert answer.headers.get("location") == path
    if path is None:
        assert "Nothing was found." in answer.text


@pytest.mark.parametrize("asked", ["harb", "BANK harb", "harbör", "bank"])
async def test_words_of_a_name_find_the_accounts_with_leads_first(
    story: Story, browser: Browser, asked: str
) -> None:
    story.bank("quay", name="Harbor Quay Bank")
    answer = await browser(story, "tue 10:01").post("/search", data={"q": asked})
    assert answer.status_code == 200
    assert (
        0
        < answer.text.index("/accounts/domain%3Aharbor.example")
        < answer.text.index("domain%3Aquay.example")
    )


async def test_an_address_is_posted_and_never_in_a_url(story: Story, browser: Browser) -> None:
    client = browser(story, "tue 10:01")
    form = (await client.get("/search?q=ann@harbor.example")).text
    assert '<form method="post" action="/search"' in form
    assert "@" not in form
    found = await client.post("/search", data={"q": "ann@harbor.example"}, follow_redirects=True)
    assert "@" not in f"{found.url}{found.text}"
    assert "lead " + ANN[:8] in found.text


async def test_an_account_lists_its_leads_with_their_holders(story: Story, browser: Browser) -> None:
    story.form("bob@harbor.example", "tue 10:05", title="student")
    page = (await browser(story, "tue 10:30").get("/accounts/domain:harbor.example")).text
    assert page.count('<a class="id" href="/leads/') == 2
    assert "Zoe" in page


async def test_a_hand_off_leads_to_the_story_of_its_lead(story: Story, browser: Browser) -> None:
    answer = await browser(story, "tue 10:01").get("/handoffs/domain%3Aharbor.example%231.1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/leads/{ANN}")
