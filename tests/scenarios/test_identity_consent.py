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

    results = team.replay()

    assert results.handoffs == []
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_a_form_that_refuses_tracking_leaves_the_history_of_its_browser_behind(team: Story) -> None:
    team.activity("download", "mon 09:00", times=4, anonymous_id="a1")
    team.activity("webinar_attended", "mon 10:00", times=3, anonymous_id="a1")
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1", consent={"tracking": False})

    assert team.replay().handoffs == []


def test_who_refuses_to_be_tracked_and_asks_for_a_demo_is_called(team: Story) -> None:
    team.activity("download", "mon 09:00", anonymous_id="a1", consent={"tracking": False})
    team.form("ann@harbor.example", "tue 10:00", "demo", anonymous_id="a1", consent={"tracking": False})

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_yes_that_comes_later_counts_from_then_on(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00", consent={"tracking": False})
    team.activity("download", "tue 10:00", times=3, email="ann@harbor.example")
    team.activity("page_view", "wed 10:00", email="ann@harbor.example", consent={"tracking": True})

    points = {line["rule"]: line for line in team.replay().of("lead.scores")[-1]["explanation"]["points"]}

    assert "paper" not in points
    assert points["page"]["count"] == 1


def test_an_old_yes_that_arrives_late_does_not_undo_a_newer_no(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00")
    team.form("ann@harbor.example", "wed 10:00", consent={"tracking": False})
    late = {"occurred_at": "2026-03-03T10:00:00-05:00", "consent": {"tracking": True}}
    team.activity("page_view", "thu 10:00", email="ann@harbor.example", **late)
    team.activity("download", "thu 11:00", times=4, email="ann@harbor.example")

    assert team.replay().of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_without_consent_to_marketing_a_lead_is_scored_and_nobody_calls(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "nurture"
    assert "no_marketing_consent" in results.of("lead.scores")[-1]["explanation"]["reasons"]


def test_their_raised_hand_is_answered_and_only_answered(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "demo", consent={"marketing": False})

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["kind"], handoff["answer_only"]) == ("raised_hand", True)


def test_who_agrees_to_marketing_at_last_is_handed_over_with_the_interest_of_before(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", consent={"marketing": False})
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.form("ann@harbor.example", "wed 10:00", "newsletter", consent={"marketing": True})

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


ANN = "ann@harbor.example"


def test_who_takes_the_consent_to_tracking_back_is_handed_over_without_what_they_did(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")
    team.consent(ANN, "wed 10:00", tracking=False)
    team.form(ANN, "thu 10:00", "demo")

    handoff = team.replay().of("lead.routing")[-1]

    assert handoff["kind"] == "raised_hand"
    assert handoff["request"] == "demo"
    assert "touches" not in handoff
    assert handoff["explanation"]["behaviour"] == 0


def test_who_takes_it_back_is_nobodys_colleague_any_more(team: Story) -> None:
    team.form("cfo@harbor.example", "mon 09:00", title="CFO", job_function="finance")
    team.consent("cfo@harbor.example", "mon 10:00", tracking=False)
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")

    assert team.replay().of("lead.routing")[0]["colleagues"] == []


def test_nor_does_the_campaign_that_they_answered_make_an_mql_later(team: Story) -> None:
    team.bank("oak", revenue=None)
    team.form("cy@oak.example", "tue 10:00", campaign={"name": "CIO-Roundtable"})
    team.consent("cy@oak.example", "wed 10:00", tracking=False)
    team.bank("oak", "thu 10:00", revenue={"amount": 900_000_000, "currency": "USD"})

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-2:] == ["waiting_for_facts", "nurture"]


@pytest.mark.parametrize("again", ["claimed", "interested"])
def test_a_lead_that_was_claimed_is_somebodys_again_when_they_may_be_written_to(
    team: Story, again: str
) -> None:
    team.form(ANN, "tue 10:00")
    team.sales("claimed", ANN, "tue 11:00", "tom")
    team.consent(ANN, "wed 10:00", marketing=False)
    team.consent(ANN, "thu 10:00", marketing=True)
    if again == "claimed":
        team.sales("claimed", ANN, "fri 10:00", "tom")
    else:
        team.much_interest(ANN, "fri 10:00")

    actions = [(action, who) for action, _, who in team.replay().handoffs]
    assert actions == [("assigned", "tom"), ("withdrawn", None), ("assigned", "tom")]
