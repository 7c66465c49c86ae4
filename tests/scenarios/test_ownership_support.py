"""Support questions: the service desk answers a customer's, and the account's holder does not change."""

from __future__ import annotations

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, SUPPORT, desk, with_routes
from tests.scenarios.story import POLICY, Story

ROUTES = (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, REP, REST)


@pytest.fixture
def team(story: Story) -> Story:
    """Olga owns customers, Mia is at inside sales, and a service desk answers within four hours."""
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


def test_a_question_from_outside_the_customers_goes_to_inside_sales_without_points_or_turn(
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
        ("support_question", "not_a_customer"),
    ]
    assert results.of("lead.scores")[-1]["explanation"]["behaviour"] == 0
    assert results.of("desk.ledger") == []
    assert results.stages == ["known", "nurture"]


def test_a_lead_with_free_mail_that_fails_a_gate_is_answered_too(team: Story) -> None:
    team.form("eve@gmail.com", "tue 10:00", "support", title="Student")

    assert team.replay(until="tue 10:30").handoffs == [("assigned", "service", "desk:inside_sales")]


def test_a_question_in_a_chat_is_handled_like_one_in_a_form_and_the_visitor_is_notified_who_answers(
    team: Story,
) -> None:
    team.bank("mesa")
    team.form("ann@mesa.example", "tue 09:30", anonymous_id="b1")
    team.chat("asked_for_support", "tue 10:00", anonymous_id="b1")

    results = team.replay(until="tue 10:30")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["assignee"]["id"]) == ("service", "desk:inside_sales")
    (answer,) = results.of("chat.answers")
    assert (answer["reply"], answer["handoff_id"]) == ("now", event["handoff_id"])


def test_a_question_does_not_change_who_has_the_account(team: Story) -> None:
    team.bank("mesa")
    team.form("ann@mesa.example", "tue 10:00", "support")
    team.form("bob@mesa.example", "tue 11:00", "demo")

    assert team.replay(until="tue 11:10").handoffs == [
        ("assigned", "service", "desk:inside_sales"),
        ("assigned", "raised_hand", "mia"),
    ]


def test_a_competitors_question_is_not_answered(team: Story) -> None:
    team.bank("rival", relationship="competitor")
    team.form("ann@rival.example", "tue 10:00", "support")

    assert team.replay().handoffs == []


def test_a_repeat_before_an_answer_is_the_same_question_and_after_it_a_new_one(team: Story) -> None:
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


def test_an_unanswered_question_is_reported_at_the_desk(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")

    results = team.replay(until="wed 10:00")

    overdue = [alert for alert in results.of("lead.alerts") if alert["alert"] == "response_overdue"]
    assert [alert.get("desk") for alert in overdue] == ["desk:care"]


def test_when_sales_rejects_the_lead_the_question_stays(team: Story) -> None:
    team.form("ann@harbor.example", "tue 09:00", "demo")
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.sales("rejected", "ann@harbor.example", "tue 11:00", rep_id="olga", reason="not_now")

    results = team.replay(until="tue 12:00")

    assert results.handoffs[2:] == [("withdrawn", "expansion", None)]


def test_an_erasure_withdraws_the_question(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.erasure("ann@harbor.example", "tue 11:00")

    results = team.replay(until="wed 12:00")

    assert results.handoffs[1:] == [("withdrawn", "service", None)]
    assert "person" not in results.of("lead.routing")[1]
    assert results.alerts == []


def test_when_an_account_becomes_excluded_its_question_is_withdrawn(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 11:00", relationship="competitor")

    assert team.replay(until="tue 12:00").handoffs[1:] == [("withdrawn", "service", None)]


def test_a_question_stays_when_the_account_moves_and_a_later_one_is_another(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 10:30", domains=["other.example", "harbor.example"])
    team.form("ann@harbor.example", "tue 11:00", "support")

    results = team.replay(until="tue 12:00")

    assert results.handoffs == [("assigned", "service", "desk:care")] * 2
    assert {event["account_key"] for event in results.of("lead.routing")} == {
        "domain:harbor.example",
        "domain:other.example",
    }


def test_an_erasure_withdraws_a_question_asked_before_the_account_moved(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", "support")
    team.bank("harbor", "tue 10:30", domains=["other.example", "harbor.example"])
    team.erasure("ann@harbor.example", "tue 11:00")

    results = team.replay(until="wed 12:00")

    assert results.handoffs == [("assigned", "service", "desk:care"), ("withdrawn", "service", None)]
    assert results.alerts == []
