"""A visitor asks for sales in a chat while every rep is away. The visitor is notified once, however often the desk answers."""

from __future__ import annotations

import pytest

from tests.edge import HOUR, NOON, AllHops


@pytest.mark.parametrize(
    ("joins_ms", "rep_id", "desks", "reply"),
    [
        (4 * HOUR, "mia", [{"desk": "inside_sales"}], "now"),
        (14 * HOUR, "dana", [], "later"),  # the fallback of the policy, who is not at work at night
    ],
)
def test_a_visitor_who_waits_for_an_absent_desk_is_notified_once(
    joins_ms: int, rep_id: str, desks: list[dict[str, str]], reply: str
) -> None:
    hops = AllHops()

    asked = {"conversation_id": "talk", "turn": "asked_for_sales", "email": "ann@bank.example"}
    hops.feed("chat.conversations", "talk", NOON, **asked)
    for number in (1, 2, 3):
        absent = [{"desk": "inside_sales", "weight": number}]
        hops.feed(
            "crm.reps", "zoe", NOON + number * HOUR, rep_id="zoe", name="Zoe", active=False, desks=absent
        )
    hops.feed("crm.reps", rep_id, NOON + joins_ms, rep_id=rep_id, name="A Rep", desks=desks)

    answers = hops.events("chat.answers")
    assert [(one["reply"], one["assignee"]["id"]) for one in answers] == [
        ("later", "desk:inside_sales"),
        (reply, rep_id),
    ]
    assert len({one["event_id"] for one in answers}) == 2
