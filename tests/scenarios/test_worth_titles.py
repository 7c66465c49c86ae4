"""Titles in the spellings that people use, from the view of a sales manager."""

from __future__ import annotations

import unicodedata

import pytest

from tests.scenarios.story import POLICY, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is a member of the desk; the bank is in the served market."""
    story.rep("mia")
    story.bank("harbor")
    return story


@pytest.mark.parametrize("title", ["V.P. of I.T.", "vice-president, IT", "IT_Manager", "Co-CIO", "CIO/CTO"])
def test_a_title_gives_the_same_points_in_every_spelling(team: Story, title: str) -> None:
    team.form("ann@harbor.example", "mon 09:00", title=title, job_function=None)
    team.much_interest("ann@harbor.example", "mon 10:00")

    assert team.replay(until="mon 11:00").handoffs == [("assigned", "mql", "mia")]


@pytest.mark.parametrize(
    "title", ["Intern to the C.I.O.", "Assistant-to the VP", "Titular", "Internal Auditor"]
)
def test_a_title_that_does_not_decide_is_never_an_mql(team: Story, title: str) -> None:
    team.form("ann@harbor.example", "mon 09:00", title=title)
    team.much_interest("ann@harbor.example", "mon 10:00")

    results = team.replay(until="mon 11:00")

    assert results.handoffs == []
    assert results.stages[-1] == "outside"


def test_a_title_without_letters_is_requested_and_a_later_real_title_counts(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", title="---")
    team.much_interest("ann@harbor.example", "mon 10:00")
    team.form("ann@harbor.example", "mon 12:00", title="C.I.O.")

    results = team.replay(until="mon 13:00")

    assert next(one["fact"] for one in results.of("lead.alerts") if one["alert"] == "fact_wanted") == "title"
    assert results.stages[-2:] == ["waiting_for_facts", "mql"]
    assert results.handoffs == [("assigned", "mql", "mia")]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "title",
    ["DIRECTEUR DES SYSTÈMES D'INFORMATION", "Directeur des systemes d’information"],  # noqa: RUF001 - as typed
)
def test_a_policy_that_lists_french_words_finds_them_without_accents(
    team: Story, title: str, form: str
) -> None:
    text = POLICY.read_text("utf-8")
    text = text.replace("words: [chief,", "words: [directeur, chief,")
    team.policy(text.replace("it: [it,", "it: [systèmes d'information, it,"))
    team.form("ann@harbor.example", "mon 09:00", title=unicodedata.normalize(form, title), job_function=None)
    team.much_interest("ann@harbor.example", "mon 10:00")

    assert team.replay(until="mon 11:00").handoffs == [("assigned", "mql", "mia")]
