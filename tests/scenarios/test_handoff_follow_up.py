"""After a hand-off: deadlines and sales answers. Also repeated and unreadable input, and explanations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Two reps, one bank, and a raised hand on Tuesday at ten, to be answered within 30 minutes."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


def test_the_deadline_of_a_hand_raised_at_night_starts_at_opening(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 22:00", "demo")

    assert story.replay().of("lead.routing")[0]["first_response_due_at"] == "2026-03-04T14:00:00Z"


def test_an_answer_in_time_raises_no_alert(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 10:15")

    assert team.replay(until="wed 12:00").alerts == []


def test_an_unanswered_hand_off_raises_due_soon_then_overdue(team: Story) -> None:
    assert team.replay(until="wed 12:00").alerts == [
        ("response_due_soon", False),
        ("response_overdue", False),
    ]


def test_a_touch_after_the_due_time_clears_the_alerts(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 11:00")

    cleared = [alert for alert, clears in team.replay(until="wed 12:00").alerts if clears]
    assert sorted(cleared) == ["response_due_soon", "response_overdue"]


@pytest.mark.parametrize(
    ("action", "more", "stage"),
    [
        ("accepted", {}, "sal"),
        ("rejected", {"reason": "not_now"}, "recycled"),
        ("rejected", {"reason": "wrong_person"}, "disqualified"),
    ],
)
def test_a_sales_answer_moves_the_stage(team: Story, action: str, more: dict[str, Any], stage: str) -> None:
    team.sales(action, "ann@harbor.example", "tue 10:20", **more)

    assert team.replay().stages[-1] == stage


def test_a_manual_reassignment_holds_for_the_next_lead(team: Story) -> None:
    team.sales("reassigned", "ann@harbor.example", "tue 10:20", to_rep_id="tom")
    team.form("bob@harbor.example", "tue 12:00", "demo")

    results = team.replay()

    assert results.handoffs[1] == ("reassigned", "raised_hand", "tom")
    assert results.handoffs[2] == ("assigned", "raised_hand", "tom")


def test_the_same_event_twice_counts_once(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    story.line(story._lines[-1])

    results = story.replay()

    assert len(results.handoffs) == 1
    assert len(results.of("lead.scores")) == 1


def test_an_unreadable_record_is_a_dead_letter_and_the_next_event_is_handled(team: Story) -> None:
    stamp = 1_772_550_000_000
    for value in (
        "{cut off",
        None,
        {"event_id": "x"},
        {"form_id": "f", "email": "none", "event_id": "y", "occurred_at": "?"},
    ):
        team.line(json.dumps({"topic": "form.fills", "key": "k", "timestamp": stamp, "value": value}))
    team.form("bob@harbor.example", "tue 12:00", "demo")

    results = team.replay()

    assert sorted(results.dead_letter_reasons) == ["breaks_contract", "breaks_contract", "empty", "not_json"]
    assert len(results.handoffs) == 2


def test_every_decision_explains_itself_and_its_points_add_up(team: Story) -> None:
    team.much_interest("ann@harbor.example", "tue 11:00")

    results = team.replay()

    explanations = [
        event["explanation"]
        for topic in ("lead.scores", "lead.stages", "lead.routing")
        for event in results.of(topic)
    ]
    assert explanations
    for why in explanations:
        assert why["reasons"]
        assert why["total"] == why["fit"] + why["behaviour"]
        assert sum(line["points"] for line in why["points"]) == why["total"]
        assert why["policy"]["name"] == "us-commercial-banks"


def test_a_replay_gives_the_same_bytes_every_time(team: Story, new_story: Callable[[str], Story]) -> None:
    team.much_interest("ann@harbor.example", "tue 11:00")
    second = new_story("second")
    for line in team._lines:
        second.line(line)

    assert team.replay(until="mon2 12:00").emits == second.replay(until="mon2 12:00").emits


def test_only_the_hand_off_shows_an_address(team: Story) -> None:
    team.much_interest("ann@harbor.example", "tue 11:00")

    for emit in team.replay(until="wed 12:00").emits:
        assert emit.topic == "lead.routing" or b"ann@" not in (emit.value or b"")
