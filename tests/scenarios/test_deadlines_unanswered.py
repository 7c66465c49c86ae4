"""No rep responds: a reminder, an overdue alert, then the account is reassigned, and in the end the manager gets it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, SUPPORT, desk, with_routes
from tests.scenarios.story import POLICY, Results, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Three reps at inside sales, Dana their manager, and a bank whose Ann asks for a demo on Tuesday at ten.

    A raised hand must be answered within 30 minutes, and is reassigned after an hour: at most twice, then to the
    manager.
    """
    story.escalates = True
    story.rep("dana", at_desk=False)
    for rep_id in ("mia", "tom", "zoe"):
        story.rep(rep_id)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


@pytest.fixture
def owned(story: Story) -> Story:
    """Olga owns the bank, Pavel is her deputy, Mona her manager."""
    story.escalates = True
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False, deputy_rep_id="pavel", manager_rep_id="mona")
    story.rep("pavel", at_desk=False, manager_rep_id="mona")
    story.rep("mona", at_desk=False)
    story.bank("harbor", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


def who(results: Results) -> list[str]:
    """Return the holders of the lead, one after another."""
    return [str(holder) for action, _, holder in results.handoffs if action != "withdrawn"]


def assert_never_two(results: Results) -> None:
    for holders in results.holders.values():
        assert all(len(one) <= 1 for one in holders)


def reasons(results: Results) -> list[list[str]]:
    return [event["explanation"]["reasons"] for event in results.of("lead.routing")]


def up(results: Results) -> list[str]:
    """Return the alerts that are still raised at the end."""
    count: Counter[str] = Counter()
    for alert, cleared in results.alerts:
        count[alert] += -1 if cleared else 1
    return sorted(count.elements())


def test_an_unanswered_lead_goes_to_the_next_in_turn_with_a_new_deadline(team: Story) -> None:
    results = team.replay(until="tue 11:10")

    assert who(results) == ["mia", "tom"]
    moved = results.of("lead.routing")[-1]
    assert moved["occurred_at"] == "2026-03-03T16:00:00Z"  # an hour: twice the half hour
    assert moved["first_response_due_at"] == "2026-03-03T16:30:00Z"
    assert moved["explanation"]["reasons"] == ["not_answered", "next_in_rotation", "all_gates_passed"]
    assert {"rep_id": "mia", "why": "had_it"} in moved["passed_over"]
    assert up(results) == []


def test_an_unanswered_lead_is_reassigned_twice_then_escalated_to_the_manager_and_stays(team: Story) -> None:
    results = team.replay(until="fri 17:00")

    assert who(results) == ["mia", "tom", "zoe", "dana"]
    assert results.of("lead.routing")[-1]["how_chosen"] == "manager"
    assert up(results) == ["response_due_soon", "response_overdue", "still_unanswered"]
    assert results.of("lead.alerts")[-1]["told"] == ["dana"]


def test_every_move_takes_a_turn_at_the_desk(team: Story) -> None:
    results = team.replay(until="fri 17:00")

    turns = [entry["rep_id"] for entry in results.of("desk.ledger") if entry["entry"] == "turn"]
    assert turns == ["mia", "tom", "zoe"]


def test_a_response_in_time_keeps_the_lead_at_its_holder(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 10:50")

    results = team.replay(until="fri 17:00")

    assert who(results) == ["mia"]
    assert up(results) == []


def test_the_whole_account_moves_and_never_has_two_reps(team: Story) -> None:
    team.form("bob@harbor.example", "tue 10:20", "demo")

    results = team.replay(until="tue 11:05")

    assert results.holders["domain:harbor.example"] == [{"mia"}, {"mia"}, {"mia"}, {"tom"}, {"tom"}]
    assert_never_two(results)


def test_a_rep_who_touched_one_lead_of_the_account_keeps_the_others_and_the_manager_is_notified(
    team: Story,
) -> None:
    team.form("bob@harbor.example", "tue 10:20", "demo")
    team.sales("touched", "ann@harbor.example", "tue 10:25")

    results = team.replay(until="wed 12:00")

    assert set(who(results)) == {"mia"}
    assert up(results) == ["response_due_soon", "response_overdue", "still_unanswered"]
    last = results.of("lead.alerts")[-1]
    assert (last["alert"], last["told"]) == ("still_unanswered", ["mia", "dana"])


def test_a_late_event_of_a_touch_in_time_brings_the_account_back(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 12:30", "mia", occurred_at="2026-03-03T10:15:00-05:00")

    results = team.replay(until="tue 12:40")

    assert who(results) == ["mia", "tom", "zoe", "mia"]
    assert reasons(results)[-1] == ["answered_before_move", "all_gates_passed"]
    assert up(results) == []
    assert_never_two(results)


def test_a_late_event_of_a_touch_changes_nothing_if_the_next_rep_has_touched_the_lead(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 11:10", "tom")
    team.sales("touched", "ann@harbor.example", "tue 11:20", "mia", occurred_at="2026-03-03T10:15:00-05:00")

    assert who(team.replay(until="wed 12:00")) == ["mia", "tom"]


def test_a_touch_dated_after_the_account_moved_is_a_response_and_moves_nothing(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 11:10", "mia")

    results = team.replay(until="wed 12:00")

    assert who(results) == ["mia", "tom"]
    assert up(results) == []


def test_an_owners_unanswered_lead_goes_to_the_deputy_then_to_the_manager(owned: Story) -> None:
    results = owned.replay(until="fri 17:00")

    assert who(results) == ["olga", "pavel", "mona"]
    assert [event["how_chosen"] for event in results.of("lead.routing")] == [
        "account_owner",
        "deputy",
        "manager",
    ]
    assert [event["assignee"].get("deputy_for") for event in results.of("lead.routing")] == [
        None,
        "olga",
        "olga",
    ]
    assert up(results) == ["response_due_soon", "response_overdue", "still_unanswered"]


def test_a_second_lead_of_an_owned_account_goes_to_the_present_holder(owned: Story) -> None:
    owned.form("bob@harbor.example", "tue 11:05", "demo")

    results = owned.replay(until="tue 11:10")

    assert who(results) == ["olga", "pavel", "pavel"]
    assert_never_two(results)


def test_an_overdue_lead_of_a_full_desk_goes_to_the_manager_at_once(story: Story) -> None:
    story.escalates = True
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom", desks=[{"desk": "inside_sales", "weight": 1, "capacity": 0}])
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 09:00")
    story.much_interest("ann@harbor.example", "tue 09:05")

    results = story.replay(until="tue 16:00")

    assert who(results) == ["mia", "dana"]
    assert up(results) == []


def test_night_and_weekend_do_not_count_for_a_deadline(story: Story) -> None:
    story.escalates = True
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form("ann@harbor.example", "fri 17:15", "demo")  # 15 minutes are left on Friday

    results = story.replay(until="mon2 09:20")

    assert who(results) == ["mia", "tom"]
    assert results.of("lead.routing")[-1]["occurred_at"] == "2026-03-09T13:15:00Z"  # Monday 9:15, summer time


def test_a_repeated_event_moves_nothing_twice(team: Story) -> None:
    first = team.replay(until="fri 17:00").emits
    team.line(team._lines[-1])

    assert team.replay(until="fri 17:00").emits == first


def test_a_reminder_notifies_the_rep_and_an_overdue_alert_also_the_manager(team: Story) -> None:
    results = team.replay(until="tue 10:40")

    expected: list[dict[str, Any]] = [
        {"alert": "response_due_soon", "told": ["mia"]},
        {"alert": "response_overdue", "told": ["mia", "dana"]},
    ]
    assert [{"alert": one["alert"], "told": one["told"]} for one in results.of("lead.alerts")] == expected


def test_an_unanswered_support_question_stays_at_its_desk_and_the_manager_is_notified(
    story: Story,
) -> None:
    story.escalates = True
    routes = (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, REP, REST)
    more = ", service: 2h, then: manager, after: 2x"
    story.policy(with_routes(POLICY.read_text("utf-8"), routes, desk("care", more=more)))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00", "support")

    results = story.replay(until="tue 15:00")

    assert who(results) == ["desk:care"]
    assert up(results) == ["response_due_soon", "response_overdue", "still_unanswered"]
    assert {one["desk"] for one in results.of("lead.alerts")} == {"desk:care"}
    assert all(one["told"] == ["dana"] for one in results.of("lead.alerts"))


def test_a_manager_who_is_a_member_has_turns_and_gets_unanswered_leads_in_the_end(story: Story) -> None:
    story.escalates = True
    story.rep("dana")
    story.rep("mia")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")

    results = story.replay(until="wed 17:00")

    assert who(results) == [
        "dana",
        "mia",
        "dana",
    ]  # no other rep is left, so the second turn is the manager's
    assert results.of("lead.routing")[-1]["how_chosen"] == "manager"
    assert "still_unanswered" in up(results)


@pytest.mark.parametrize(
    ("owner", "late", "came"),
    [(None, "mia", "tue 12:30"), (None, "zoe", "tue 13:30"), ("olga", "olga", "tue 12:30")],
    ids=["after two moves", "after the manager", "the owner, after deputy and manager"],
)
def test_a_touch_in_time_that_arrives_after_several_moves_brings_the_account_back(
    story: Story, owner: str | None, late: str, came: str
) -> None:
    story.escalates = True
    story.rep("dana", at_desk=False)
    for rep_id in ("mia", "tom", "zoe"):
        story.rep(rep_id)
    story.rep("olga", at_desk=False, deputy_rep_id="pavel", manager_rep_id="dana")
    story.rep("pavel", at_desk=False)
    story.bank("harbor", owner_rep_id=owner)
    story.form("ann@harbor.example", "tue 10:00", "demo")
    in_time = "tue 12:20" if late == "zoe" else "tue 10:20"
    touch = {"action": "touched", "email": "ann@harbor.example", "rep_id": late}
    story.late("sales.activities", "ann@harbor.example", in_time, came, **touch)

    results = story.replay(until="wed 17:00")

    assert who(results)[-1] == late
    assert len(who(results)) >= 4
    assert up(results) == []
    assert_never_two(results)
