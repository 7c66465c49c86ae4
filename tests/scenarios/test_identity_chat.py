"""Chats: which rep takes a visitor and when, the rep who answered first, and the browser's history."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, SUPPORT, desk, with_routes
from tests.scenarios.story import POLICY, Results, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, and a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    return story


def answers(results: Results) -> list[tuple[str, str | None, str | None]]:
    """Return (reply, assignee, available_from) of each chat answer."""
    return [
        (one["reply"], (one.get("assignee") or {}).get("id"), one.get("available_from"))
        for one in results.of("chat.answers")
    ]


def test_a_visitor_who_asks_for_sales_by_day_learns_which_rep_takes_the_chat_now(team: Story) -> None:
    team.chat("started", "tue 10:00", anonymous_id="a1")
    team.chat("asked_for_sales", "tue 10:01", anonymous_id="a1", email="ann@harbor.example")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert answers(results) == [("now", "mia", "2026-03-03T15:01:00Z")]
    (answer,) = results.of("chat.answers")
    assert answer["handoff_id"] == results.of("lead.routing")[0]["handoff_id"]


def test_a_visitor_who_asks_at_night_learns_when_the_rep_is_back_at_work(team: Story) -> None:
    team.chat("asked_for_sales", "fri 22:00", email="ann@harbor.example")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert answers(results) == [("later", "mia", "2026-03-09T12:30:00Z")]


def test_a_rep_at_work_comes_before_a_rep_whose_day_has_not_begun(story: Story) -> None:
    story.rep("mia", hours={"mon-fri": "12:00-17:30"})
    story.rep("tom")
    story.bank("harbor")
    story.chat("asked_for_sales", "tue 10:00", email="ann@harbor.example")

    results = story.replay()

    assert answers(results) == [("now", "tom", "2026-03-03T15:00:00Z")]
    (turn,) = [entry for entry in results.of("desk.ledger") if entry["entry"] == "turn"]
    assert [one.get("passed_over") for one in turn["candidates"]] == ["not_at_work", None]


def test_the_turn_goes_to_the_rep_who_answered_the_chat_before_the_request(team: Story) -> None:
    team.chat("started", "tue 10:00", anonymous_id="a1")
    team.chat("agent_message", "tue 10:01", anonymous_id="a1", rep_id="tom")
    team.chat("asked_for_sales", "tue 10:02", anonymous_id="a1", email="ann@harbor.example")
    team.bank("mesa")
    team.form("bob@mesa.example", "tue 11:00", "demo")

    results = team.replay()

    assert [assignee for _, _, assignee in results.handoffs] == ["tom", "mia"]
    assert results.of("lead.routing")[0]["how_chosen"] == "answered_chat"
    assert "answered_chat" in results.of("lead.routing")[0]["explanation"]["reasons"]


def test_an_account_stays_with_its_rep_even_if_another_rep_answers_the_chat(team: Story) -> None:
    team.form("bob@harbor.example", "mon 10:00", "demo")
    team.chat("agent_message", "tue 10:01", anonymous_id="a1", rep_id="tom")
    team.chat("asked_for_sales", "tue 10:02", anonymous_id="a1", email="ann@harbor.example")

    results = team.replay()

    assert [assignee for _, _, assignee in results.handoffs] == ["mia", "mia"]
    assert answers(results) == [("now", "mia", "2026-03-03T15:02:00Z")]


def test_the_deputy_of_an_absent_owner_takes_the_chat(team: Story) -> None:
    team.rep("olga", at_desk=False, away=("mon 08:00", "wed 08:00"), deputy_rep_id="tom")
    team.bank("harbor", "mon 01:00", owner_rep_id="olga")
    team.chat("asked_for_sales", "tue 10:00", email="ann@harbor.example")

    assert answers(team.replay()) == [("now", "tom", "2026-03-03T15:00:00Z")]


def test_a_chat_message_of_the_leads_rep_is_a_touch(team: Story) -> None:
    team.chat("asked_for_sales", "tue 10:00", email="ann@harbor.example")
    team.chat("agent_message", "tue 10:05", rep_id="mia")

    alerts = {alert for alert, _ in team.replay(until="wed 12:00").alerts}
    assert not {"response_due_soon", "response_overdue"} & alerts


def test_a_second_request_for_sales_is_answered_without_a_second_hand_off(team: Story) -> None:
    team.chat("asked_for_sales", "tue 10:00", email="ann@harbor.example")
    team.chat("asked_for_sales", "tue 20:00", "c2", email="ann@harbor.example")

    results = team.replay()

    assert len(results.handoffs) == 1
    assert answers(results) == [
        ("now", "mia", "2026-03-03T15:00:00Z"),
        ("later", "mia", "2026-03-04T13:30:00Z"),
    ]
    assert [one["conversation_id"] for one in results.of("chat.answers")] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("tue 10:00", ("now", "desk:inside_sales", "2026-03-03T15:00:00Z")),
        ("sat 10:00", ("later", "desk:inside_sales", "2026-03-09T12:30:00Z")),
    ],
)
def test_an_anonymous_visitor_learns_when_the_desk_is_open_and_takes_no_turn(
    team: Story, when: str, expected: tuple[str, str, str]
) -> None:
    team.chat("asked_for_sales", when)

    results = team.replay()

    assert answers(results) == [expected]
    assert results.handoffs == []
    assert results.of("desk.ledger") == []


def test_an_anonymous_request_gets_a_rep_once_the_visitor_gives_an_address(team: Story) -> None:
    team.chat("started", "tue 10:00")
    team.chat("asked_for_sales", "tue 10:01")
    team.chat("visitor_message", "tue 10:02", email="ann@harbor.example")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert [assignee for _, assignee, _ in answers(results)] == ["desk:inside_sales", "mia"]


def test_activities_before_the_chat_and_the_chat_itself_give_points(team: Story) -> None:
    team.activity("download", "mon 09:00", anonymous_id="a1")
    team.chat("started", "tue 10:00", anonymous_id="a1")
    team.chat("visitor_message", "tue 10:01", anonymous_id="a1", email="ann@harbor.example")

    lines = team.replay().of("lead.scores")[-1]["explanation"]["points"]

    points = {line["rule"]: line["count"] for line in lines if line["count"]}
    assert points == {"paper": 1, "chat": 1}


def test_on_a_shared_browser_the_second_persons_chat_belongs_to_the_second_person(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00", anonymous_id="a1")
    team.chat("started", "tue 10:00", anonymous_id="a1")
    team.chat("asked_for_sales", "tue 10:05", anonymous_id="a1", email="bob@harbor.example")
    team.chat("visitor_message", "tue 10:06", anonymous_id="a1")

    results = team.replay()

    (handoff,) = results.of("lead.routing")
    assert handoff["person"]["email"] == "bob@harbor.example"
    ann = [score for score in results.of("lead.scores") if score["lead_id"] != handoff["lead_id"]][-1]
    assert {line["rule"] for line in ann["explanation"]["points"] if line["count"]} == {"form", "chat"}


def test_a_second_browser_of_the_same_person_brings_its_chat_along(team: Story) -> None:
    team.form("ann@harbor.example", "mon 10:00", anonymous_id="a1")
    team.chat("started", "tue 10:00", anonymous_id="a2")
    team.chat("asked_for_sales", "tue 10:05", anonymous_id="a2", email="Ann@Harbor.example")

    results = team.replay()

    assert len({score["lead_id"] for score in results.of("lead.scores")}) == 1
    assert results.handoffs == [("assigned", "raised_hand", "mia")]


def test_a_competitor_who_asks_for_sales_gets_no_rep(team: Story) -> None:
    team.bank("rival", relationship="competitor")
    team.chat("asked_for_sales", "tue 10:00", email="spy@rival.example")

    results = team.replay()

    assert results.handoffs == []
    assert answers(results) == [("nobody", None, None)]


def test_a_do_not_contact_person_who_asks_in_a_chat_is_only_answered(team: Story) -> None:
    team.contact("ann@harbor.example", do_not_contact=True)
    team.chat("started", "tue 10:00", anonymous_id="a1", email="ann@harbor.example")
    team.chat("asked_for_sales", "tue 10:05", anonymous_id="a1", consent={"tracking": False})

    results = team.replay()

    assert results.of("lead.routing")[0]["answer_only"]
    assert len(answers(results)) == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"turn": "agent_message"}, "breaks_contract"),
        ({"turn": "started", "conversation_id": ""}, "breaks_contract"),
    ],
)
def test_a_turn_that_cannot_be_read_is_a_dead_letter(team: Story, more: dict[str, Any], reason: str) -> None:
    team.chat(more.pop("turn"), "tue 10:00", **more)

    assert team.replay().dead_letter_reasons == [reason]


def test_a_customers_request_for_support_in_a_chat_goes_to_the_service_desk(team: Story) -> None:
    routes = (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, REP, REST)
    team.policy(with_routes(POLICY.read_text("utf-8"), routes, desk("care", more=", service: 4h")))
    team.bank("harbor", relationship="customer", owner_rep_id="mia")
    team.chat("asked_for_support", "tue 10:00", email="ann@harbor.example")

    results = team.replay()

    assert results.handoffs == [("assigned", "service", "desk:care")]
    assert answers(results) == [("now", "desk:care", "2026-03-03T15:00:00Z")]
    assert results.of("chat.answers")[0]["handoff_id"] == results.of("lead.routing")[0]["handoff_id"]
