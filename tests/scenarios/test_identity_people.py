"""Browsers and addresses: which person an event belongs to."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia at the inside sales desk, and a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


def rule_counts(results: Results) -> dict[str, dict[str, int]]:
    """Return how often each rule counts for each lead, in the order in which the leads appear."""
    found: dict[str, dict[str, int]] = {}
    for score in results.of("lead.scores"):
        lines = score["explanation"]["points"]
        found[score["lead_id"]] = {line["rule"]: line["count"] for line in lines if line["count"]}
    return found


@pytest.mark.parametrize(
    "spelling", ["  ANN@Harbor.Example ", "Ann Lee <ann@harbor.example>", '"Lee, Ann" <Ann@harbor.example>']
)
def test_all_spellings_of_one_address_are_one_person(team: Story, spelling: str) -> None:
    team.form(ANN, "mon 10:00")
    team.activity("download", "mon 11:00", email=spelling)

    results = team.replay()

    assert list(rule_counts(results).values()) == [{"form": 1, "paper": 1}]
    assert results.dead_letter_reasons == []


@pytest.mark.parametrize("other", ["ann+news@harbor.example", "a.nn@harbor.example"])
def test_a_tag_and_a_dot_make_another_address(team: Story, other: str) -> None:
    team.form(ANN, "mon 10:00")
    team.form(other, "mon 11:00")

    assert len(rule_counts(team.replay())) == 2


def test_a_second_browser_adds_its_earlier_history(team: Story) -> None:
    team.form(ANN, "mon 10:00", anonymous_id="office")
    team.activity("download", "mon 20:00", anonymous_id="home")
    team.form(ANN, "tue 10:00", anonymous_id="home")

    assert list(rule_counts(team.replay()).values()) == [{"form": 2, "paper": 1}]


def test_on_a_shared_browser_each_person_gets_the_activities_of_their_own_time(team: Story) -> None:
    team.activity("download", "mon 09:00", anonymous_id="shared")
    team.form(ANN, "mon 10:00", anonymous_id="shared")
    team.form(BOB, "tue 10:00", anonymous_id="shared")
    team.activity("calculator_used", "tue 11:00", anonymous_id="shared")
    team.form(ANN, "wed 10:00", anonymous_id="shared")
    team.activity("poll_answered", "wed 11:00", anonymous_id="shared")
    team.activity("download", "wed 12:00", anonymous_id="shared")

    ann, bob = rule_counts(team.replay()).values()

    assert ann == {"form": 2, "paper": 2}
    assert bob == {"form": 1, "rates": 1}


def test_a_late_event_of_a_shared_browser_belongs_to_the_person_of_that_time(team: Story) -> None:
    team.form(ANN, "mon 10:00", anonymous_id="shared")
    team.form(BOB, "tue 10:00", anonymous_id="shared")
    team.late(
        "web.activity",
        "shared",
        "mon 12:00",
        "wed 10:00",
        activity="webinar_attended",
        anonymous_id="shared",
    )

    ann, bob = rule_counts(team.replay()).values()

    assert ann == {"form": 1, "webinar": 1}
    assert bob == {"form": 1}


def test_a_robot_that_asks_for_a_demo_is_not_handed_over(team: Story) -> None:
    team.form(ANN, "mon 10:00", "demo", is_bot=True)

    results = team.replay()

    assert (results.handoffs, results.stages, results.dead_letter_reasons) == ([], [], [])


def test_a_headcount_that_cannot_be_read_is_named_and_the_rest_of_the_record_holds(
    team: Story,
) -> None:
    team.bank("harbor", "mon 01:00", employees="quite a few", country="DE")
    team.form(ANN, "mon 10:00")

    results = team.replay()

    assert results.dead_letter_reasons == []
    assert results.stages[-1] == "outside"
    assert [one["field"] for one in results.of("lead.alerts") if one["alert"] == "field_unreadable"] == [
        "employees"
    ]
