"""Requests and questions from a chat, where a visitor waits: reps at work go first, and the chat learns who is there.

Input: a request or a presence question from a chat, the rows, the time. Output: a lineup, a step, an answer for the
chat. Time outside working hours is not an absence, but a rep at work serves a waiting visitor better. If no rep is at
work, the usual turn decides. A rep who has answered the visitor already gets the turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.desk_requests import DeskRequest, PresenceAsked
from schemas.outputs import Assignee
from schemas.vocabulary import AssigneeType, PassedOver
from workers.desks import chat_search
from workers.desks.candidates import Lineup
from workers.desks.desk_terms import DESK_PREFIX, REP_PREFIX, Terms
from workers.desks.presence import why_unavailable_at
from workers.desks.rotation import Step
from workers.desks.rows import RepRow
from workers.desks.visitor_replies import make_chat_answer, next_at_work_ms
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.policy.model import Desk

MOST_MEMBERS = 500
"""Most members of a desk."""


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


def answer_presence(terms: Terms, rows: Rows, asked: PresenceAsked, now_ms: int) -> list[Emit]:
    """Answer a chat with who is there now, or from when.

    If the rep asked for has left or is unknown, the answer is about its desk. If the question is a search and the rep is
    not at work, it is forwarded to a deputy, then to the rep's desks. No turn is taken: no visitor has become a lead by
    it, or the lead has a rep already.
    """
    if asked.desk.startswith(REP_PREFIX):
        return _answer_for_rep(terms, rows, asked, now_ms)
    if asked.meant is not None:
        return chat_search.search_desk(terms, rows, asked, asked.meant, now_ms)
    desk = terms.desk(asked.desk)
    name = asked.desk.removeprefix(DESK_PREFIX)
    return [] if desk is None else [_answer_for_desk(terms, rows, asked, name, desk, now_ms)]


def _answer_for_rep(terms: Terms, rows: Rows, asked: PresenceAsked, now_ms: int) -> list[Emit]:
    """Answer for one rep, or forward a search if the rep is not at work."""
    rep_id = asked.desk.removeprefix(REP_PREFIX)
    rep = rows.get(RepRow, asked.desk, rep_id)
    home_desk = terms.home_desk(rep, None)
    is_active = rep is not None and why_unavailable_at(rep, now_ms) is not PassedOver.INACTIVE
    if rep is None or not is_active:
        if asked.meant is not None:
            return chat_search.ask_next(asked, asked.meant, rep_id, None)
        return [_answer_for_desk(terms, rows, asked, terms.name_of(home_desk), home_desk, now_ms)]
    from_ms = next_at_work_ms(terms, home_desk, rep, now_ms)
    if asked.search and from_ms > now_ms:
        first = asked.meant or chat_search.meant_rep(terms, asked, rep_id, rep, from_ms)
        return chat_search.ask_next(asked, first, rep_id, rep.deputy)
    meant = asked.meant
    behind = asked.deputy_for if meant is None else meant.deputy_for or meant.rep_id
    assignee = Assignee(type=AssigneeType.REP, id=rep_id, name=rep.name, deputy_for=behind)
    return [make_chat_answer(terms, asked, assignee, from_ms, now_ms)]


def _answer_for_desk(
    terms: Terms, rows: Rows, asked: PresenceAsked, name: str, desk: Desk, now_ms: int
) -> Emit:
    """Answer for the desk as a whole: available when the first of its members is at work."""
    key = f"{DESK_PREFIX}{name}"
    found: Iterable[RepRow] = (rep for _, rep in rows.scan(RepRow, key, limit=MOST_MEMBERS))
    times = [next_at_work_ms(terms, desk, rep, now_ms) for rep in found if rep.active]
    from_ms = min(times, default=terms.next_opening(desk, now_ms))
    return make_chat_answer(terms, asked, Assignee(type=AssigneeType.DESK, id=key), from_ms, now_ms)
