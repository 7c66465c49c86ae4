"""Sales decides by hand, and the CRM names who has it already: what is done then, told as a sales manager would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at inside sales, Dana who manages them, Olga who owns accounts and whose deputy is Pavel."""
    story.rep("dana", at_desk=False)
    story.rep("mia", deputy_rep_id="pavel")
    story.rep("tom")
    story.rep("olga", at_desk=False, deputy_rep_id="pavel")
    story.rep("pavel", at_desk=False)
    return story


def who(results: Results) -> list[str]:
    return [str(holder) for action, _, holder in results.handoffs if action != "withdrawn"]


def given_to(story: Story, rep_id: str, when: str = "tue 10:20") -> None:
    story.sales("reassigned", ANN, when, rep_id="dana", to_rep_id=rep_id)


def test_who_is_given_it_by_hand_and_is_away_has_it_and_the_deputy_does_the_work(team: Story) -> None:
    team.bank("harbor")
    team.rep("olga", "tue 08:00", away=("tue 08:00", "fri 00:00"))
    team.form(ANN, "tue 10:00", "demo")
    given_to(team, "olga")

    results = team.replay(until="tue 10:30")

    assert who(results) == ["mia", "pavel"]
    moved = results.of("lead.routing")[-1]
    assert (moved["route"], moved["assignee"]["deputy_for"]) == ("by_hand", "olga")


@pytest.mark.parametrize(
    ("kim", "record"),
    [("kim", None), ("kim", {"active": False}), ("kim", {"person": False}), ("queue_kim", {})],
    ids=["unknown", "has left", "a robot by the record", "a queue by the policy"],
)
def test_who_is_given_it_by_hand_and_is_no_rep_of_ours_is_reported_and_it_stays(
    team: Story, kim: str, record: dict[str, Any] | None
) -> None:
    if record is not None:
        team.rep(kim, at_desk=False, **record)
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    given_to(team, kim)
    team.form(BOB, "tue 10:25", "demo")

    results = team.replay(until="tue 10:26")

    assert who(results) == ["mia", "mia"]
    assert [(one["alert"], one["rep_id"]) for one in results.of("lead.alerts")] == [
        ("account_without_owner", kim)
    ]


