"""Future-dated events: they count as of their arrival, and outputs mark the points that rest on them."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


@pytest.fixture
def bank(story: Story) -> Story:
    """Harbor is a bank of the served market, and Mia is a member of the desk."""
    story.rep("mia")
    story.bank("harbor")
    return story


def ask_for_a_demo(story: Story, dated: str, came: str, email: str = ANN) -> None:
    values = {"form_id": "contact", "request": "demo", "job_title": "CIO", "job_function": "it"}
    story.late("form.fills", email, dated, came, email=email, **values)


def test_a_demo_that_is_future_dated_by_three_days_is_routed_today_and_marked(bank: Story) -> None:
    ask_for_a_demo(bank, "fri 10:00", "tue 10:00")

    (handoff,) = bank.replay().of("lead.routing")

    assert handoff["occurred_at"] == "2026-03-03T15:00:00Z"
    assert handoff["explanation"]["triggering_event_clamped"] is True
    assert [(one["what"], one["day"], one["clamped"]) for one in handoff["touches"]] == [
        ("form", "2026-03-03", True)
    ]
    marked = [line["rule"] for line in handoff["explanation"]["points"] if line.get("clamped")]
    assert marked == ["form"]


def test_scores_and_stages_are_marked_too(bank: Story) -> None:
    ask_for_a_demo(bank, "fri 10:00", "tue 10:00")

    results = bank.replay()

    for event in (results.of("lead.scores")[-1], results.of("lead.stages")[-1]):
        assert event["explanation"]["triggering_event_clamped"] is True
        assert [line["rule"] for line in event["explanation"]["points"] if line.get("clamped")] == ["form"]


def test_only_points_of_a_future_dated_event_are_marked(bank: Story) -> None:
    bank.activity("download", "tue 09:00", email=ANN)
    ask_for_a_demo(bank, "fri 10:00", "tue 10:00")
    bank.activity("download", "wed 09:00", email=ANN)

    last = bank.replay().of("lead.scores")[-1]["explanation"]

    assert "triggering_event_clamped" not in last
    assert {line["rule"] for line in last["points"] if line.get("clamped")} == {"form"}
    assert "paper" in {line["rule"] for line in last["points"]}


def test_a_future_dated_call_is_marked_in_the_list_of_touches(bank: Story) -> None:
    ask_for_a_demo(bank, "tue 10:00", "tue 10:00")
    bank.late(
        "sales.activities",
        ANN,
        "fri 11:00",
        "tue 11:00",
        email=ANN,
        action="touched",
        rep_id="mia",
        channel="call",
    )
    ask_for_a_demo(bank, "wed 10:00", "wed 10:00", "bob@harbor.example")
    bank.sales("opportunity_opened", ANN, "thu 10:00")

    (of_ann,) = [e for e in bank.replay().of("lead.routing")[-2:] if e["action"] == "relabelled"]

    assert [(one["what"], one.get("clamped")) for one in of_ann["touches"]] == [
        ("form", None),
        ("call", True),
    ]


def test_an_event_a_few_minutes_ahead_is_not_marked(bank: Story) -> None:
    ask_for_a_demo(bank, "tue 10:05", "tue 10:00")

    results = bank.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert "clamped" not in json.dumps(
        [results.of(topic) for topic in ("lead.routing", "lead.scores", "lead.stages")]
    )


def test_the_mark_moves_with_the_lead_when_the_domain_moves(bank: Story) -> None:
    ask_for_a_demo(bank, "fri 10:00", "tue 10:00", "ann@pier.example")
    bank.bank("harbor", "tue 15:00", domains=["harbor.example", "pier.example"])

    (there,) = [e for e in bank.replay().of("lead.routing") if e["account_key"] == "domain:harbor.example"]

    assert [one["clamped"] for one in there["touches"]] == [True]
