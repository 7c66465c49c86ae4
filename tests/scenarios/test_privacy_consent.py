"""Somebody tells us, apart from any form, what we may do with what they do."""

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


def test_who_takes_back_the_consent_to_marketing_is_handed_over_only_when_they_ask(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    team.much_interest(ANN, "tue 10:00")
    quiet = team.replay()
    team.form(ANN, "wed 10:00", "demo")

    assert quiet.handoffs == []
    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_an_mql_whom_nobody_asked_for_is_withdrawn_whatever_it_is_called_by_then(team: Story) -> None:
    team.much_interest(ANN, "mon 10:05")
    team.bank("harbor", "tue 10:00", country="DE")
    team.consent(ANN, "wed 10:00", marketing=False)

    actions = [action for action, _, _ in team.replay().handoffs]

    assert actions == ["assigned", "relabelled", "withdrawn"]


def test_who_gives_it_again_is_handed_over_for_what_they_do_later(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    team.much_interest(ANN, "tue 10:00")
    team.consent(ANN, "wed 10:00", marketing=True)
    team.activity("download", "thu 10:00", email=ANN)

    assert team.replay().handoffs[-1] == ("assigned", "mql", "mia")


def test_without_consent_to_tracking_what_they_do_counts_nothing(team: Story) -> None:
    team.consent(ANN, "mon 11:00", tracking=False)
    team.much_interest(ANN, "tue 10:00")

    results = team.replay()

    assert results.handoffs == []
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0


def test_a_consent_that_comes_late_holds_from_its_own_time(team: Story) -> None:
    team.consent(ANN, "mon 11:00", marketing=False)
    on_time = team.replay()
    said = team._lines.pop()
    team.much_interest(ANN, "tue 10:00")
    team.line(said)

    assert on_time.handoffs == team.replay().handoffs == []


def test_a_request_that_says_neither_is_a_dead_letter(team: Story) -> None:
    team.consent(ANN, "mon 11:00")

    assert team.replay().dead_letter_reasons == ["breaks_contract"]


def test_a_consent_from_before_an_erasure_revives_nobody(team: Story) -> None:
    team.erasure(ANN, "mon 12:00")
    team._say(
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
    once = team.replay()

    assert [emit for emit in once.emits if emit.topic == "lead.scores" and emit.value is None] != []
    assert once.dead_letter_reasons == []
