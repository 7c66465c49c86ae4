"""History: what people did before the router ran is imported, counts by its dates, and asks nobody for anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story, moment

ANN = "ann@harbor.example"
IMPORT = "mon 10:00"
HOUR_LATER = "mon 12:00"


@pytest.fixture
def harbor(story: Story) -> Story:
    """A bank whose facts are known for months, two reps, and nobody who ever came by."""
    story.rep("dana", "mon-20 00:00", at_desk=False)
    story.rep("mia", "mon-20 00:00")
    story.bank("harbor", "mon-20 00:00")
    return story


def ann(story: Story, happened: str, came: str = IMPORT, **said: Any) -> None:
    """Ann gave her title in a form."""
    form = {"form_id": "contact", "email": ANN, "job_title": "CIO", "job_function": "it"} | said
    story.imported("form.fills", ANN, happened, came, **form)


def did(story: Story, word: str, happened: str, came: str = IMPORT, times: int = 1, **more: Any) -> None:
    """Ann did something, so many times."""
    for _ in range(times):
        story.imported("web.activity", ANN, happened, came, activity=word, **({"email": ANN} | more))


def much_interest(story: Story, happened: str, came: str = IMPORT) -> None:
    """All that behaviour can give, then."""
    did(story, "download", happened, came, times=2)
    did(story, "webinar_attended", happened, came, times=2)


def points(results: Results) -> dict[str, int]:
    """The points by rule, of the last score."""
    lines = results.of("lead.scores")[-1]["explanation"]["points"]
    return {line["rule"]: line["points"] for line in lines}


def test_history_gives_the_points_that_are_left_of_it_today(harbor: Story) -> None:
    ann(harbor, "mon-3 10:00")
    did(harbor, "webinar_attended", "sat-4 10:00")  # 30 of 60 days ago

    results = harbor.replay(HOUR_LATER)

    assert points(results)["webinar"] == 6
    assert results.dead_letter_reasons == []


def test_a_demo_that_was_asked_for_long_ago_raises_no_hand_today(harbor: Story) -> None:
    ann(harbor, "mon-3 10:00", request="demo")

    results = harbor.replay("fri2 12:00")

    assert results.handoffs == []
    assert results.alerts == []
    assert results.stages == ["known", "nurture"]


def test_a_hand_raised_today_is_not_delayed_by_history_that_still_comes(harbor: Story) -> None:
    ann(harbor, "mon-3 10:00", request="demo")
    harbor.form(ANN, "mon 10:01", "demo")

    assert harbor.replay("mon 10:01").handoffs == [("assigned", "raised_hand", "mia")]


def test_a_past_day_on_which_the_bar_would_have_been_reached_makes_no_mql_today(harbor: Story) -> None:
    ann(harbor, "mon-5 09:00")
    much_interest(harbor, "mon-5 10:00")  # 40 of 40 points then, 12 today

    results = harbor.replay("fri 12:00")

    assert "mql" not in results.stages
    assert results.handoffs == []


def test_whoever_reaches_the_bar_today_is_handed_over_an_hour_after_the_last_of_it_and_history_is_why(
    harbor: Story,
) -> None:
    ann(harbor, "mon0 09:00")
    much_interest(harbor, "mon0 10:00")

    assert harbor.replay("mon 10:59").handoffs == []
    results = harbor.replay(HOUR_LATER)

    assert results.handoffs == [("assigned", "mql", "mia")]
    handoff = results.of("lead.routing")[0]
    assert handoff["explanation"]["reasons"][:3] == ["bar_reached", "all_gates_passed", "history_imported"]
    assert handoff["explanation"]["total"] >= 135
    assert handoff["explanation"]["triggering_event_id"] in {
        line.get("event_id") for line in handoff["explanation"]["points"]
    }
    assert (
        handoff["first_response_due_at"] == "2026-03-02T19:00:00Z"
    )  # three hours from now on, not from then


def test_what_comes_last_in_the_file_counts_before_anybody_is_handed_over(harbor: Story) -> None:
    ann(harbor, "mon0 09:00")
    much_interest(harbor, "mon0 10:00")
    harbor.activity("download", "mon 10:30", email=ANN)  # live, while history still comes
    did(harbor, "page_view", "tue0 10:00", came="mon 10:50", times=2, url="https://x.example/careers")

    results = harbor.replay("fri 12:00")

    assert results.handoffs == []
    assert points(results)["careers"] < 0


def test_whoever_said_no_to_tracking_later_on_is_not_handed_over_for_what_was_before(harbor: Story) -> None:
    ann(harbor, "mon0 09:00")
    much_interest(harbor, "mon0 10:00")
    ann(harbor, "wed0 09:00", came="mon 10:50", consent={"tracking": False})

    assert harbor.replay("fri 12:00").handoffs == []


def test_the_same_history_imported_twice_counts_once(harbor: Story) -> None:
    for came in ("mon 10:00", "fri4 10:00"):
        did(harbor, "webinar_attended", "mon-1 10:00", came, event_id="w1")
        did(harbor, "download", "sun0 10:00", came, event_id="d1")  # still in the window of repeats at first
    harbor.activity("page_view", "fri4 10:01", email=ANN)

    lines = harbor.replay().of("lead.scores")[-1]["explanation"]["points"]

    assert {line["rule"]: line["count"] for line in lines if line["rule"] in {"webinar", "paper"}} == {
        "webinar": 1,
        "paper": 1,
    }


def test_what_came_live_counts_no_second_time_by_an_import(harbor: Story) -> None:
    harbor.activity("webinar_attended", "mon-3 10:00", email=ANN, event_id="w1")
    harbor.activity("webinar_attended", "sun0 10:00", email=ANN, event_id="w2")
    for times in (1, 2):
        harbor.activity(
            "page_view", f"mon0 1{times}:00", email=ANN
        )  # days pass: the first id is known no more
    did(harbor, "webinar_attended", "mon-3 10:00", event_id="w1")
    did(harbor, "webinar_attended", "sun0 10:00", event_id="w2")
    harbor.activity("page_view", "mon 10:01", email=ANN)

    lines = harbor.replay().of("lead.scores")[-1]["explanation"]["points"]

    assert {line["rule"]: line["count"] for line in lines}["webinar"] == 2


def test_what_gives_no_points_any_more_is_no_dead_letter_and_makes_nobody_known(harbor: Story) -> None:
    did(harbor, "webinar_attended", "mon-12 10:00")

    results = harbor.replay(HOUR_LATER)

    assert results.dead_letter_reasons == []
    assert results.stages == []


def test_the_history_of_a_visitor_comes_along_when_they_say_who_they_are(harbor: Story) -> None:
    browser = {"anonymous_id": "b1", "email": None}
    harbor.imported(
        "web.activity", "b1", "mon-3 10:00", IMPORT, activity="webinar_attended", anonymous_id="b1"
    )
    harbor.imported("form.fills", "b1", "mon-3 10:05", IMPORT, form_id="f", request="demo", **browser)
    harbor.form(ANN, "tue 10:00", anonymous_id="b1")

    results = harbor.replay("wed 10:00")

    assert points(results)["webinar"] > 0
    assert results.handoffs == []  # what was asked then is over


def test_a_customers_history_is_nobodys_task_and_their_next_visit_is(harbor: Story) -> None:
    harbor.rep("rita", "mon-20 00:00", at_desk=False)
    harbor.bank("harbor", "mon-20 01:00", relationship="customer", owner_rep_id="rita")
    ann(harbor, "mon-3 09:00", request="support")
    did(harbor, "page_view", "mon-3 10:00", times=3, url="https://x.example/pricing")

    assert harbor.replay("fri 12:00").of("lead.routing") == []
    assert harbor.replay("fri 12:00").alerts == []

    harbor.activity("download", "fri 13:00", email=ANN)

    assert harbor.replay("fri 13:00").handoffs == [("assigned", "expansion", "rita")]


def test_a_campaign_answered_long_ago_is_no_mql_today(harbor: Story) -> None:
    ann(harbor, "mon-3 09:00", campaign={"name": "cio-roundtable-autumn"})

    assert "mql" not in harbor.replay("fri 12:00").stages


def test_nobody_answers_a_chat_that_is_over(harbor: Story) -> None:
    ann(harbor, "mon-3 09:00")
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


def test_a_lead_of_history_expires_by_its_last_touch_but_not_while_its_history_still_comes(
    harbor: Story,
) -> None:
    text = harbor._policy.read_text("utf-8")
    harbor.policy(text.replace("days_without_touch: 120", "days_without_touch: 20"))
    ann(harbor, "mon-3 09:00")
    did(harbor, "page_view", "mon-2 09:00", came="mon 10:30")

    assert "expired" not in harbor.replay("mon 11:29").stages
    assert harbor.replay("mon 11:30").stages[-1] == "expired"

    did(harbor, "page_view", "wed0 09:00", came="mon 11:00")

    assert "expired" not in harbor.replay("fri 12:00").stages


def test_the_clock_of_then_is_believed_no_further_than_it_was_then(harbor: Story) -> None:
    ahead = moment("mon 09:00").isoformat()
    did(harbor, "webinar_attended", "sat-4 10:00", occurred_at=ahead)

    assert points(harbor.replay(HOUR_LATER))["webinar"] == 6  # as of when it arrived, 30 days ago
