"""A fact that the form states which identifies a visitor is never asked for, whatever history comes with it."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia at the inside sales desk, and a bank of the served market."""
    story.rep("mia")
    story.bank("harbor")
    return story


def facts_wanted(results: Results) -> list[str]:
    return [alert["fact"] for alert in results.of("lead.alerts") if alert["alert"] == "fact_wanted"]


@pytest.mark.parametrize("pages", [1, 20])
@pytest.mark.parametrize("request_", ["content", "demo"])
def test_the_facts_of_a_form_are_known_before_the_history_that_comes_with_it(
    team: Story, pages: int, request_: str
) -> None:
    team.activity("page_view", "mon 09:00", times=pages, anonymous_id="a1")
    team.form(ANN, "tue 10:00", request_, anonymous_id="a1")

    results = team.replay()

    assert facts_wanted(results) == []
    assert "waiting_for_facts" not in results.stages
    assert len(results.of("lead.scores")) == pages + 1
    assert [one[1] for one in results.handoffs] == (["raised_hand"] if request_ == "demo" else [])


def test_the_facts_of_an_earlier_form_of_the_same_browser_are_known_too(team: Story) -> None:
    team.activity("page_view", "mon 09:00", anonymous_id="a1")
    team.form("not an address", "mon 10:00", anonymous_id="a1")
    team.activity("email_clicked", "tue 10:00", anonymous_id="a1", email=ANN)

    results = team.replay()

    assert facts_wanted(results) == []
    assert "waiting_for_facts" not in results.stages


def test_a_fact_that_no_form_states_is_asked_for_once(team: Story) -> None:
    team.activity("page_view", "mon 09:00", anonymous_id="a1")
    team.form(ANN, "tue 10:00", anonymous_id="a1", title=None)

    results = team.replay()

    assert facts_wanted(results) == ["title"]  # the story's forms state a function
    assert results.stages == ["known", "waiting_for_facts"]


FREE = "ann@gmail.com"


@pytest.mark.parametrize("how", ["name", "contact"])
@pytest.mark.parametrize("has_history", [False, True])
def test_no_fact_of_a_company_is_asked_for_that_the_form_names(
    team: Story, how: str, *, has_history: bool
) -> None:
    if how == "contact":
        team.contact(FREE, "mon 08:00", crm_account_id="ACC-harbor")
    if has_history:
        team.activity("page_view", "mon 09:00", anonymous_id="a1")
    company = "Harbor" if how == "name" else None
    team.form(FREE, "tue 10:00", anonymous_id="a1", company=company)

    results = team.replay()

    assert facts_wanted(results) == []
    assert "waiting_for_facts" not in results.stages
    assert results.stages[-1] == "nurture"


@pytest.mark.parametrize("company", ["Unheard-of Bank", None])
def test_the_facts_of_an_unknown_company_are_asked_for_after_the_lookup(
    team: Story, company: str | None
) -> None:
    team.activity("page_view", "mon 09:00", anonymous_id="a1")
    team.form(FREE, "tue 10:00", anonymous_id="a1", company=company)

    results = team.replay(until="tue 10:05")

    assert facts_wanted(results) == ["industry", "revenue", "country"]
    assert results.stages == ["known", "waiting_for_facts"]
