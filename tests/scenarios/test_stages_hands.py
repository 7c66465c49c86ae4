"""A raised hand is answered at once; facts decide only what it is called."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"
WRONG = {"amount": 1_000_000, "currency": "USD"}
RIGHT = {"amount": 900_000_000, "currency": "USD"}


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    return story


def labels(results: Results) -> list[tuple[str, str | None, str | None]]:
    """(action, label, who) of each routing record."""
    return [
        (one["action"], one.get("qualification"), (one.get("assignee") or {}).get("id"))
        for one in results.of("lead.routing")
    ]


@pytest.mark.parametrize(
    ("revenue", "label", "stage"), [(RIGHT, "mql", "mql"), (WRONG, "inquiry", "outside")]
)
def test_a_company_fact_that_arrives_later_changes_the_label_and_not_the_rep(
    team: Story, revenue: dict[str, Any], label: str, stage: str
) -> None:
    team.bank("harbor", revenue=None)
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "wed 10:00", revenue=revenue)

    results = team.replay()

    assert labels(results) == [("assigned", "pending", "mia"), ("relabelled", label, "mia")]
    assert results.stages[-1] == stage


def test_who_turns_out_to_be_a_student_keeps_the_rep_and_is_called_an_inquiry(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo", title=None)
    team.form(ANN, "wed 10:00", title="Student")

    results = team.replay()

    assert labels(results) == [("assigned", "pending", "mia"), ("relabelled", "inquiry", "mia")]
    assert "mql" not in results.stages


def test_an_inquiry_that_turns_out_to_be_right_stays_at_the_desk_and_is_called_an_mql(team: Story) -> None:
    team.bank("harbor", revenue=WRONG)
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "wed 10:00", revenue=RIGHT)

    desk = "desk:inside_sales"
    assert labels(team.replay()) == [("assigned", "inquiry", desk), ("relabelled", "mql", desk)]


def test_the_bar_reached_after_it_makes_no_other_hand_off(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.much_interest(ANN, "wed 10:00")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert results.stages.count("mql") == 1


def test_while_the_account_is_in_question_a_hand_is_pending_until_the_facts_are_confirmed(
    team: Story,
) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "tue 10:00", reason="not_our_market")
    team.form("bob@harbor.example", "wed 10:00", "demo")
    team.bank("harbor", "thu 10:00", facts_confirmed_at="2026-03-05T10:00:00-05:00")

    assert labels(team.replay())[-2:] == [("assigned", "pending", "mia"), ("relabelled", "mql", "mia")]


def test_who_must_not_be_contacted_is_answered_and_no_more(team: Story) -> None:
    team.bank("harbor")
    team.contact(ANN, do_not_contact=True)
    team.form(ANN, "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["kind"], handoff["answer_only"]) == ("raised_hand", True)


def test_a_hand_raised_before_a_no_that_sales_said_without_knowing_is_answered(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "wed 10:00", reason="not_now")
    asked = {"form_id": "demo", "email": ANN, "request": "demo"}
    team.late("form.fills", ANN, "tue 12:00", "wed 11:00", **asked)

    assert team.replay().handoffs[-1] == ("assigned", "raised_hand", "mia")


def test_a_return_says_one_score_of_its_lead(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("returned", ANN, "tue 10:00")

    results = team.replay()

    assert [who for _, _, who in results.handoffs] == ["mia", None, "tom"]
    causes = [one["explanation"]["triggering_event_id"] for one in results.of("lead.scores")]
    assert len(causes) == len(set(causes))
