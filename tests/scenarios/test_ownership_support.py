"""A customer asks for support: the service desk answers, the account stays where it is."""

from __future__ import annotations

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, SUPPORT, desk, with_routes
from tests.scenarios.story import POLICY, Story

ROUTES = (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, REP, REST)


@pytest.fixture
def team(story: Story) -> Story:
    """Olga who owns customers, Mia at inside sales, and a service desk that answers within four hours."""
    story.policy(with_routes(POLICY.read_text("utf-8"), ROUTES, desk("care", more=", service: 4h")))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    return story


def test_a_customers_question_goes_to_the_service_desk_without_points_or_turn(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")

    results = team.replay(until="tue 11:00")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["assignee"]) == ("service", {"type": "desk", "id": "desk:care"})
    assert event["route"] == "support_question"
    assert event["explanation"]["behaviour"] == 0
    assert event["explanation"]["reasons"] == ["support_question", "customer_account"]
    assert event["first_response_due_at"] == "2026-03-03T19:00:00Z"
    assert results.of("desk.ledger") == []


def test_the_owner_keeps_the_customer_while_the_service_desk_answers(team: Story) -> None:
    team.form("bob@harbor.example", "tue 09:00", "demo")
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.form("ann@harbor.example", "tue 11:00", "pricing")

    results = team.replay(until="tue 12:00")

    assert results.handoffs == [
        ("assigned", "expansion", "olga"),
        ("assigned", "service", "desk:care"),
        ("assigned", "expansion", "olga"),
    ]


def test_when_the_customer_gets_another_owner_the_question_stays_with_the_service_desk(team: Story) -> None:
    team.rep("pavel", at_desk=False)
    team.form("bob@harbor.example", "tue 09:00", "demo")
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 11:00", owner_rep_id="pavel")

    results = team.replay(until="tue 12:00")

    assert results.handoffs[2:] == [("reassigned", "expansion", "pavel")]


def test_a_question_of_somebody_who_is_no_customer_is_answered_by_inside_sales_without_points_or_turn(
    team: Story,
) -> None:
    team.bank("mesa")
    team.form("ann@mesa.example", "tue 10:00", "support")

    results = team.replay(until="tue 10:30")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["assignee"]) == ("service", {"type": "desk", "id": "desk:inside_sales"})
    assert (event["route"], event["explanation"]["reasons"]) == ("otherwise", ["support_question"])
    assert [(one["route"], one["why"]) for one in event["earlier_routes"]] == [
        ("never", "not_excluded"),
        ("support_question", "no_support_question"),
    ]
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0
    assert results.of("desk.ledger") == []
    assert results.stages == ["known", "nurture"]


def test_somebody_with_free_mail_and_somebody_outside_are_answered_too(team: Story) -> None:
    team.form("eve@gmail.com", "tue 10:00", "support", title="Student")

    assert team.replay(until="tue 10:30").handoffs == [("assigned", "service", "desk:inside_sales")]


def test_a_question_in_a_chat_is_the_same_question_and_the_visitor_is_told_who_answers(team: Story) -> None:
    team.bank("mesa")
    team.form("ann@mesa.example", "tue 09:30", anonymous_id="b1")
    team.chat("asked_for_support", "tue 10:00", anonymous_id="b1")

    results = team.replay(until="tue 10:30")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["assignee"]["id"]) == ("service", "desk:inside_sales")
    (answer,) = results.of("chat.answers")
    assert (answer["reply"], answer["handoff_id"]) == ("now", event["handoff_id"])


def test_a_question_takes_no_account_from_its_rep_and_gives_the_desk_none(team: Story) -> None:
    team.bank("mesa")
    team.form("ann@mesa.example", "tue 10:00", "support")
    team.form("bob@mesa.example", "tue 11:00", "demo")

    assert team.replay(until="tue 11:10").handoffs == [
        ("assigned", "service", "desk:inside_sales"),
        ("assigned", "raised_hand", "mia"),
    ]


def test_nobody_answers_a_competitors_question(team: Story) -> None:
    team.bank("rival", relationship="competitor")
    team.form("ann@rival.example", "tue 10:00", "support")

    assert team.replay().handoffs == []


def test_asking_again_before_an_answer_is_the_same_question_and_after_it_a_new_one(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.form("ann@harbor.example", "tue 10:30", "support")
    handoff_id = "domain:harbor.example#1.1"
    team.sales("touched", "ann@harbor.example", "tue 11:00", rep_id="sam", handoff_id=handoff_id)
    team.form("ann@harbor.example", "wed 10:00", "support")

    results = team.replay(until="wed 11:00")

    assert results.handoffs == [
        ("assigned", "service", "desk:care"),
        ("withdrawn", "service", None),
        ("assigned", "service", "desk:care"),
    ]
    assert results.alerts == []


def test_a_question_that_nobody_answers_is_reported_at_the_desk(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")

    results = team.replay(until="wed 10:00")

    overdue = [alert for alert in results.of("lead.alerts") if alert["alert"] == "response_overdue"]
    assert [alert.get("desk") for alert in overdue] == ["desk:care"]


def test_sales_says_no_to_the_lead_and_the_question_stays(team: Story) -> None:
    team.form("ann@harbor.example", "tue 09:00", "demo")
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.sales("rejected", "ann@harbor.example", "tue 11:00", rep_id="olga", reason="not_now")

    results = team.replay(until="tue 12:00")

    assert results.handoffs[2:] == [("withdrawn", "expansion", None)]


def test_who_is_forgotten_takes_the_question_along(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.erasure("ann@harbor.example", "tue 11:00")

    results = team.replay(until="wed 12:00")

    assert results.handoffs[1:] == [("withdrawn", "service", None)]
    assert "person" not in results.of("lead.routing")[1]
    assert results.alerts == []


def test_an_account_that_became_excluded_has_no_question_any_more(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 11:00", relationship="competitor")

    assert team.replay(until="tue 12:00").handoffs[1:] == [("withdrawn", "service", None)]


def test_a_question_asked_before_the_account_moved_stays_and_one_asked_after_is_another(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 10:30", domains=["other.example", "harbor.example"])
    team.form("ann@harbor.example", "tue 11:00", "support")

    results = team.replay(until="tue 12:00")

    assert results.handoffs == [("assigned", "service", "desk:care")] * 2
    assert {event["account_key"] for event in results.of("lead.routing")} == {
        "domain:harbor.example",
        "domain:other.example",
    }


def test_who_is_forgotten_takes_a_question_along_that_was_asked_before_the_account_moved(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 10:30", domains=["other.example", "harbor.example"])
    team.erasure("ann@harbor.example", "tue 11:00")

    results = team.replay(until="wed 12:00")

    assert results.handoffs == [("assigned", "service", "desk:care"), ("withdrawn", "service", None)]
    assert results.alerts == []
