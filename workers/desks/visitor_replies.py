"""The answer to a visitor who waits in a chat, and when a rep is next at work.

Input: a presence question, rep rows, the time. Output: the answer for the chat. Nothing is written here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.desk_requests import PresenceAsked
from schemas.outputs import Assignee, ChatAnswer
from schemas.topics import CHAT_ANSWERS
from schemas.vocabulary import ChatReply
from workers.desks.calendar import Calendar, NeverOpensError
from workers.desks.desk_terms import Terms
from workers.desks.presence import back_at_ms, is_absent
from workers.desks.rows import RepRow
from workers.engine.api import Emit
from workers.outbox import emit, fact_id
from workers.policy.model import Desk

_MOST_ABSENCES = 200
"""Most absences to skip when searching a rep's next working time. It is the contract's bound of absences."""


def next_at_work_ms(terms: Terms, desk: Desk, rep: RepRow, now_ms: int) -> int:
    """Return when a rep is next at work: ``now_ms``, or the next opening that no absence covers."""
    calendar, at_ms = terms.calendar_for(rep, desk), now_ms
    for _ in range(_MOST_ABSENCES):
        at_ms = _next_opening(calendar, back_at_ms(rep, at_ms))
        if not is_absent(rep, at_ms):
            break
    return at_ms


def make_chat_answer(
    terms: Terms, asked: PresenceAsked, assignee: Assignee, from_ms: int, now_ms: int
) -> Emit:
    """Return the answer that notifies the visitor of this assignee, available from ``from_ms``."""
    answer = ChatAnswer(
        event_id=fact_id("chat_answer", asked.conversation_id, asked.account_key, asked.event_id),
        occurred_at=_instant(now_ms),
        conversation_id=asked.conversation_id,
        account_key=asked.account_key,
        lead_id=asked.lead_id,
        handoff_id=asked.handoff_id,
        reply=ChatReply.NOW if from_ms <= now_ms else ChatReply.LATER,
        assignee=assignee,
        available_from=_instant(from_ms),
        policy=terms.ref,
    )
    return emit(CHAT_ANSWERS, answer)


def _next_opening(calendar: Calendar, at_ms: int) -> int:
    try:
        return calendar.next_opening(at_ms)
    except NeverOpensError:
        return at_ms


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
