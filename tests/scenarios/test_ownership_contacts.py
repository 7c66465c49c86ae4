"""The owner of a person's record in the CRM, as a route line of the policy."""

from __future__ import annotations

import pytest

from tests.edge import policy_with
from tests.scenarios.story import Story

LINE = "  - {if: contact_has_owner, to: contact owner}\n"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia at the inside sales desk; Rosa and Olga, who own records; Dana, the manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("rosa", at_desk=False)
    story.rep("olga", at_desk=False)
    return story


def with_line(story: Story) -> None:
    place = "  - {otherwise: desk inside_sales}"
    story.policy(policy_with((place, LINE + place)))


def ask(story: Story, name: str, when: str = "tue 10:00", **contact: str) -> None:
    story.contact(f"{name}@harbor.example", **contact)
    story.form(f"{name}@harbor.example", when, "demo")


def test_the_owner_of_the_person_gets_the_lead_of_an_account_without_an_owner(team: Story) -> None:
    with_line(team)
    team.bank("harbor")
    ask(team, "ann", owner_rep_id="rosa")

    results = team.replay("tue 11:00")

    assert results.handoffs == [("assigned", "raised_hand", "rosa")]
    assert results.of("lead.routing")[0]["route"] == "contact_has_owner"


def test_without_the_line_the_owner_of_the_person_decides_nothing(team: Story) -> None:
    team.bank("harbor")
    ask(team, "ann", owner_rep_id="rosa")

    assert team.replay("tue 11:00").handoffs == [("assigned", "raised_hand", "mia")]


def test_the_owner_of_the_account_goes_first(team: Story) -> None:
    with_line(team)
    team.bank("harbor", owner_rep_id="olga")
    ask(team, "ann", owner_rep_id="rosa")

    assert team.replay("tue 11:00").handoffs == [("assigned", "raised_hand", "olga")]


def test_an_account_that_a_rep_has_keeps_one_owner(team: Story) -> None:
    with_line(team)
    team.bank("harbor")
    ask(team, "ann", owner_rep_id="rosa")
    ask(team, "bob", "tue 10:10", owner_rep_id="olga")

    results = team.replay("tue 11:00")

    assert [assignee for _, _, assignee in results.handoffs] == ["rosa", "rosa"]


def test_an_owner_who_has_left_is_passed_over(team: Story) -> None:
    with_line(team)
    team.rep("rosa", "tue 08:00", active=False)
    team.bank("harbor")
    ask(team, "ann", owner_rep_id="rosa")

    assert [assignee for _, _, assignee in team.replay("tue 11:00").handoffs] == ["mia"]
