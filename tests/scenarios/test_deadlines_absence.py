"""A lead's holder goes away: the whole account moves on, or it waits with frozen deadlines while all are away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at inside sales, Dana their manager, Pavel Mia's deputy. Ann asks for a demo on Tuesday."""
    story.rep("dana", at_desk=False)
    story.rep("mia", deputy_rep_id="pavel")
    story.rep("tom")
    story.rep("pavel", at_desk=False)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


@pytest.fixture
def owned(story: Story) -> Story:
    """Olga owns the bank, Pavel is her deputy, Mona their manager. Ann asks for a demo on Tuesday."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False, deputy_rep_id="pavel", manager_rep_id="mona")
    story.rep("pavel", at_desk=False, manager_rep_id="mona")
    story.rep("mona", at_desk=False)
    story.bank("harbor", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


def routings(results: Results) -> list[dict[str, Any]]:
    return results.of("lead.routing")


def who(results: Results) -> list[str]:
    """Return the holders of the lead, one after another."""
    return [str(holder) for action, _, holder in results.handoffs if action != "withdrawn"]


def up(results: Results) -> list[str]:
    """Return the alerts that are still raised at the end."""
    open_now: dict[str, str] = {}
    for event in results.of("lead.alerts"):
        if event.get("cleared"):
            del open_now[event["alert_id"]]
        else:
            open_now[event["alert_id"]] = event["alert"]
    return sorted(open_now.values())


def test_an_untouched_lead_of_a_rep_who_goes_away_goes_to_the_next_in_turn_at_once(team: Story) -> None:
    team.rep("mia", "tue 10:10", away=("tue 10:00", "thu 00:00"))

    results = team.replay(until="tue 10:30")

    assert who(results) == ["mia", "tom"]
    moved = routings(results)[-1]
    assert moved["explanation"]["reasons"] == ["rep_away", "next_in_rotation", "all_gates_passed"]
    assert moved["first_response_due_at"] == "2026-03-03T15:40:00Z"  # half an hour from 10:10


def test_an_absence_known_before_moves_the_lead_when_it_begins(team: Story) -> None:
    team.rep("mia", "tue 09:00", away=("tue 10:20", "thu 00:00"))

    results = team.replay(until="tue 12:00")

    assert who(results) == ["mia", "tom"]
    assert routings(results)[-1]["occurred_at"] == "2026-03-03T15:20:00Z"
    assert routings(results)[-1]["passed_over"] == [{"rep_id": "mia", "why": "absent"}]


def test_a_touched_lead_of_a_rep_who_goes_away_goes_to_the_deputy(team: Story) -> None:
    team.sales("touched", "ann@harbor.example", "tue 10:05")
    team.rep("mia", "tue 10:10", away=("tue 10:00", "thu 00:00"))

    results = team.replay(until="wed 12:00")

    assert who(results) == ["mia", "pavel"]
    assert routings(results)[-1]["assignee"]["deputy_for"] == "mia"
    assert up(results) == []


@pytest.mark.parametrize(
    ("changes", "takes_it"),
    [
        ({"deputy_rep_id": None}, "dana"),
        ({"deputy_rep_id": None, "manager_rep_id": "pavel"}, "pavel"),
        ({"deputy_rep_id": "mia"}, "dana"),
    ],
    ids=["no deputy: the desk's manager", "no deputy: the rep's manager", "a circle: the desk's manager"],
)
def test_without_a_deputy_the_lead_goes_to_the_manager(
    team: Story, changes: dict[str, Any], takes_it: str
) -> None:
    team.sales("touched", "ann@harbor.example", "tue 10:05")
    team.rep("mia", "tue 10:10", away=("tue 10:00", "thu 00:00"), **changes)

    results = team.replay(until="wed 12:00")

    assert who(results) == ["mia", takes_it]
    assert routings(results)[-1]["how_chosen"] == "manager"


def test_all_leads_of_an_account_move_to_the_deputy_if_one_was_touched(team: Story) -> None:
    team.form("bob@harbor.example", "tue 10:02", "demo")
    team.sales("touched", "ann@harbor.example", "tue 10:05")
    team.rep("mia", "tue 10:10", away=("tue 10:00", "thu 00:00"))

    results = team.replay(until="tue 10:30")

    assert results.holders["domain:harbor.example"] == [{"mia"}, {"mia"}, {"mia"}, {"pavel"}, {"pavel"}]
    assert who(results)[-2:] == ["pavel", "pavel"]


def test_an_owner_keeps_the_account_and_the_deputy_gets_the_task(owned: Story) -> None:
    owned.rep("olga", "tue 10:10", away=("tue 10:00", "thu 00:00"))
    owned.form("bob@harbor.example", "fri 10:00", "demo")

    results = owned.replay()

    assert who(results)[:2] == ["olga", "pavel"]
    assert routings(results)[1]["assignee"]["deputy_for"] == "olga"
    assert routings(results)[1]["route"] == "account_has_owner"
    assert who(results)[-1] == "olga"  # she is back on Friday


def test_if_the_deputy_is_away_too_the_manager_gets_the_task(owned: Story) -> None:
    owned.rep("pavel", "tue 09:00", away=("tue 00:00", "fri 00:00"))
    owned.rep("olga", "tue 10:10", away=("tue 10:00", "thu 00:00"))

    results = owned.replay(until="tue 10:20")

    assert who(results) == ["olga", "mona"]
    assert routings(results)[-1]["how_chosen"] == "manager"


def test_when_the_deputy_goes_away_the_task_returns_to_a_present_owner(owned: Story) -> None:
    owned.rep("olga", "tue 10:10", away=("tue 10:00", "wed 00:00"))
    owned.rep("pavel", "thu 09:00", away=("thu 09:00", "fri 00:00"))

    results = owned.replay(until="thu 10:00")

    assert who(results) == ["olga", "pavel", "olga"]


def test_while_all_are_away_the_deadline_is_frozen_and_resumes_with_the_time_that_was_left(
    owned: Story,
) -> None:
    for rep_id in ("pavel", "mona", "dana"):
        owned.rep(rep_id, "tue 09:00", away=("tue 00:00", "mon2 00:00"))
    owned.rep("olga", "tue 10:10", away=("tue 10:10", "thu 12:00"))

    results = owned.replay(until="thu 12:01")

    assert who(results) == ["olga", "olga"]  # the lead is not dropped, and no absent rep gets it
    back = routings(results)[-1]
    assert back["explanation"]["reasons"] == ["rep_back", "all_gates_passed"]
    assert back["first_response_due_at"] == "2026-03-05T17:20:00Z"  # 20 of the 30 minutes were left at noon
    assert results.alerts == [("everyone_away", False), ("everyone_away", True)]


def test_an_overdue_alert_is_cleared_if_the_absence_is_recorded_late(
    owned: Story,
) -> None:
    for rep_id in ("pavel", "mona", "dana"):
        owned.rep(rep_id, "tue 09:00", away=("tue 00:00", "mon2 00:00"))
    owned.rep("olga", "tue 15:00", away=("tue 10:10", "thu 12:00"))

    results = owned.replay(until="wed 12:00")

    assert results.alerts[:2] == [("response_due_soon", False), ("response_overdue", False)]
    assert up(results) == ["everyone_away"]


def test_a_rep_who_leaves_hands_over_all_leads_of_an_account_together_and_only_once(team: Story) -> None:
    team.form("bob@harbor.example", "tue 10:02", "demo")
    team.sales("touched", "ann@harbor.example", "tue 10:05")
    team.rep("mia", "tue 10:10", active=False)

    results = team.replay(until="wed 12:00")

    assert results.holders["domain:harbor.example"] == [{"mia"}, {"mia"}, {"mia"}, {"tom"}, {"tom"}]
    assert who(results) == ["mia", "mia", "tom", "tom"]


def test_an_absence_that_ends_and_begins_again_moves_the_lead_each_time(team: Story) -> None:
    team.rep("mia", "tue 10:10", away=("tue 10:10", "wed 00:00"))
    team.rep("tom", "thu 09:00", away=("thu 09:00", "fri 00:00"))

    assert who(team.replay(until="thu 10:00")) == ["mia", "tom", "mia"]


def test_an_absence_of_another_rep_moves_nothing(team: Story) -> None:
    team.rep("tom", "tue 10:10", away=("tue 10:00", "thu 00:00"))
    team.rep("pavel", "tue 10:10", away=("tue 10:00", "thu 00:00"))

    assert who(team.replay(until="wed 12:00")) == ["mia"]


def test_an_unanswered_account_goes_to_no_absent_rep(story: Story) -> None:
    story.escalates = True
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom", away=("tue 00:00", "thu 00:00"))
    story.rep("zoe")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")

    assert who(story.replay(until="tue 17:00")) == ["mia", "zoe", "dana"]


def test_when_the_manager_goes_away_the_managers_deputy_gets_the_lead(story: Story) -> None:
    story.escalates = True
    story.rep("dana", at_desk=False, deputy_rep_id="pavel")
    story.rep("pavel", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    story.rep("dana", "tue 14:00", away=("tue 14:00", "thu 00:00"))

    results = story.replay(until="tue 14:10")

    assert who(results) == ["mia", "dana", "pavel"]
    assert routings(results)[-1]["assignee"]["deputy_for"] == "dana"


def test_while_the_owner_and_all_substitutes_are_away_the_lead_waits_for_the_first_who_is_back(
    owned: Story,
) -> None:
    owned.rep("olga", "mon 08:00", away=("mon 08:00", "thu 00:00"))
    owned.rep(
        "pavel", "mon 08:00", deputy_rep_id="olga", away=("mon 08:00", "wed 10:00")
    )  # the deputies form a circle
    owned.rep("mona", "mon 08:00", away=("mon 08:00", "fri 00:00"))
    owned.rep("dana", "mon 08:00", away=("mon 08:00", "fri 00:00"))

    results = owned.replay(until="wed 10:10")

    assert who(results) == ["pavel"]
    (assigned,) = routings(results)
    assert (assigned["occurred_at"], assigned["assignee"]["deputy_for"]) == ("2026-03-04T15:00:00Z", "olga")
    assert up(results) == []


def test_a_touched_lead_that_goes_to_the_fallback_while_all_are_away_raises_no_alert(
    team: Story,
) -> None:
    team.escalates = True
    team.sales("touched", "ann@harbor.example", "tue 11:10")  # by Mia, when Tom has it already
    for rep_id in ("mia", "tom"):
        team.rep(rep_id, "tue 11:20", away=("tue 11:20", "fri 00:00"))

    results = team.replay(until="tue 17:00")

    assert who(results) == ["mia", "tom", "dana"]
    assert routings(results)[-1]["how_chosen"] == "fallback"
    assert up(results) == []


def test_an_owner_who_is_back_gets_the_next_lead_and_the_earlier_ones_with_it(
    owned: Story,
) -> None:
    owned.rep("olga", "mon 08:00", away=("mon 08:00", "tue 12:00"))
    owned.sales("touched", "ann@harbor.example", "tue 10:05", rep_id="pavel")
    owned.form("bob@harbor.example", "tue 13:00", "demo")

    results = owned.replay(until="tue 13:01")

    assert who(results) == ["pavel", "olga", "olga"]
    assert routings(results)[1]["explanation"]["reasons"] == ["rep_back", "owner_in_crm", "all_gates_passed"]
