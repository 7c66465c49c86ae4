"""Requests and questions from a chat, where a visitor waits: reps at work go first, and the chat learns who is there.

Input: a request or a presence question from a chat, the rows, the time. Output: a lineup, a step, an answer for the
chat. Time outside working hours is not an absence, but a rep at work serves a waiting visitor better. If no rep is at
work, the usual turn decides. A rep who has answered the visitor already gets the turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from schemas.desk_requests import DeskRequest, PresenceAsked
from schemas.outputs import Assignee, ChatAnswer
from schemas.topics import CHAT_ANSWERS
from schemas.vocabulary import AssigneeType, ChatReply, PassedOver
from workers.desks.calendar import Calendar, NeverOpensError
from workers.desks.candidates import Lineup
from workers.desks.desk_terms import DESK_PREFIX, REP_PREFIX, Terms
from workers.desks.presence import back_at_ms, is_absent, why_unavailable_at
from workers.desks.rotation import Step
from workers.desks.rows import RepRow
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit, fact_id
from workers.policy.model import Desk

MOST_MEMBERS = 500
"""Most members of a desk."""
_MOST_ABSENCES = 200
"""Most absences to skip when searching a rep's next working time. It is the contract's bound of absences."""


def prefer_at_work(
    terms: Terms, desk: Desk, reps: Mapping[str, RepRow], request: DeskRequest, lineup: Lineup, now_ms: int
) -> Lineup:
    """Return the lineup with only the reps at work as able, if a chat requests and any rep is at work."""
    if not request.is_chat or request.answerer in dict(lineup.able):
        return lineup
    at_work = {
        rep_id for rep_id, _ in lineup.able if next_at_work_ms(terms, desk, reps[rep_id], now_ms) == now_ms
    }
    if not at_work:
        return lineup
    able = tuple(one for one in lineup.able if one[0] in at_work)
    candidates = tuple(
        replace(one, passed_over=PassedOver.NOT_AT_WORK)
        if one.passed_over is None and one.rep_id not in at_work
        else one
        for one in lineup.candidates
    )
    return replace(lineup, able=able, candidates=candidates)


def give_to_answerer(request: DeskRequest, lineup: Lineup, step: Step) -> Step:
    """Return the step as the turn of the rep who has answered the visitor, if that rep can get it."""
    if request.answerer is None or request.answerer not in dict(lineup.able):
        return step
    return replace(step, taker=request.answerer)


def next_at_work_ms(terms: Terms, desk: Desk, rep: RepRow, now_ms: int) -> int:
    """Return when a rep is next at work: ``now_ms``, or the next opening that no absence covers."""
    calendar, at_ms = terms.calendar_for(rep, desk), now_ms
    for _ in range(_MOST_ABSENCES):
        at_ms = _next_opening(calendar, back_at_ms(rep, at_ms))
        if not is_absent(rep, at_ms):
            break
    return at_ms


def answer_presence(terms: Terms, rows: Rows, asked: PresenceAsked, now_ms: int) -> list[Emit]:
    """Answer a chat with who is there now, or from when.

    If the rep asked for has left or is unknown, the answer is about its desk. No turn is taken: no visitor has become
    a lead by it, or the lead has a rep already.
    """
    if asked.desk.startswith(REP_PREFIX):
        rep_id = asked.desk.removeprefix(REP_PREFIX)
        rep = rows.get(RepRow, asked.desk, rep_id)
        home_desk = terms.home_desk(rep, None)
        if rep is not None and why_unavailable_at(rep, now_ms) is not PassedOver.INACTIVE:
            from_ms = next_at_work_ms(terms, home_desk, rep, now_ms)
            return [
                _make_chat_answer(
                    terms, asked, Assignee(type=AssigneeType.REP, id=rep_id, name=rep.name), from_ms, now_ms
                )
            ]
        return [_answer_for_desk(terms, rows, asked, terms.name_of(home_desk), home_desk, now_ms)]
    desk = terms.desk(asked.desk)
    name = asked.desk.removeprefix(DESK_PREFIX)
    return [] if desk is None else [_answer_for_desk(terms, rows, asked, name, desk, now_ms)]


def _answer_for_desk(
    terms: Terms, rows: Rows, asked: PresenceAsked, name: str, desk: Desk, now_ms: int
) -> Emit:
    """Answer for the desk as a whole: available when the first of its members is at work."""
    key = f"{DESK_PREFIX}{name}"
    found: Iterable[RepRow] = (rep for _, rep in rows.scan(RepRow, key, limit=MOST_MEMBERS))
    times = [next_at_work_ms(terms, desk, rep, now_ms) for rep in found if rep.active]
    from_ms = min(times, default=terms.next_opening(desk, now_ms))
    return _make_chat_answer(terms, asked, Assignee(type=AssigneeType.DESK, id=key), from_ms, now_ms)


def _make_chat_answer(
    terms: Terms, asked: PresenceAsked, assignee: Assignee, from_ms: int, now_ms: int
) -> Emit:
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
