"""Tales of chats, and of records that cannot be read."""

from __future__ import annotations

import json

from tests.scenarios.keys.tales import tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story, moment


@tale("wed 12:00")
def chats_during_the_day(story: Story) -> None:
    """Four chats on a day on which Mia works from noon.

    Tom answers Ann before she asks for sales. A lead of another bank asks for sales, a customer for support, and a
    competitor for sales.
    """
    story.rep("mia", hours={"mon-fri": "12:00-17:30"})
    story.rep("tom")
    story.bank("harbor")
    story.chat("started", "tue 10:00", "c1", anonymous_id="a1")
    story.chat("agent_message", "tue 10:01", "c1", anonymous_id="a1", rep_id="tom")
    story.chat("visitor_message", "tue 10:02", "c1", anonymous_id="a1", email=ANN)
    story.chat("asked_for_sales", "tue 10:03", "c1", anonymous_id="a1")
    story.chat("ended", "tue 10:09", "c1", anonymous_id="a1")
    story.bank("mesa")
    story.chat("asked_for_sales", "tue 10:30", "c2", email="ann@mesa.example")
    story.bank("old", relationship="customer")
    story.chat("asked_for_support", "tue 10:40", "c3", email="ann@old.example")
    story.bank("rival", relationship="competitor")
    story.chat("asked_for_sales", "tue 10:50", "c4", email="spy@rival.example")


@tale("wed 12:00", {"behaviour.rules.goodbye": {"when": {"activity": "chat_ended"}, "points": "1"}})
def a_chat_in_the_evening(story: Story) -> None:
    """A chat after working hours. The policy gives one point for the end of a chat."""
    story.rep("mia")
    story.bank("harbor")
    story.chat("asked_for_sales", "tue 22:00", email=ANN)
    story.chat("visitor_message", "tue 22:02")
    story.chat("ended", "tue 22:05")


@tale("mon3 12:00")
def invalid_records_arrive(story: Story) -> None:
    story.rep("mia")
    story.form(ANN, "tue 09:00")
    at_ms = int(moment("tue 10:00").timestamp() * 1_000)
    deep = "[" * 200 + "]" * 200
    values = [None, "{cut off", deep, '"' + "x" * 300_000 + '"', {"event_id": "e"}]
    for value in values:
        story.line(json.dumps({"topic": "form.fills", "key": "k", "timestamp": at_ms, "value": value}))
    story.form("no address", "tue 10:00")
    story.late("web.activity", ANN, "tue 10:00", "mon3 10:00", activity="download", email=ANN)
    story.sales("touched", ANN, "tue 10:00", handoff_id="domain:harbor.example#9.9")
