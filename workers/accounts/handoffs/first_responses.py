"""First responses in a chat, and to what a desk holds as a whole: which open hand-offs of a person they answer.

In: a rep's message or feedback with its own date, and the person's conversation. Out: hand-offs marked as answered. A
message answers what was asked in that conversation, whichever rep writes it, and what that rep holds. It also answers
the person's other hand-offs at the same desk. The accounts do not know the members of a desk. So a message in a
conversation without a request answers all that a desk holds for the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import AssigneeType, Kind, SalesAction
from workers.accounts.handoffs import deadlines, escalation, raised_hands
from workers.accounts.state.handoff import HandoffRow

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import LeadInHand
    from workers.accounts.state.parts import Chat

_ANSWERS: Final = frozenset(
    {
        SalesAction.TOUCHED,
        SalesAction.ACCEPTED,
        SalesAction.SALES_QUALIFIED,
        SalesAction.OPPORTUNITY_OPENED,
    }
)
"""Feedback that reports a response to the person."""
Found = list[tuple[str, HandoffRow]]
"""(handoff_id, row) of open hand-offs of one person."""


def answer_from_chat(hand: LeadInHand, chat: Chat, rep_id: str, at_ms: int) -> bool:
    """Mark the hand-offs that a rep's message answers. Return whether one that is not a support question is answered."""
    earlier = escalation.earlier_holders(hand.case)
    is_silent = not (chat.sales_ms or chat.support_ms)
    found = [
        (handoff_id, row)
        for handoff_id, row in _open_ones(hand)
        if _was_asked(chat, row, at_ms)
        or (
            row.created_ms <= at_ms
            and (
                (is_silent and row.holder.type is AssigneeType.DESK)
                or row.holder.id == rep_id
                or (row.kind is not Kind.SERVICE and rep_id in earlier)
            )
        )
    ]
    return _mark(hand, [*found, *_others_at_desk(hand, found, at_ms)], rep_id, at_ms)


def answer_at_desk(hand: LeadInHand, answered: Found, rep_id: str, at_ms: int) -> None:
    """Mark the person's other hand-offs at the desks that hold the answered ones."""
    _mark(hand, _others_at_desk(hand, answered, at_ms), rep_id, at_ms)


def answer_beside(hand: LeadInHand, event: SalesAnswered, about: Found) -> None:
    """Mark what feedback answers beside the hand-offs that it is about.

    These are further ones at the same desk. Feedback that names only the person answers the support question too. If
    the rep has a hand-off of the person, it is about that one alone.
    """
    rep_id, at_ms = event.activity.rep_id, event.occurred_at_ms
    if event.activity.action not in _ANSWERS:
        return
    answer_at_desk(hand, about, rep_id, at_ms)
    rows = _open_ones(hand)
    if event.activity.handoff_id is None and all(row.holder.id != rep_id for _, row in rows):
        asked = [one for one in rows if one[1].kind is Kind.SERVICE and one[1].created_ms <= at_ms]
        _mark(hand, asked, rep_id, at_ms)


def answer_new(hand: LeadInHand, handoff_id: str, row: HandoffRow) -> HandoffRow:
    """Return a hand-off that was opened now. If it was answered in the chat before, it is answered."""
    chat = hand.lead.chat
    if chat is None or chat.rep_id is None or not _was_asked(chat, row, chat.answered_ms):
        return row
    _mark(hand, [(handoff_id, row)], chat.rep_id, chat.answered_ms)
    return hand.case.rows.get(HandoffRow, hand.case.key, handoff_id) or row


def _open_ones(hand: LeadInHand) -> Found:
    case = hand.case
    named = (*hand.lead.handoffs, *hand.lead.service)
    rows = ((one, case.rows.get(HandoffRow, case.key, one)) for one in named)
    return [(one, row) for one, row in rows if row is not None]


def _was_asked(chat: Chat, row: HandoffRow, at_ms: int) -> bool:
    """Whether the conversation asked for this hand-off, up to ``at_ms``."""
    asked_ms = chat.support_ms if row.kind is Kind.SERVICE else chat.sales_ms
    return 0 < asked_ms <= at_ms


def _others_at_desk(hand: LeadInHand, answered: Found, at_ms: int) -> Found:
    """Return the person's further open hand-offs at the desks that hold the answered ones."""
    desks = {row.holder.id for _, row in answered if row.holder.type is AssigneeType.DESK}
    known = {handoff_id for handoff_id, _ in answered}
    return [
        one
        for one in (_open_ones(hand) if desks else [])
        if one[0] not in known and one[1].holder.id in desks and one[1].created_ms <= at_ms
    ]


def _mark(hand: LeadInHand, found: Found, rep_id: str, at_ms: int) -> bool:
    is_of_sales = False
    for handoff_id, row in found:
        if row.kind is Kind.SERVICE:
            deadlines.mark_answered(hand.case, handoff_id, row, at_ms, rep_id)
            continue
        raised_hands.mark_answered(hand, [(handoff_id, row)], at_ms, rep_id)
        escalation.record_answer(hand.case, rep_id, at_ms)
        hand.case.request_needs_review = True
        is_of_sales = True
    return is_of_sales
