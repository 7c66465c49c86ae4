"""Imported history: events from before the router ran count by their dates and start no hand-off of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story, moment

ANN = "ann@harbor.example"
IMPORT = "mon 10:00"
HOUR_LATER = "mon 12:00"


@pytest.fixture
def harbor(story: Story) -> Story:
    """A bank whose facts have been known for months, two reps, and no lead."""
    story.rep("dana", "mon-20 00:00", at_desk=False)
    story.rep("mia", "mon-20 00:00")
    story.bank("harbor", "mon-20 00:00")
    return story


def import_form(story: Story, happened: str, arrived: str = IMPORT, **fields: Any) -> None:
    """Import a form in which Ann gives her job title."""
    form = {"form_id": "contact", "email": ANN, "job_title": "CIO", "job_function": "it"} | fields
    story.imported("form.fills", ANN, happened, arrived, **form)


def import_activity(
    story: Story, kind: str, happened: str, arrived: str = IMPORT, times: int = 1, **more: Any
) -> None:
    """Import Ann's activity ``times`` times."""
    for _ in range(times):
        story.imported("web.activity", ANN, happened, arrived, activity=kind, **({"email": ANN} | more))


def import_much_interest(story: Story, happened: str, arrived: str = IMPORT) -> None:
    """Import activities that gave all points that behaviour can give at that time."""
    import_activity(story, "download", happened, arrived, times=2)
    import_activity(story, "webinar_attended", happened, arrived, times=2)


def points(results: Results) -> dict[str, int]:
    """Return the points by rule of the last score."""
    lines = results.of("lead.scores")[-1]["explanation"]["points"]
    return {line["rule"]: line["points"] for line in lines}


def test_imported_history_gives_its_decayed_points(harbor: Story) -> None:
    import_form(harbor, "mon-3 10:00")
    import_activity(harbor, "webinar_attended", "sat-4 10:00")  # 30 of 60 days ago

    results = harbor.replay(HOUR_LATER)

    assert points(results)["webinar"] == 6
    assert results.dead_letter_reasons == []


def test_an_imported_demo_request_makes_no_raised_hand(harbor: Story) -> None:
    import_form(harbor, "mon-3 10:00", request="demo")

    results = harbor.replay("fri2 12:00")

    assert results.handoffs == []
    assert results.alerts == []
    assert results.stages == ["known", "nurture"]


def test_a_live_raised_hand_is_not_delayed_by_an_import(harbor: Story) -> None:
    import_form(harbor, "mon-3 10:00", request="demo")
    harbor.form(ANN, "mon 10:01", "demo")

    assert harbor.replay("mon 10:01").handoffs == [("assigned", "raised_hand", "mia")]


def test_a_threshold_reached_only_in_the_past_makes_no_mql(harbor: Story) -> None:
    import_form(harbor, "mon-5 09:00")
    import_much_interest(harbor, "mon-5 10:00")  # 40 of 40 points then, 12 today

    results = harbor.replay("fri 12:00")

    assert "mql" not in results.stages
    assert results.handoffs == []


def test_a_lead_at_the_threshold_is_handed_over_an_hour_after_its_last_imported_event(
    harbor: Story,
) -> None:
    import_form(harbor, "mon0 09:00")
    import_much_interest(harbor, "mon0 10:00")

    assert harbor.replay("mon 10:59").handoffs == []
    results = harbor.replay(HOUR_LATER)

    assert results.handoffs == [("assigned", "mql", "mia")]
    handoff = results.of("lead.routing")[0]
    assert handoff["explanation"]["reasons"][:3] == ["bar_reached", "all_gates_passed", "history_imported"]
    assert handoff["explanation"]["total"] >= 135
    assert handoff["explanation"]["triggering_event_id"] in {
        line.get("event_id") for line in handoff["explanation"]["points"]
    }
    # Three hours after the hand-off, not after the imported event.
    assert handoff["first_response_due_at"] == "2026-03-02T19:00:00Z"


def test_the_last_imported_event_counts_before_the_hand_off(harbor: Story) -> None:
    import_form(harbor, "mon0 09:00")
    import_much_interest(harbor, "mon0 10:00")
    harbor.activity("download", "mon 10:30", email=ANN)  # live, during the import
    import_activity(
        harbor, "page_view", "tue0 10:00", arrived="mon 10:50", times=2, url="https://x.example/careers"
    )

    results = harbor.replay("fri 12:00")

    assert results.handoffs == []
    assert points(results)["careers"] < 0


def test_an_imported_refusal_of_tracking_prevents_the_hand_off(harbor: Story) -> None:
    import_form(harbor, "mon0 09:00")
    import_much_interest(harbor, "mon0 10:00")
    import_form(harbor, "wed0 09:00", arrived="mon 10:50", consent={"tracking": False})

    assert harbor.replay("fri 12:00").handoffs == []


