"""A raised hand is assigned at once. Facts decide only its qualification."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"
OUTSIDE = {"amount": 1_000_000, "currency": "USD"}
SERVED = {"amount": 900_000_000, "currency": "USD"}


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom are members of the inside sales desk. Dana manages it."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    return story


def qualifications(results: Results) -> list[tuple[str, str | None, str | None]]:
    """Return (action, qualification, assignee) of each routing record."""
    return [
        (one["action"], one.get("qualification"), (one.get("assignee") or {}).get("id"))
        for one in results.of("lead.routing")
    ]


@pytest.mark.parametrize(
    ("revenue", "qualification", "stage"), [(SERVED, "mql", "mql"), (OUTSIDE, "inquiry", "outside")]
)
def test_a_late_fact_of_the_company_changes_the_qualification_and_not_the_rep(
    team: Story, revenue: dict[str, Any], qualification: str, stage: str
) -> None:
    team.bank("harbor", revenue=None)
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "wed 10:00", revenue=revenue)

    results = team.replay()

    assert qualifications(results) == [("assigned", "pending", "mia"), ("relabelled", qualification, "mia")]
    assert results.stages[-1] == stage


def test_a_pending_lead_whose_late_title_fails_keeps_its_rep_and_becomes_an_inquiry(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo", title=None)
    team.form(ANN, "wed 10:00", title="Student")

    results = team.replay()

    assert qualifications(results) == [("assigned", "pending", "mia"), ("relabelled", "inquiry", "mia")]
    assert "mql" not in results.stages


def test_an_inquiry_whose_late_facts_pass_stays_at_the_desk_and_becomes_an_mql(team: Story) -> None:
    team.bank("harbor", revenue=OUTSIDE)
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "wed 10:00", revenue=SERVED)

    desk = "desk:inside_sales"
    assert qualifications(team.replay()) == [("assigned", "inquiry", desk), ("relabelled", "mql", desk)]


def test_a_threshold_reached_after_the_raised_hand_makes_no_other_hand_off(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.much_interest(ANN, "wed 10:00")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert results.stages.count("mql") == 1


def test_a_raised_hand_of_an_account_in_question_is_pending_until_the_facts_are_confirmed(
    team: Story,
) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "tue 10:00", reason="not_our_market")
    team.form("bob@harbor.example", "wed 10:00", "demo")
    team.bank("harbor", "thu 10:00", facts_confirmed_at="2026-03-05T10:00:00-05:00")

    assert qualifications(team.replay())[-2:] == [
        ("assigned", "pending", "mia"),
        ("relabelled", "mql", "mia"),
    ]


def test_the_raised_hand_of_a_lead_not_to_be_contacted_is_answered_only(team: Story) -> None:
    team.bank("harbor")
    team.contact(ANN, do_not_contact=True)
    team.form(ANN, "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["kind"], handoff["answer_only"]) == ("raised_hand", True)


def test_a_raised_hand_from_before_a_rejection_that_arrives_after_it_is_assigned(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "wed 10:00", reason="not_now")
    asked = {"form_id": "demo", "email": ANN, "request": "demo"}
    team.late("form.fills", ANN, "tue 12:00", "wed 11:00", **asked)

    assert team.replay().handoffs[-1] == ("assigned", "raised_hand", "mia")


def test_a_return_emits_no_second_score_of_its_lead(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("returned", ANN, "tue 10:00")

    results = team.replay()

    assert [who for _, _, who in results.handoffs] == ["mia", None, "tom"]
    causes = [one["explanation"]["triggering_event_id"] for one in results.of("lead.scores")]
    assert len(causes) == len(set(causes))