def test_given_to_somebody_else_then_the_report_is_taken_back(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    given_to(team, "kim")
    given_to(team, "tom", "tue 10:21")

    results = team.replay(until="tue 10:22")

    assert who(results) == ["mia", "tom"]
    assert results.alerts == [("account_without_owner", False), ("account_without_owner", True)]


@pytest.mark.parametrize("by", ["email", "handoff_id"])
def test_a_lead_that_waits_for_room_is_given_to_somebody_by_hand(story: Story, by: str) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", desks=[{"desk": "inside_sales", "weight": 1, "capacity": 0}])
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:01")
    named = {} if by == "email" else {"handoff_id": "domain:harbor.example#1.1"}  # as the alert had it
    story.sales("reassigned", ANN, "tue 11:00", rep_id="dana", to_rep_id="olga", **named)

    results = story.replay(until="tue 11:01")

    assert results.handoffs == [("assigned", "mql", "olga")]
    assert results.alerts == [("desk_full", False), ("desk_full", True)]


def test_a_rep_who_says_that_she_has_it_has_answered(team: Story) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.sales("claimed", ANN, "tue 10:20")

    results = team.replay(until="wed 17:00")

    assert who(results) == ["mia"]
    assert results.alerts == []


@pytest.mark.parametrize("silent", [True, False], ids=["does not answer", "goes away"])
def test_who_has_the_account_and_is_then_named_its_owner_keeps_it_as_an_owner_does(
    team: Story, silent: bool
) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 10:05", owner_rep_id="mia")
    if not silent:
        team.rep("mia", "tue 10:10", away=("tue 10:10", "fri 00:00"))

    results = team.replay(until="tue 11:10" if silent else "tue 10:30")

    assert who(results) == ["mia", "pavel"]  # her deputy, and never the next in turn
    assert results.of("lead.routing")[-1]["assignee"]["deputy_for"] == "mia"
    assert [entry["entry"] for entry in results.of("desk.ledger")].count("turn") == 1


def test_an_owner_who_is_named_and_taken_away_again_keeps_the_leads_that_are_open(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 10:05", owner_rep_id=None)
    team.form(BOB, "tue 10:10", "demo")

    results = team.replay(until="tue 10:11")

    assert who(results) == ["olga", "olga"]
    assert results.of("lead.routing")[-1]["route"] == "account_has_rep"


def test_a_successor_who_is_away_has_the_account_and_the_deputy_does_the_work(team: Story) -> None:
    team.bank("harbor", owner_rep_id="kim")
    team.form(ANN, "tue 10:00", "demo")
    team.rep("olga", "tue 10:05", away=("tue 10:05", "fri 00:00"))
    team.bank("harbor", "tue 10:10", owner_rep_id="olga")

    results = team.replay(until="tue 10:11")

    assert who(results) == ["mia", "pavel"]
    assert results.of("lead.routing")[-1]["assignee"]["deputy_for"] == "olga"


def test_a_successor_who_had_it_before_and_did_not_answer_gets_it_all_the_same(team: Story) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 11:30", owner_rep_id="mia")

    assert who(team.replay(until="tue 11:31")) == ["mia", "tom", "mia"]


def test_of_two_opportunities_opened_in_one_moment_one_decides_whatever_the_order(
    team: Story,
) -> None:
    opened = "2026-02-01T00:00:00Z"
    first = {"opportunity_id": "o1", "owner_rep_id": "olga", "opened_at": opened}
    second = {"opportunity_id": "o2", "owner_rep_id": "pavel", "opened_at": opened}
    team.bank("harbor", owner_rep_id="mia", open_opportunities=[first, second])
    team.bank("mesa", owner_rep_id="mia", open_opportunities=[second, first])
    team.form(ANN, "tue 10:00")
    team.form("zoe@mesa.example", "tue 10:05")

    assert team.replay(until="tue 10:06").handoffs == [("assigned", "in_cycle", "pavel")] * 2


@pytest.mark.parametrize(
    ("late", "by_right"),
    [("mia", None), ("tom", None), ("olga", "olga")],
    ids=["after two moves", "after the one before", "an owner, after the deputy"],
)
def test_how_a_rep_comes_to_have_it_again_is_said_as_it_is(
    team: Story, late: str, by_right: str | None
) -> None:
    team.escalates = True
    team.rep("zoe")
    team.bank("harbor", owner_rep_id=by_right)
    team.form(ANN, "tue 09:00", "demo")
    in_time = "tue 10:20" if late == "tom" else "tue 09:20"
    came = "tue 10:30" if by_right else "tue 11:30"
    team.late("sales.activities", ANN, in_time, came, action="touched", email=ANN, rep_id=late)

    back = team.replay(until="tue 12:00").of("lead.routing")[-1]

    assert (back["assignee"]["id"], back["explanation"]["reasons"]) == (late, ["answered_before_move"])
    assert back["how_chosen"] == ("account_owner" if by_right else "account_rep")


def test_of_two_opportunities_the_other_one_decides_when_the_latest_is_closed(team: Story) -> None:
    first = {"opportunity_id": "o1", "owner_rep_id": "olga", "opened_at": "2026-01-05T00:00:00Z"}
    latest = {"opportunity_id": "o2", "owner_rep_id": "pavel", "opened_at": "2026-02-01T00:00:00Z"}
    team.bank("harbor", owner_rep_id="mia", open_opportunities=[first, latest])
    team.form(ANN, "tue 10:00")
    team.bank("harbor", "tue 11:00", open_opportunities=[first])

    results = team.replay(until="tue 11:01")

    assert results.handoffs == [("assigned", "in_cycle", "pavel"), ("reassigned", "in_cycle", "olga")]
