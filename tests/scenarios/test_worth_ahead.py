"""A source whose clock runs ahead: what it sends counts as of its arrival, and everybody sees that it was dated otherwise."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


@pytest.fixture
def bank(story: Story) -> Story:
    """Harbor is a bank of the served market, and Mia sits at the desk."""
    story.rep("mia")
    story.bank("harbor")
    return story


def asks(story: Story, dated: str, came: str, email: str = ANN) -> None:
    said = {"form_id": "contact", "request": "demo", "job_title": "CIO", "job_function": "it"}
    story.late("form.fills", email, dated, came, email=email, **said)


def test_a_demo_that_is_dated_three_days_ahead_is_routed_today_and_marked(bank: Story) -> None:
    asks(bank, "fri 10:00", "tue 10:00")

    (handoff,) = bank.replay().of("lead.routing")

    assert handoff["occurred_at"] == "2026-03-03T15:00:00Z"
    assert handoff["explanation"]["triggering_event_clamped"] is True
    assert [(one["what"], one["day"], one["clamped"]) for one in handoff["touches"]] == [
        ("form", "2026-03-03", True)
    ]
    marked = [line["rule"] for line in handoff["explanation"]["points"] if line.get("clamped")]
    assert marked == ["form"]


def test_scores_and_stages_say_so_too(bank: Story) -> None:
    asks(bank, "fri 10:00", "tue 10:00")

    results = bank.replay()

    for event in (results.of("lead.scores")[-1], results.of("lead.stages")[-1]):
        assert event["explanation"]["triggering_event_clamped"] is True
        assert [line["rule"] for line in event["explanation"]["points"] if line.get("clamped")] == ["form"]


def test_only_what_rests_on_such_an_event_is_marked(bank: Story) -> None:
    bank.activity("download", "tue 09:00", email=ANN)
    asks(bank, "fri 10:00", "tue 10:00")
    bank.activity("download", "wed 09:00", email=ANN)

    last = bank.replay().of("lead.scores")[-1]["explanation"]

    assert "triggering_event_clamped" not in last
    assert {line["rule"] for line in last["points"] if line.get("clamped")} == {"form"}
    assert "paper" in {line["rule"] for line in last["points"]}


def test_a_call_that_sales_dates_ahead_is_marked_in_the_list_of_touches(bank: Story) -> None:
    asks(bank, "tue 10:00", "tue 10:00")
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
    asks(bank, "wed 10:00", "wed 10:00", "bob@harbor.example")
    bank.sales("opportunity_opened", ANN, "thu 10:00")

    (of_ann,) = [e for e in bank.replay().of("lead.routing")[-2:] if e["action"] == "relabelled"]

    assert [(one["what"], one.get("clamped")) for one in of_ann["touches"]] == [
        ("form", None),
        ("call", True),
    ]


def test_a_few_minutes_are_nobodys_clock_and_nothing_is_marked(bank: Story) -> None:
    asks(bank, "tue 10:05", "tue 10:00")

    results = bank.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert "clamped" not in json.dumps(
        [results.of(topic) for topic in ("lead.routing", "lead.scores", "lead.stages")]
    )


def test_the_mark_goes_along_when_the_domain_moves(bank: Story) -> None:
    asks(bank, "fri 10:00", "tue 10:00", "ann@pier.example")
    bank.bank("harbor", "tue 15:00", domains=["harbor.example", "pier.example"])

    (there,) = [e for e in bank.replay().of("lead.routing") if e["account_key"] == "domain:harbor.example"]

    assert [one["clamped"] for one in there["touches"]] == [True]
