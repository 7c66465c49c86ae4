"""Robots, employees of our own and mailboxes of a function: who gets no points, and who is not a colleague."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, and a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    return story


def test_a_robots_activities_give_its_browser_no_points(team: Story) -> None:
    robot = {"anonymous_id": "a1", "user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
    team.activity("download", "mon 09:00", times=9, **robot)
    team.activity("webinar_attended", "mon 10:00", times=9, **robot)
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1")

    results = team.replay()

    assert results.handoffs == []
    assert results.dead_letter_reasons == []
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 4  # the form


def test_heartbeats_of_an_open_tab_give_no_points(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00")
    team.activity("heartbeat", "tue 10:05", times=50, email="ann@harbor.example")

    results = team.replay()

    assert len(results.of("lead.scores")) == 1
    assert results.dead_letter_reasons == []


def test_our_own_employees_get_no_points_and_no_hand_off(team: Story) -> None:
    team.form("eve@our-own.example", "tue 10:00", "demo")
    team.much_interest("eve@our-own.example", "tue 10:05")
    team.activity("webinar_attended", "tue 11:00", email="eve@lab.our-own.example")

    results = team.replay()

    assert results.handoffs == []
    assert {score["explanation"]["behaviour"] for score in results.of("lead.scores")} == {0}
    assert results.stages == ["known", "disqualified", "known", "disqualified"]


def test_a_mailbox_of_a_function_is_a_lead_but_never_a_colleague(team: Story) -> None:
    team.activity("download", "tue 09:00", email="info@harbor.example")
    team.activity("download", "tue 09:10", email="bob@harbor.example")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")
    bob = next(score for score in team.replay().of("lead.scores") if score["lead_id"] != handoff["lead_id"])

    assert len(handoff["colleagues"]) == 1
    assert not handoff["person"]["role_address"]
    assert len(bob["active_people"]) <= 1


def test_a_raised_hand_from_a_mailbox_of_a_function_is_marked_as_such(team: Story) -> None:
    team.form("info@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["kind"], handoff["person"]["role_address"]) == ("raised_hand", True)
    assert handoff["colleagues"] == []
