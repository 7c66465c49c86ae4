"""Leads that expire without a touch, and leads that sales rejects too early."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"
EXPIRY = "wed18 00:00"
"""Start of the day that is 120 days after Tuesday of the first week."""


@pytest.fixture
def mql(story: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday, and Mia has her."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:00")
    return story


def test_a_lead_without_a_touch_for_120_days_expires_and_its_hand_off_is_withdrawn(mql: Story) -> None:
    results = mql.replay(until=EXPIRY)

    assert results.stages[-2:] == ["mql", "expired"]
    assert results.handoffs[-1] == ("withdrawn", "mql", None)
    assert results.of("lead.stages")[-1]["occurred_at"] == "2026-07-01T04:00:00Z"


def test_a_call_delays_the_expiry_and_an_email_that_we_send_does_not(mql: Story) -> None:
    mql.sales("touched", ANN, "mon3 10:00", channel="call")
    mql.activity("email_sent", "mon10 10:00", email=ANN)

    assert "expired" not in mql.replay(until=EXPIRY).stages
    assert mql.replay(until="wed20 00:00").stages[-1] == "expired"


def test_a_click_that_arrives_late_reverses_the_expiry(mql: Story) -> None:
    mql.sales("touched", ANN, "tue 11:00")
    mql.late("web.activity", ANN, "fri17 10:00", "fri18 10:00", activity="email_clicked", email=ANN)

    results = mql.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.of("lead.stages")[-1]["explanation"]["reasons"][0] == "expiry_taken_back"
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_an_expired_lead_that_asks_for_a_demo_returns_to_its_rep(
    mql: Story,
) -> None:
    mql.form(ANN, "mon19 10:00", "demo")

    results = mql.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs[-1] == ("assigned", "raised_hand", "mia")
    assert results.of("lead.routing")[-1]["handoff_id"].endswith("#2.2")


def test_a_rejection_after_one_call_is_reported(mql: Story) -> None:
    mql.sales("touched", ANN, "tue 11:00", channel="call")
    mql.sales("rejected", ANN, "tue 15:00", reason="not_now")

    results = mql.replay()

    assert ("rejected_too_early", False) in results.alerts
    assert results.of("lead.stages")[-1]["bounces"] == 1


def test_a_rejection_after_five_calls_is_not_reported(mql: Story) -> None:
    for day in ("tue 11:00", "wed 11:00", "thu 11:00", "fri 11:00", "mon2 11:00"):
        mql.sales("touched", ANN, day, channel="call")
    mql.sales("rejected", ANN, "mon2 15:00", reason="unreachable")

    assert ("rejected_too_early", False) not in mql.replay().alerts


def test_a_hand_off_lists_the_touches_of_buyer_and_sales_in_one_numbered_order(mql: Story) -> None:
    mql.sales("touched", ANN, "wed 11:00", channel="call")
    mql.form(ANN, "thu 10:00", "demo")

    touches = mql.replay().of("lead.routing")[-1]["touches"]

    assert [(one["number"], one["side"], one["what"], one["count"]) for one in touches] == [
        (1, "buyer", "form", 1),
        (2, "buyer", "paper", 2),
        (4, "buyer", "pricing", 3),
        (7, "buyer", "webinar", 2),
        (9, "sales", "call", 1),
        (10, "buyer", "form", 1),
    ]
