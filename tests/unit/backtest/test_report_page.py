"""The page of a backtest: one file, with charts, without references to others and without markup from data."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from tests.scenarios.story import Story
from tests.unit.backtest.conftest import Tested
from workers.backtest.changed_lead_lines import LeadWords
from workers.backtest.charts import Series, bars, intervals, lines
from workers.backtest.report_page import charts_of, page_of
from workers.backtest.report_sections import LoadRange, sections_of


@pytest.fixture
def page(story: Story, tested: Tested, agreed: str) -> str:
    story.rep("mia", name="Mia <b>Lund</b>")
    found, _ = tested(story, agreed.replace("bar: 135", "bar: 130"), agreed.replace("bar: 135", "bar: 140"))
    load = LoadRange()
    words = LeadWords(found.reps, ZoneInfo("America/New_York"))
    return page_of(("Backtest", "two"), sections_of(found, load, words), charts_of(found, load, words))


def test_the_page_refers_to_nothing_outside(page: str) -> None:
    assert page.startswith("<!doctype html>")
    assert re.findall(r"(?:src|href|url|@import|<script|<link)", page) == []


def test_the_page_has_the_sections_and_charts_of_the_report(page: str) -> None:
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles[:6] == [
        "How many leads become MQLs",
        "Leads that change",
        "MQLs per rep and week, against 5 to 10",
        "Queues: leads that wait for a free rep",
        "Time to the first touch",
        "MQLs against what was converted or won",
    ]
    assert titles[-1] == "What this report cannot show"
    assert page.count("<svg") == page.count("<figcaption>") == 5


def test_names_are_text_and_no_address_is_shown(page: str) -> None:
    assert "Mia &lt;b&gt;Lund&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "@oak" not in page


@pytest.mark.parametrize("most", [0, 0.4, 1, 4, 7, 99, 12_345])
def test_every_value_is_inside_its_chart(most: float) -> None:
    series = [Series("present", [0, most / 2, None]), Series("new", [most, 0, most])]
    for chart in (bars(["a", "b", "c"], series, "t", (5, 10)), lines(["a", "b", "c"], series, "t")):
        for found in chart.iter("rect"):
            assert 0 <= float(found.attrib["y"]) <= 258
            assert float(found.attrib["height"]) >= 0
        for dot in chart.iter("circle"):
            assert 12 <= float(dot.attrib["cy"]) <= 212


def test_an_interval_without_a_case_has_no_dot() -> None:
    chart = intervals([("none", None, (0.0, 1.0), 0), ("half", 0.5, (0.4, 0.6), 1)], "shares")
    assert len(list(chart.iter("circle"))) == 1
