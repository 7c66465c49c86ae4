"""The page "now" lists what needs a person, oldest first, and a number that is green at zero."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.scenarios.story import Story, moment
from tests.stored import Browser
from workers.result_store.source_table import write_silent
from workers.silent_sources.source_names import Source, SourceKind
from workers.silent_sources.source_report import SourceState


def numbers(html: str) -> dict[str, tuple[int, str]]:
    found = re.findall(r'<li class="(\w+)"><a href="#[\w-]+"><strong>([\d,]+)</strong> ([\w ]+)</a>', html)
    return {label: (int(number.replace(",", "")), colour) for colour, number, label in found}


async def test_a_quiet_minute_is_green(story: Story, browser: Browser) -> None:
    page = await browser(story, "tue 10:01").get("/")
    assert page.status_code == 200
    assert set(numbers(page.text).values()) == {(0, "good")}
    assert "No response is overdue." in page.text


async def test_a_deadline_is_near_and_then_past(story: Story, browser: Browser) -> None:
    near = numbers((await browser(story, "tue 10:28").get("/")).text)
    assert near["due soon"] == (1, "bad")
    assert near["overdue"] == (0, "good")

    page = (await browser(story, "tue 12:00").get("/")).text
    assert numbers(page)["overdue"] == (1, "bad")
    assert numbers(page)["due soon"] == (0, "good")
    row = page[page.index('id="overdue"') :]
    assert "Zoe" in row
    assert "Harbor Bank" in row
    assert "raised hand" in row


async def test_an_answer_ends_it(story: Story, browser: Browser) -> None:
    story.sales("touched", "ann@harbor.example", "tue 12:30", "zoe")
    page = await browser(story, "tue 13:00").get("/")
    assert numbers(page.text)["overdue"] == (0, "good")


async def test_the_oldest_deadline_is_first(story: Story, browser: Browser) -> None:
    story.bank("quay")
    story.form("bob@quay.example", "tue 09:30", "demo", company="Quay Bank")
    page = (await browser(story, "tue 15:00").get("/")).text
    overdue = page[page.index('id="overdue"') :]
    assert 0 < overdue.index("Quay Bank") < overdue.index("Harbor Bank")


async def test_a_desk_whose_members_are_all_away_is_named(story: Story, browser: Browser) -> None:
    for rep in ("mia", "zoe"):
        story.rep(rep, "tue 08:00", away=("tue 00:00", "fri 00:00"))
    page = (await browser(story, "tue 12:00").get("/")).text
    assert numbers(page)["desks without a rep"] == (1, "bad")
    assert "desk inside sales</strong>: everyone away" in page


async def test_a_silent_source_is_named_with_its_numbers(
    story: Story, browser: Browser, tmp_path: Path
) -> None:
    client = browser(story, "tue 10:01")
    form = Source(SourceKind.FORM, "<b>demo</b>")
    state = SourceState(form, 0, 100.0, round(moment("tue 08:00").timestamp() * 1000), 1, 1234.4, 1e-6)
    with closing(sqlite3.connect(tmp_path / "results.sqlite")) as connection, connection:
        write_silent(connection, [state, SourceState(form, 0, 100.0)])
    page = (await client.get("/")).text
    assert numbers(page)["silent sources"] == (1, "bad")
    assert "form &lt;b&gt;demo&lt;/b&gt;</strong>: silent since" in page
    assert "1 events where 1,234 are usual" in page
