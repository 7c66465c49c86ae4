"""One event_id counts once, whatever date its repeat carries and in whatever order the two arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.story import Results, Story, moment

ANN = "ann@harbor.example"
NewStory = Callable[[str], Story]


def tell(story: Story, topic: str, dates: list[str], **value: Any) -> Results:
    """Replay a bank, Ann, and one event that arrives under each of these dates, one after the other."""
    story.rep("mia")
    story.bank("harbor", "mon0 00:00")
    story.form(ANN, "mon0 09:00")
    for number, date in enumerate(dates):
        when, _, zone = date.partition(" in ")
        seconds = timedelta(seconds=int(zone or 0))
        at = (moment(when) + seconds).isoformat()
        story.add_event(topic, ANN, "sun 12:00", {"event_id": "d-1", "occurred_at": at} | value, number)
    return story.replay("mon2 12:00")


def last_score(results: Results) -> dict[str, Any]:
    explanation: dict[str, Any] = results.of("lead.scores")[-1]["explanation"]
    return {name: explanation[name] for name in ("fit", "behaviour", "total", "points")}


DATES = [
    pytest.param(("thu 10:00", "thu 10:00 in 2"), id="two seconds later"),
    pytest.param(("wed 23:59", "thu 00:01"), id="over midnight of the policy's zone"),
    pytest.param(("wed 18:59", "wed 19:01"), id="over midnight UTC"),
    pytest.param(("thu 04:59", "thu 05:01"), id="over midnight of another zone"),
    pytest.param(("mon 10:00", "sat 21:00"), id="five days later"),
]
EVENTS = [
    pytest.param("web.activity", {"activity": "download", "asset": "paper-1"}, id="a download"),
    pytest.param(
        "web.activity", {"activity": "video_watched", "asset": "v"}, id="a video that has no end yet"
    ),
    pytest.param("web.activity", {"activity": "email_clicked", "asset": "mail-1"}, id="a click"),
    pytest.param("form.fills", {"form_id": "whitepaper"}, id="a form"),
    pytest.param("form.fills", {"form_id": "contact", "request": "demo"}, id="a demo request"),
    pytest.param(
        "chat.conversations", {"conversation_id": "c1", "turn": "visitor_message"}, id="a chat message"
    ),
    pytest.param(
        "chat.conversations", {"conversation_id": "c1", "turn": "asked_for_sales"}, id="a request in a chat"
    ),
]


@pytest.mark.parametrize(("topic", "value"), EVENTS)
@pytest.mark.parametrize("dates", DATES)
def test_a_repeat_counts_once_by_its_earliest_date_in_any_order(
    topic: str, value: dict[str, Any], dates: tuple[str, str], new_story: NewStory
) -> None:
    value = {"email": ANN} | value
    once = tell(new_story("once"), topic, [dates[0]], **value)
    early, late = dates
    for name, order in {"e-l": (early, late), "l-e": (late, early), "l-e-l-e": (late, early) * 2}.items():
        results = tell(new_story(name), topic, list(order), **value)
        assert last_score(results) == last_score(once), name
        assert [one[:2] for one in results.handoffs] == [one[:2] for one in once.handoffs], name
        assert len(results.of("lead.alerts")) == len(once.of("lead.alerts")), name


def test_the_touch_of_sales_counts_once_whatever_its_date(new_story: NewStory) -> None:
    attempts = []
    for name, dates in {"once": ["tue 10:00"], "twice": ["tue 10:00", "wed 10:00"]}.items():
        story = new_story(name)
        story.rep("mia")
        story.bank("harbor")
        story.form(ANN, "mon 10:00", "demo")
        for date in dates:
            touched = {"event_id": "s-1", "action": "touched", "channel": "call"}
            story.late("sales.activities", ANN, date, "thu 12:00", email=ANN, rep_id="mia", **touched)
        story.form(ANN, "fri 10:00", "pricing")
        touches = story.replay().of("lead.routing")[-1].get("touches", [])
        attempts.append(sum(one["count"] for one in touches if one["side"] == "sales"))
    assert attempts[0] == attempts[1]


def test_the_repeat_of_an_answered_request_raises_no_hand_again(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    ask = {"event_id": "f-1", "form_id": "contact", "email": ANN, "request": "demo"}
    story.late("form.fills", ANN, "tue 10:02", "tue 10:05", **ask)
    story.sales("rejected", ANN, "tue 15:00", reason="not_now")
    story.late("form.fills", ANN, "tue 10:00", "wed 10:00", **ask)

    assert [action for action, *_ in story.replay().handoffs] == ["assigned", "withdrawn"]


def test_a_repeated_privacy_request_counts_once(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    erased = {"event_id": "p-1", "email": ANN, "request": "erasure"}
    story.form(ANN, "mon 10:00")
    story.late("privacy.requests", ANN, "tue 10:00", "tue 10:00", **erased)
    story.form(ANN, "wed 10:00", "demo")
    story.late("privacy.requests", ANN, "wed 12:00", "wed 12:00", **erased)

    assert [action for action, *_ in story.replay().handoffs] == ["assigned"]


def test_equal_ids_of_two_producers_are_two_events(new_story: NewStory) -> None:
    totals = []
    for name, producers in {
        "one": ["shop", "shop"],
        "two": ["shop", "blog"],
        "mixed": ["shop", None],
    }.items():
        story = new_story(name)
        story.rep("mia")
        story.bank("harbor")
        for producer in producers:
            value = {"event_id": "1", "email": ANN, "activity": "download", "producer": producer}
            value = {key: one for key, one in value.items() if one is not None}
            story.late("web.activity", ANN, "tue 10:00", "tue 10:00", **value)
        totals.append(last_score(story.replay())["behaviour"])
    assert totals == [8, 16, 16]


def test_equal_ids_of_two_producers_at_one_moment_survive_until_the_visitor_is_known(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    for producer in ("shop", "blog"):
        value = {"event_id": "1", "anonymous_id": "b", "activity": "download", "producer": producer}
        story.late("web.activity", "b", "tue 10:00", "tue 10:00", **value)
    story.form(ANN, "tue 11:00", anonymous_id="b")

    points = last_score(story.replay())["points"]
    (line,) = [one for one in points if one["count"] == 2]
    assert line["event_id"] in {"shop/1", "blog/1"}
