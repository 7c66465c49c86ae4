"""A chat asks who is available: a desk, or the rep who has the account."""

from __future__ import annotations

from schemas.desk_requests import PresenceAsked
from schemas.outputs import ChatAnswer
from schemas.topics import CHAT_ANSWERS
from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, Market, rep

NIGHT = MONDAY + 13 * HOUR_MS
TUESDAY_AT_HALF_PAST_EIGHT = MONDAY + DAY_MS - HOUR_MS // 2


def ask_presence(market: Market, desk: str, at_ms: int) -> list[ChatAnswer]:
    """Return the answers to a presence question."""
    asked = PresenceAsked(event_id=f"e-{at_ms}", desk=desk, account_key="chat:c1", conversation_id="c1")
    emits = market.desks.send(asked, at_ms)
    answers = [emit for emit in emits if emit.topic == CHAT_ANSWERS.name]
    return [CHAT_ANSWERS.adapter.validate_json(emit.value or b"") for emit in answers]


def from_ms(answer: ChatAnswer) -> int:
    assert answer.available_from is not None
    return int(answer.available_from.timestamp() * 1000)


def test_a_desk_is_available_when_its_first_member_is() -> None:
    market = Market()
    early = rep("r2", hours={"mon-fri": "07:00-09:30"})
    market.reps(rep("r1"), early, rep("r3", active=False))
    (now,) = ask_presence(market, "desk:inside_sales", MONDAY)
    (night,) = ask_presence(market, "desk:inside_sales", NIGHT)
    assert (now.reply, now.assignee.id if now.assignee else None) == ("now", "desk:inside_sales")
    assert (night.reply, from_ms(night)) == ("later", MONDAY + DAY_MS - 2 * HOUR_MS)


def test_a_desk_without_members_is_available_when_it_opens() -> None:
    (answer,) = ask_presence(Market(), "desk:inside_sales", NIGHT)
    assert from_ms(answer) == TUESDAY_AT_HALF_PAST_EIGHT


def test_a_rep_is_available_at_the_first_opening_that_no_absence_covers() -> None:
    market = Market()
    away = ((MONDAY - HOUR_MS, MONDAY + DAY_MS), (MONDAY + DAY_MS, MONDAY + 2 * DAY_MS))
    market.reps(rep("r1", away=away))
    (answer,) = ask_presence(market, "rep:r1", MONDAY)
    assert (answer.reply, from_ms(answer)) == ("later", MONDAY + 2 * DAY_MS)
    assert answer.assignee is not None
    assert (answer.assignee.id, answer.assignee.name) == ("r1", "R1")


def test_for_a_rep_who_has_left_or_is_unknown_the_desk_answers() -> None:
    market = Market()
    market.reps(rep("r1"), rep("r2", active=False))
    for gone in ("r2", "stranger"):
        (answer,) = ask_presence(market, f"rep:{gone}", MONDAY)
        assert (answer.reply, answer.assignee.id if answer.assignee else None) == ("now", "desk:inside_sales")


def test_a_desk_that_the_policy_does_not_have_does_not_answer() -> None:
    assert ask_presence(Market(), "desk:nowhere", MONDAY) == []


def test_a_repeated_question_gets_the_same_answer() -> None:
    market = Market()
    market.reps(rep("r1"))
    assert ask_presence(market, "rep:r1", MONDAY) == ask_presence(market, "rep:r1", MONDAY)
