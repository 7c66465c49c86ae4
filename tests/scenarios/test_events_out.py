"""The outputs field by field: one record explains itself without any other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom are at inside sales. Ann is known to the CRM, came by a campaign, and has a colleague."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom", away=("mon 00:00", "fri 00:00"))
    story.bank("harbor")
    story.contact(ANN, crm_lead_id="LEAD-7", crm_contact_id="CON-9")
    story.form(BOB, "mon 09:00", title="Manager")
    campaign = {"name": "spring", "source": "mail", "medium": "email"}
    story.activity("download", "tue 09:00", email=ANN, campaign=campaign)
    story.form(ANN, "tue 10:00", "demo", first_name="Ann", phone="+1 555 0100")
    return story


def handoff(story: Story) -> dict[str, Any]:
    (event,) = story.replay(until="tue 10:01").of("lead.routing")
    return event


def test_a_hand_off_names_the_assignee_the_deadline_and_the_person(team: Story) -> None:
    event = handoff(team)

    assert (event["action"], event["kind"], event["revision"]) == ("assigned", "raised_hand", 1)
    assert event["assignee"] == {"type": "rep", "id": "mia", "name": "Mia"}
    assert (event["route"], event["how_chosen"]) == ("otherwise", "rotation")
    assert event["passed_over"] == [{"rep_id": "tom", "why": "absent"}]
    assert event["first_response_due_at"] == "2026-03-03T15:30:00Z"
    assert (event["qualification"], event["request"], event["stage"]) == ("mql", "demo", "mql")
    assert event["person"]["email"] == ANN
    assert event["person"]["phone"] == "+1 555 0100"


def test_a_hand_off_carries_the_crm_ids_the_campaign_and_the_triggering_event(
    team: Story,
) -> None:
    event = handoff(team)

    assert event["crm_account_id"] == "ACC-harbor"
    assert (event["crm_lead_id"], event["crm_contact_id"]) == ("LEAD-7", "CON-9")
    assert event["campaign"] == {"name": "spring", "source": "mail", "medium": "email"}
    assert event["explanation"]["triggering_event_id"] == "e8"  # the form that asked for a demo


def test_a_hand_off_is_explained_by_gates_and_points_that_add_up(team: Story) -> None:
    why = handoff(team)["explanation"]

    assert why["reasons"] == ["raised_hand", "all_gates_passed", "next_in_rotation"]
    assert {one["gate"]: one["state"] for one in why["gates"]} == {
        "industry": "pass",
        "revenue": "pass",
        "country": "pass",
        "function": "pass",
        "title": "pass",
    }
    points = {one["rule"]: (one["points"], one.get("event_id")) for one in why["points"]}
    assert points["paper"] == (8, "e7")
    assert points["form"] == (4, "e8")
    assert sum(one["points"] for one in why["points"]) == why["total"] == 122
    assert why["policy"]["name"] == "us-commercial-banks"
    assert {"name", "version", "hash"} <= why["policy"].keys()


def test_a_hand_off_names_the_colleagues_with_title_level_and_stage(team: Story) -> None:
    event = handoff(team)

    assert len(event["colleagues"]) == 1
    (bob,) = event["colleague_roles"]
    assert (bob["lead_id"], bob["title_level"], bob["stage"]) == (
        event["colleagues"][0],
        "manager",
        "nurture",
    )


def test_a_score_below_the_threshold_states_how_many_points_are_missing(team: Story) -> None:
    ann = team.replay(until="tue 10:01").of("lead.scores")[-1]["explanation"]

    assert ann["total"] == 122
    assert ann["points_missing"] == 13


def test_the_ledger_lists_the_candidates_why_each_was_passed_over_and_their_counts_after(team: Story) -> None:
    (line,) = team.replay(until="tue 10:01").of("desk.ledger")

    assert (line["entry"], line["turn"], line["rep_id"]) == ("turn", 1, "mia")
    assert [(one["rep_id"], one.get("passed_over")) for one in line["candidates"]] == [
        ("mia", None),
        ("tom", "absent"),
    ]
    assert [(one["current_before"], one["current_after"]) for one in line["candidates"]] == [(0, 0)] * 2
    assert line["policy"]["hash"]


def test_an_alert_names_its_kind_the_hand_off_the_rep_the_deadline_and_who_is_notified(team: Story) -> None:
    results = team.replay(until="tue 10:31").of("lead.alerts")
    soon, overdue = [one for one in results if one["alert"].startswith("response")]

    assert (soon["alert"], soon["told"]) == ("response_due_soon", ["mia"])
    assert (overdue["alert"], overdue["told"]) == ("response_overdue", ["mia", "dana"])
    assert overdue["handoff_id"] == handoff(team)["handoff_id"]
    assert (overdue["rep_id"], overdue["due_at"]) == ("mia", "2026-03-03T15:30:00Z")
