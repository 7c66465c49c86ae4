"""Consent to tracking and to marketing: which leads get points, and which are handed over."""

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


def test_activities_with_refused_tracking_give_no_points_once_the_visitor_is_known(
    team: Story,
) -> None:
    refused = {"consent": {"tracking": False}, "anonymous_id": "a1"}
    team.activity("download", "mon 09:00", times=4, **refused)
    team.activity("webinar_attended", "mon 10:00", times=3, **refused)
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1")

    results = team.replay()

    assert results.handoffs == []
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_a_form_that_refuses_tracking_drops_the_history_of_its_browser(team: Story) -> None:
    team.activity("download", "mon 09:00", times=4, anonymous_id="a1")
    team.activity("webinar_attended", "mon 10:00", times=3, anonymous_id="a1")
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1", consent={"tracking": False})

    assert team.replay().handoffs == []


def test_a_person_who_refuses_tracking_and_asks_for_a_demo_is_called(team: Story) -> None:
    team.activity("download", "mon 09:00", anonymous_id="a1", consent={"tracking": False})
    team.form("ann@harbor.example", "tue 10:00", "demo", anonymous_id="a1", consent={"tracking": False})

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_consent_given_later_counts_from_that_time_on(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00", consent={"tracking": False})
    team.activity("download", "tue 10:00", times=3, email="ann@harbor.example")
    team.activity("page_view", "wed 10:00", email="ann@harbor.example", consent={"tracking": True})

    points = {line["rule"]: line for line in team.replay().of("lead.scores")[-1]["explanation"]["points"]}

    assert "paper" not in points
    assert points["page"]["count"] == 1


def test_an_old_consent_that_arrives_late_does_not_undo_a_newer_refusal(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00")
    team.form("ann@harbor.example", "wed 10:00", consent={"tracking": False})
    late = {"occurred_at": "2026-03-03T10:00:00-05:00", "consent": {"tracking": True}}
    team.activity("page_view", "thu 10:00", email="ann@harbor.example", **late)
    team.activity("download", "thu 11:00", times=4, email="ann@harbor.example")

    assert team.replay().of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_without_consent_to_marketing_a_lead_is_scored_and_not_handed_over(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "nurture"
    assert "no_marketing_consent" in results.of("lead.scores")[-1]["explanation"]["reasons"]


def test_a_raised_hand_without_consent_to_marketing_is_only_answered(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "demo", consent={"marketing": False})

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["kind"], handoff["answer_only"]) == ("raised_hand", True)


def test_a_later_consent_to_marketing_hands_the_lead_over_with_its_earlier_interest(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.form("ann@harbor.example", "wed 10:00", "newsletter", consent={"marketing": True})

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


ANN = "ann@harbor.example"


def test_a_lead_that_withdraws_consent_to_tracking_is_handed_over_without_its_behaviour(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")
    team.consent(ANN, "wed 10:00", tracking=False)
    team.form(ANN, "thu 10:00", "demo")

    handoff = team.replay().of("lead.routing")[-1]

    assert handoff["kind"] == "raised_hand"
    assert handoff["request"] == "demo"
    assert "touches" not in handoff
    assert handoff["explanation"]["behaviour"] == 0


def test_a_person_who_withdraws_consent_to_tracking_is_not_listed_as_a_colleague(team: Story) -> None:
    team.form("cfo@harbor.example", "mon 09:00", title="CFO", job_function="finance")
    team.consent("cfo@harbor.example", "mon 10:00", tracking=False)
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")

    assert team.replay().of("lead.routing")[0]["colleagues"] == []


def test_withdrawn_consent_to_tracking_keeps_a_campaign_response_from_making_an_mql(team: Story) -> None:
    team.bank("oak", revenue=None)
    team.form("cy@oak.example", "tue 10:00", campaign={"name": "CIO-Roundtable"})
    team.consent("cy@oak.example", "wed 10:00", tracking=False)
    team.bank("oak", "thu 10:00", revenue={"amount": 900_000_000, "currency": "USD"})

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-2:] == ["waiting_for_facts", "nurture"]


@pytest.mark.parametrize("next_event", ["claimed", "interested"])
def test_a_claimed_lead_returns_to_its_rep_once_marketing_is_allowed_again(
    team: Story, next_event: str
) -> None:
    team.form(ANN, "tue 10:00")
    team.sales("claimed", ANN, "tue 11:00", "tom")
    team.consent(ANN, "wed 10:00", marketing=False)
    team.consent(ANN, "thu 10:00", marketing=True)
    if next_event == "claimed":
        team.sales("claimed", ANN, "fri 10:00", "tom")
    else:
        team.much_interest(ANN, "fri 10:00")

    actions = [(action, assignee) for action, _, assignee in team.replay().handoffs]
    assert actions == [("assigned", "tom"), ("withdrawn", None), ("assigned", "tom")]
