from __future__ import annotations

from schemas.desk_requests import PresenceAsked
from schemas.outputs import ChatAnswer
from schemas.topics import TOPICS
from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, Market, rep

NIGHT = MONDAY + 13 * HOUR_MS
TUESDAY_AT_HALF_PAST_EIGHT = MONDAY + DAY_MS - HOUR_MS // 2


def told(market: Market, desk: str, at_ms: int) -> list[ChatAnswer]:
    asked = PresenceAsked(event_id=f"e-{at_ms}", desk=desk, account_key="chat:c1", conversation_id="c1")
    emits = market.desks.send(asked, at_ms)
    return [TOPICS[emit.topic].adapter.validate_json(emit.value) for emit in emits]


def from_ms(answer: ChatAnswer) -> int:
    assert answer.available_from is not None
    return int(answer.available_from.timestamp() * 1000)


def test_a_desk_is_there_when_the_first_of_its_people_is() -> None:
    market = Market()
    early = rep("r2", hours={"mon-fri": "07:00-09:30"})
    market.reps(rep("r1"), early, rep("r3", active=False))
    (now,) = told(market, "desk:inside_sales", MONDAY)
    (night,) = told(market, "desk:inside_sales", NIGHT)
    assert (now.reply, now.assignee.id if now.assignee else None) == ("now", "desk:inside_sales")
    assert (night.reply, from_ms(night)) == ("later", MONDAY + DAY_MS - 2 * HOUR_MS)


def test_a_desk_without_people_is_there_when_it_opens() -> None:
    (answer,) = told(Market(), "desk:inside_sales", NIGHT)
    assert from_ms(answer) == TUESDAY_AT_HALF_PAST_EIGHT


def test_a_rep_is_there_when_no_absence_covers_the_opening() -> None:
    market = Market()
    away = ((MONDAY - HOUR_MS, MONDAY + DAY_MS), (MONDAY + DAY_MS, MONDAY + 2 * DAY_MS))
    market.reps(rep("r1", away=away))
    (answer,) = told(market, "rep:r1", MONDAY)
    assert (answer.reply, from_ms(answer)) == ("later", MONDAY + 2 * DAY_MS)
    assert answer.assignee is not None
    assert (answer.assignee.id, answer.assignee.name) == ("r1", "R1")


def test_for_a_rep_who_has_left_or_is_unknown_the_desk_is_there() -> None:
    market = Market()
    market.reps(rep("r1"), rep("r2", active=False))
    for gone in ("r2", "stranger"):
        (answer,) = told(market, f"rep:{gone}", MONDAY)
        assert (answer.reply, answer.assignee.id if answer.assignee else None) == ("now", "desk:inside_sales")


def test_a_desk_that_the_policy_does_not_have_says_nothing() -> None:
    assert told(Market(), "desk:nowhere", MONDAY) == []


def test_asked_twice_it_says_the_same() -> None:
    market = Market()
    market.reps(rep("r1"))
    assert told(market, "rep:r1", MONDAY) == told(market, "rep:r1", MONDAY)
