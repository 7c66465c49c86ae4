"""Consent that a person gives or refuses by a privacy request, apart from any form."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "mon 10:00")
    return story


def test_a_lead_that_withdraws_consent_to_marketing_is_handed_over_only_on_request(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    team.much_interest(ANN, "tue 10:00")
    before_request = team.replay()
    team.form(ANN, "wed 10:00", "demo")

    assert before_request.handoffs == []
    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_hand_off_without_a_request_is_withdrawn_even_after_a_change_of_kind(team: Story) -> None:
    team.much_interest(ANN, "mon 10:05")
    team.bank("harbor", "tue 10:00", country="DE")
    team.consent(ANN, "wed 10:00", marketing=False)

    actions = [action for action, _, _ in team.replay().handoffs]

    assert actions == ["assigned", "relabelled", "withdrawn"]


def test_renewed_consent_to_marketing_hands_the_lead_over_for_later_activities(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    team.much_interest(ANN, "tue 10:00")
    team.consent(ANN, "wed 10:00", marketing=True)
    team.activity("download", "thu 10:00", email=ANN)

    assert team.replay().handoffs[-1] == ("assigned", "mql", "mia")


def test_without_consent_to_tracking_activities_give_no_points(team: Story) -> None:
    team.consent(ANN, "mon 11:00", tracking=False)
    team.much_interest(ANN, "tue 10:00")

    results = team.replay()

    assert results.handoffs == []
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_a_late_consent_holds_from_its_own_time(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    on_time = team.replay()
    consent_line = team._lines.pop()
    team.much_interest(ANN, "tue 10:00")
    team.line(consent_line)

    assert on_time.handoffs == team.replay().handoffs == []


def test_a_consent_request_without_a_purpose_is_a_dead_letter(team: Story) -> None:
    team.consent(ANN, "mon 11:00")

    assert team.replay().dead_letter_reasons == ["breaks_contract"]


def test_a_consent_from_before_an_erasure_does_not_restore_the_lead(team: Story) -> None:
    team.erasure(ANN, "mon 12:00")
    team.add_event(
        "privacy.requests",
        ANN,
        "mon 13:00",
        {
            "email": ANN,
            "request": "consent",
            "consent": {"marketing": False},
            "occurred_at": "2026-03-02T11:00:00-05:00",
        },
    )
    results = team.replay()

    assert [emit for emit in results.emits if emit.topic == "lead.scores" and emit.value is None] != []
    assert results.dead_letter_reasons == []