def test_history_imported_twice_counts_once(harbor: Story) -> None:
    for arrived in ("mon 10:00", "fri4 10:00"):
        import_activity(harbor, "webinar_attended", "mon-1 10:00", arrived, event_id="w1")
        # At the first import this event is still in the window of repeats.
        import_activity(harbor, "download", "sun0 10:00", arrived, event_id="d1")
    harbor.activity("page_view", "fri4 10:01", email=ANN)

    lines = harbor.replay().of("lead.scores")[-1]["explanation"]["points"]

    assert {line["rule"]: line["count"] for line in lines if line["rule"] in {"webinar", "paper"}} == {
        "webinar": 1,
        "paper": 1,
    }


def test_a_live_event_does_not_count_again_by_an_import(harbor: Story) -> None:
    harbor.activity("webinar_attended", "mon-3 10:00", email=ANN, event_id="w1")
    harbor.activity("webinar_attended", "sun0 10:00", email=ANN, event_id="w2")
    for times in (1, 2):
        harbor.activity("page_view", f"mon0 1{times}:00", email=ANN)  # days pass, so the first id is deleted
    import_activity(harbor, "webinar_attended", "mon-3 10:00", event_id="w1")
    import_activity(harbor, "webinar_attended", "sun0 10:00", event_id="w2")
    harbor.activity("page_view", "mon 10:01", email=ANN)

    lines = harbor.replay().of("lead.scores")[-1]["explanation"]["points"]

    assert {line["rule"]: line["count"] for line in lines}["webinar"] == 2


def test_an_imported_event_too_old_for_points_makes_no_lead_and_no_dead_letter(harbor: Story) -> None:
    import_activity(harbor, "webinar_attended", "mon-12 10:00")

    results = harbor.replay(HOUR_LATER)

    assert results.dead_letter_reasons == []
    assert results.stages == []


def test_a_visitors_imported_history_counts_once_the_visitor_is_known(harbor: Story) -> None:
    browser = {"anonymous_id": "b1", "email": None}
    harbor.imported(
        "web.activity", "b1", "mon-3 10:00", IMPORT, activity="webinar_attended", anonymous_id="b1"
    )
    harbor.imported("form.fills", "b1", "mon-3 10:05", IMPORT, form_id="f", request="demo", **browser)
    harbor.form(ANN, "tue 10:00", anonymous_id="b1")

    results = harbor.replay("wed 10:00")

    assert points(results)["webinar"] > 0
    assert results.handoffs == []  # an imported request starts no hand-off


def test_a_customers_imported_history_makes_no_hand_off_and_the_next_visit_does(harbor: Story) -> None:
    harbor.rep("rita", "mon-20 00:00", at_desk=False)
    harbor.bank("harbor", "mon-20 01:00", relationship="customer", owner_rep_id="rita")
    import_form(harbor, "mon-3 09:00", request="support")
    import_activity(harbor, "page_view", "mon-3 10:00", times=3, url="https://x.example/pricing")

    assert harbor.replay("fri 12:00").of("lead.routing") == []
    assert harbor.replay("fri 12:00").alerts == []

    harbor.activity("download", "fri 13:00", email=ANN)

    assert harbor.replay("fri 13:00").handoffs == [("assigned", "expansion", "rita")]


def test_an_imported_campaign_response_makes_no_mql(harbor: Story) -> None:
    import_form(harbor, "mon-3 09:00", campaign={"name": "cio-roundtable-autumn"})

    assert "mql" not in harbor.replay("fri 12:00").stages


def test_an_imported_chat_gets_no_answer(harbor: Story) -> None:
    import_form(harbor, "mon-3 09:00")
    chat = {"conversation_id": "c1", "email": ANN}
    harbor.imported("chat.conversations", "c1", "mon-3 09:10", IMPORT, turn="started", **chat)
    harbor.imported("chat.conversations", "c1", "mon-3 09:11", IMPORT, turn="asked_for_sales", **chat)
    harbor.imported(
        "chat.conversations", "c1", "mon-3 09:12", IMPORT, turn="agent_message", rep_id="mia", **chat
    )
    harbor.imported(
        "chat.conversations", "c2", "mon-3 09:12", IMPORT, conversation_id="c2", turn="asked_for_sales"
    )

    results = harbor.replay("fri 12:00")

    assert results.of("chat.answers") == []
    assert results.handoffs == []
    assert points(results)["chat"] > 0


def test_an_imported_lead_expires_by_its_last_touch_but_not_during_the_import(
    harbor: Story,
) -> None:
    text = harbor._policy.read_text("utf-8")
    harbor.policy(text.replace("days_without_touch: 120", "days_without_touch: 20"))
    import_form(harbor, "mon-3 09:00")
    import_activity(harbor, "page_view", "mon-2 09:00", arrived="mon 10:30")

    assert "expired" not in harbor.replay("mon 11:29").stages
    assert harbor.replay("mon 11:30").stages[-1] == "expired"

    import_activity(harbor, "page_view", "wed0 09:00", arrived="mon 11:00")

    assert "expired" not in harbor.replay("fri 12:00").stages


def test_a_future_dated_imported_event_counts_from_its_first_arrival(harbor: Story) -> None:
    ahead = moment("mon 09:00").isoformat()
    import_activity(harbor, "webinar_attended", "sat-4 10:00", occurred_at=ahead)

    assert points(harbor.replay(HOUR_LATER))["webinar"] == 6  # decayed since its first arrival, 30 days ago
