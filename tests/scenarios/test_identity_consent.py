"""Who may be tracked, and who may be offered more than an answer."""

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


def test_what_a_visitor_did_who_refused_to_be_tracked_is_nobodys_when_they_say_who_they_are(
    team: Story,
) -> None:
    refused = {"consent": {"tracking": False}, "anonymous_id": "a1"}
    team.activity("download", "mon 09:00", times=4, **refused)
    team.activity("webinar_attended", "mon 10:00", times=3, **refused)
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1")

    told = team.told()

    assert told.handoffs == []
    assert told.of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_a_form_that_refuses_tracking_leaves_the_history_of_its_browser_behind(team: Story) -> None:
    team.activity("download", "mon 09:00", times=4, anonymous_id="a1")
    team.activity("webinar_attended", "mon 10:00", times=3, anonymous_id="a1")
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1", consent={"tracking": False})

    assert team.told().handoffs == []


def test_who_refuses_to_be_tracked_and_asks_for_a_demo_is_called(team: Story) -> None:
    team.activity("download", "mon 09:00", anonymous_id="a1", consent={"tracking": False})
    team.form("ann@harbor.example", "tue 10:00", "demo", anonymous_id="a1", consent={"tracking": False})

    assert team.told().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_yes_that_comes_later_counts_from_then_on(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00", consent={"tracking": False})
    team.activity("download", "tue 10:00", times=3, email="ann@harbor.example")
    team.activity("page_view", "wed 10:00", email="ann@harbor.example", consent={"tracking": True})

    points = {line["rule"]: line for line in team.told().of("lead.scores")[-1]["explanation"]["points"]}

    assert "paper" not in points
    assert points["page"]["count"] == 1


def test_an_old_yes_that_arrives_late_does_not_undo_a_newer_no(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00")
    team.form("ann@harbor.example", "wed 10:00", consent={"tracking": False})
    late = {"occurred_at": "2026-03-03T10:00:00-05:00", "consent": {"tracking": True}}
    team.activity("page_view", "thu 10:00", email="ann@harbor.example", **late)
    team.activity("download", "thu 11:00", times=4, email="ann@harbor.example")

    assert team.told().of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_without_consent_to_marketing_a_lead_is_scored_and_nobody_calls(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")

    told = team.told()

    assert told.handoffs == []
    assert told.stages[-1] == "nurture"
    assert "no_marketing_consent" in told.of("lead.scores")[-1]["explanation"]["reasons"]


def test_their_raised_hand_is_answered_and_only_answered(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "demo", consent={"marketing": False})

    (handoff,) = team.told().of("lead.routing")

    assert (handoff["kind"], handoff["answer_only"]) == ("raised_hand", True)


def test_who_agrees_to_marketing_at_last_is_handed_over_with_the_interest_of_before(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.form("ann@harbor.example", "wed 10:00", "newsletter", consent={"marketing": True})

    assert team.told().handoffs == [("assigned", "mql", "mia")]
