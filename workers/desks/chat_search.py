"""The search for a rep at work who answers a chat, while the rep who has the account is not at work.

Input: a presence question that searches, the rows, the time. Output: the question forwarded to the next desk, or the
answer for the chat. Deputies are asked first, then the members of the rep's desks, then those of the default desk. The
account stays with its rep, and no turn is taken. A member with the skills that the visitor needs answers before one
without. If no rep is at work, the visitor learns when the account's rep is.
"""

from __future__ import annotations

from schemas.desk_requests import PresenceAsked, RepAtWork, RepMeant
from schemas.outputs import Assignee
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import AssigneeType
from workers.desks.desk_terms import DESK_PREFIX, Terms, rep_desk
from workers.desks.rows import RepRow
from workers.desks.skill_match import count_preferred_skills, lacks_skill
from workers.desks.visitor_replies import make_chat_answer, next_at_work_ms
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit
from workers.policy.model import Desk

MOST_DEPUTIES = 3
"""Most deputies of deputies that are asked before the desks."""
MOST_DESKS = 20
"""Most desks whose members are asked."""
_MOST_MEMBERS = 500
"""Most members of a desk."""


def meant_rep(terms: Terms, asked: PresenceAsked, rep_id: str, rep: RepRow, from_ms: int) -> RepMeant:
    """Return the rep who has the account, with the desks that are searched."""
    desks = list(dict.fromkeys(DESK_PREFIX + name for name in (*rep.desks, terms.default_desk)))
    return RepMeant(
        rep_id=rep_id,
        name=rep.name,
        deputy_for=asked.deputy_for,
        from_ms=from_ms,
        desks=[one for one in desks if terms.desk(one) is not None][:MOST_DESKS],
    )


def ask_next(asked: PresenceAsked, meant: RepMeant, rep_id: str, deputy: str | None) -> list[Emit]:
    """Forward the question of a rep who is not at work: to the deputy, else to the first desk."""
    known = [*meant.asked, rep_id]
    if deputy is not None and deputy not in known and len(known) <= MOST_DEPUTIES:
        return _forward(asked, meant.model_copy(update={"asked": known}), rep_desk(deputy))
    return _ask_desk(asked, meant.model_copy(update={"asked": known}))


def search_desk(terms: Terms, rows: Rows, asked: PresenceAsked, meant: RepMeant, now_ms: int) -> list[Emit]:
    """Answer with a member of the desk who is at work and has the skills, else forward the question.

    After the last desk, a member at work without the skills answers, else the answer is for the rep.
    """
    desk = terms.desk(asked.desk)
    present = [] if desk is None else _members_at_work(terms, rows, desk, asked, meant, now_ms)
    for one, rep in present:
        if desk is not None and not lacks_skill(desk, rep, asked):
            return _answer_with(terms, asked, meant, one, now_ms)
    if present and meant.unskilled is None:
        meant = meant.model_copy(update={"unskilled": present[0][0]})
    if meant.desks:
        return _ask_desk(asked, meant)
    if meant.unskilled is not None:
        return _answer_with(terms, asked, meant, meant.unskilled, now_ms)
    assignee = Assignee(type=AssigneeType.REP, id=meant.rep_id, name=meant.name, deputy_for=meant.deputy_for)
    return [make_chat_answer(terms, asked, assignee, meant.from_ms, now_ms)]


def _members_at_work(
    terms: Terms, rows: Rows, desk: Desk, asked: PresenceAsked, meant: RepMeant, now_ms: int
) -> list[tuple[RepAtWork, RepRow]]:
    """Return the members who are at work and were not asked, those with the most preferred skills first."""
    found = [
        (RepAtWork(rep_id=parts[1], name=rep.name), rep)
        for parts, rep in rows.scan(RepRow, asked.desk, limit=_MOST_MEMBERS)
        if parts[1] not in meant.asked and rep.active and next_at_work_ms(terms, desk, rep, now_ms) == now_ms
    ]
    return sorted(found, key=lambda one: -count_preferred_skills(desk, one[1], asked))


def _answer_with(
    terms: Terms, asked: PresenceAsked, meant: RepMeant, rep: RepAtWork, now_ms: int
) -> list[Emit]:
    behind = meant.deputy_for or meant.rep_id
    assignee = Assignee(type=AssigneeType.REP, id=rep.rep_id, name=rep.name, deputy_for=behind)
    return [make_chat_answer(terms, asked, assignee, now_ms, now_ms)]


def _ask_desk(asked: PresenceAsked, meant: RepMeant) -> list[Emit]:
    return _forward(asked, meant.model_copy(update={"desks": meant.desks[1:]}), meant.desks[0])


def _forward(asked: PresenceAsked, meant: RepMeant, desk: str) -> list[Emit]:
    return [emit(DESK_REQUESTS, asked.model_copy(update={"desk": desk, "meant": meant}))]
