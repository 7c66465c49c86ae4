"""Leads that nobody touches, and leads that sales gives up too early."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"
EXPIRY = "thu18 00:00"
"""120 whole days after Tuesday of the first week."""


@pytest.fixture
def handed_over(story: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday, and Mia has her."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:00")
    return story


def test_a_lead_that_nobody_touches_for_120_days_expires_and_its_rep_is_rid_of_it(handed_over: Story) -> None:
    results = handed_over.replay(until=EXPIRY)

    assert results.stages[-2:] == ["mql", "expired"]
    assert results.handoffs[-1] == ("withdrawn", "mql", None)
    assert results.of("lead.stages")[-1]["occurred_at"] == "2026-07-02T04:00:00Z"


def test_a_call_keeps_it_alive_and_a_mail_that_we_send_does_not(handed_over: Story) -> None:
    handed_over.sales("touched", ANN, "mon3 10:00", channel="call")
    handed_over.activity("email_sent", "mon10 10:00", email=ANN)

    assert "expired" not in handed_over.replay(until=EXPIRY).stages
    assert handed_over.replay(until="wed20 00:00").stages[-1] == "expired"


def test_a_click_that_arrives_late_takes_the_expiry_back(handed_over: Story) -> None:
    handed_over.sales("touched", ANN, "tue 11:00")
    handed_over.late("web.activity", ANN, "fri17 10:00", "fri18 10:00", activity="email_clicked", email=ANN)

    results = handed_over.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.of("lead.stages")[-1]["explanation"]["reasons"][0] == "expiry_taken_back"
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_after_an_expiry_asking_for_a_demo_brings_a_lead_back_to_the_rep_who_had_it(
    handed_over: Story,
) -> None:
    handed_over.form(ANN, "mon19 10:00", "demo")

    results = handed_over.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs[-1] == ("assigned", "raised_hand", "mia")
    assert results.of("lead.routing")[-1]["handoff_id"].endswith("#2.2")


def test_sales_that_gives_up_after_one_call_is_reported(handed_over: Story) -> None:
    handed_over.sales("touched", ANN, "tue 11:00", channel="call")
    handed_over.sales("rejected", ANN, "tue 15:00", reason="not_now")

    results = handed_over.replay()

    assert ("rejected_too_early", False) in results.alerts
    assert results.of("lead.stages")[-1]["bounces"] == 1


def test_sales_that_tried_five_times_has_done_its_part(handed_over: Story) -> None:
    for day in ("tue 11:00", "wed 11:00", "thu 11:00", "fri 11:00", "mon2 11:00"):
        handed_over.sales("touched", ANN, day, channel="call")
    handed_over.sales("rejected", ANN, "mon2 15:00", reason="unreachable")

    assert ("rejected_too_early", False) not in handed_over.replay().alerts


def test_a_hand_off_shows_both_sides_touches_in_one_numbered_list(handed_over: Story) -> None:
    handed_over.sales("touched", ANN, "wed 11:00", channel="call")
    handed_over.form(ANN, "thu 10:00", "demo")

    touches = handed_over.replay().of("lead.routing")[-1]["touches"]

    assert [(one["number"], one["side"], one["what"], one["count"]) for one in touches] == [
        (1, "buyer", "form", 1),
        (2, "buyer", "paper", 2),
        (4, "buyer", "pricing", 3),
        (7, "buyer", "webinar", 2),
        (9, "sales", "call", 1),
        (10, "buyer", "form", 1),
    ]
