"""Manual assignments by sales, and owners whom the CRM names for an account that already has a holder."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom are at inside sales, Dana is their manager. Olga owns accounts, and Pavel is her deputy."""
    story.rep("dana", at_desk=False)
    story.rep("mia", deputy_rep_id="pavel")
    story.rep("tom")
    story.rep("olga", at_desk=False, deputy_rep_id="pavel")
    story.rep("pavel", at_desk=False)
    return story


def holders(results: Results) -> list[str]:
    return [str(holder) for action, _, holder in results.handoffs if action != "withdrawn"]


def assign_manually(story: Story, rep_id: str, when: str = "tue 10:20") -> None:
    story.sales("reassigned", ANN, when, rep_id="dana", to_rep_id=rep_id)


def test_an_absent_rep_who_is_assigned_manually_owns_the_account_and_the_deputy_gets_the_lead(
    team: Story,
) -> None:
    team.bank("harbor")
    team.rep("olga", "tue 08:00", away=("tue 08:00", "fri 00:00"))
    team.form(ANN, "tue 10:00", "demo")
    assign_manually(team, "olga")

    results = team.replay(until="tue 10:30")

    assert holders(results) == ["mia", "pavel"]
    moved = results.of("lead.routing")[-1]
    assert (moved["route"], moved["assignee"]["deputy_for"]) == ("by_hand", "olga")


@pytest.mark.parametrize(
    ("kim", "record"),
    [("kim", None), ("kim", {"active": False}), ("kim", {"person": False}), ("queue_kim", {})],
    ids=["unknown", "has left", "a robot by its record", "a queue by the policy"],
)
def test_a_manual_assignment_to_a_person_who_is_not_an_active_rep_is_reported_and_moves_nothing(
    team: Story, kim: str, record: dict[str, Any] | None
) -> None:
    if record is not None:
        team.rep(kim, at_desk=False, **record)
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    assign_manually(team, kim)
    team.form(BOB, "tue 10:25", "demo")

    results = team.replay(until="tue 10:26")

    assert holders(results) == ["mia", "mia"]
    assert [(one["alert"], one["rep_id"]) for one in results.of("lead.alerts")] == [
        ("account_without_owner", kim),
        ("response_due_soon", "mia"),  # the reassignment answers nothing
    ]


def test_a_later_manual_assignment_to_an_active_rep_clears_the_alert(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    assign_manually(team, "kim")
    assign_manually(team, "tom", "tue 10:21")

    results = team.replay(until="tue 10:22")

    assert holders(results) == ["mia", "tom"]
    assert results.alerts == [("account_without_owner", False), ("account_without_owner", True)]


@pytest.mark.parametrize("by", ["email", "handoff_id"])
def test_a_lead_that_waits_for_capacity_can_be_assigned_manually(story: Story, by: str) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", desks=[{"desk": "inside_sales", "weight": 1, "capacity": 0}])
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:01")
    named = {} if by == "email" else {"handoff_id": "domain:harbor.example#1.1"}  # as the alert named it
    story.sales("reassigned", ANN, "tue 11:00", rep_id="dana", to_rep_id="olga", **named)

    results = story.replay(until="tue 11:01")

    assert results.handoffs == [("assigned", "mql", "olga")]
    assert results.alerts == [("desk_full", False), ("desk_full", True)]


def test_a_claim_by_the_holder_counts_as_an_answer(team: Story) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.sales("claimed", ANN, "tue 10:20")

    results = team.replay(until="wed 17:00")

    assert holders(results) == ["mia"]
    assert results.alerts == []


@pytest.mark.parametrize("silent", [True, False], ids=["does not answer", "goes away"])
def test_a_holder_whom_the_crm_then_names_as_owner_keeps_the_account_as_its_owner(
    team: Story, silent: bool
) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 10:05", owner_rep_id="mia")
    if not silent:
        team.rep("mia", "tue 10:10", away=("tue 10:10", "fri 00:00"))

    results = team.replay(until="tue 11:10" if silent else "tue 10:30")

    assert holders(results) == ["mia", "pavel"]  # her deputy, not the next in turn
    assert results.of("lead.routing")[-1]["assignee"]["deputy_for"] == "mia"
    assert [entry["entry"] for entry in results.of("desk.ledger")].count("turn") == 1


def test_an_owner_whom_the_crm_removes_again_keeps_the_open_leads(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 10:05", owner_rep_id=None)
    team.form(BOB, "tue 10:10", "demo")

    results = team.replay(until="tue 10:11")

    assert holders(results) == ["olga", "olga"]
    assert results.of("lead.routing")[-1]["route"] == "account_has_rep"


def test_a_successor_who_is_absent_owns_the_account_and_the_deputy_gets_the_lead(team: Story) -> None:
    team.bank("harbor", owner_rep_id="kim")
    team.form(ANN, "tue 10:00", "demo")
    team.rep("olga", "tue 10:05", away=("tue 10:05", "fri 00:00"))
    team.bank("harbor", "tue 10:10", owner_rep_id="olga")

    results = team.replay(until="tue 10:11")

    assert holders(results) == ["mia", "pavel"]
    assert results.of("lead.routing")[-1]["assignee"]["deputy_for"] == "olga"


def test_a_successor_who_had_the_account_before_and_did_not_answer_gets_it_all_the_same(team: Story) -> None:
    team.escalates = True
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    team.bank("harbor", "tue 11:30", owner_rep_id="mia")

    assert holders(team.replay(until="tue 11:31")) == ["mia", "tom", "mia"]


def test_of_two_opportunities_opened_at_the_same_time_the_same_one_decides_in_any_order(
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
    ("late", "owner"),
    [("mia", None), ("tom", None), ("olga", "olga")],
    ids=["after two moves", "after the one before", "an owner, after the deputy"],
)
def test_the_hand_off_back_to_a_rep_states_how_the_rep_was_chosen(
    team: Story, late: str, owner: str | None
) -> None:
    team.escalates = True
    team.rep("zoe")
    team.bank("harbor", owner_rep_id=owner)
    team.form(ANN, "tue 09:00", "demo")
    in_time = "tue 10:20" if late == "tom" else "tue 09:20"
    came = "tue 10:30" if owner else "tue 11:30"
    team.late("sales.activities", ANN, in_time, came, action="touched", email=ANN, rep_id=late)

    back = team.replay(until="tue 12:00").of("lead.routing")[-1]

    assert (back["assignee"]["id"], back["explanation"]["reasons"]) == (
        late,
        ["answered_before_move", "all_gates_passed"],
    )
    assert back["how_chosen"] == ("account_owner" if owner else "account_rep")


def test_when_the_latest_opportunity_is_closed_the_other_one_decides(team: Story) -> None:
    first = {"opportunity_id": "o1", "owner_rep_id": "olga", "opened_at": "2026-01-05T00:00:00Z"}
    latest = {"opportunity_id": "o2", "owner_rep_id": "pavel", "opened_at": "2026-02-01T00:00:00Z"}
    team.bank("harbor", owner_rep_id="mia", open_opportunities=[first, latest])
    team.form(ANN, "tue 10:00")
    team.bank("harbor", "tue 11:00", open_opportunities=[first])

    results = team.replay(until="tue 11:01")

    assert results.handoffs == [("assigned", "in_cycle", "pavel"), ("reassigned", "in_cycle", "olga")]
