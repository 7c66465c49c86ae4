"""A chat turns out to be for support: what its activities had made is taken back.

In: a request for sales or support in a conversation. Out: the lead's counts without what belongs to a support question,
its hand-offs, its signals, and the end of its cycle if the chat had undone it. Points of what belongs to a request for
sales stay. A lead that sales has accepted stays with sales.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Kind, Reason
from workers.accounts.handoffs import buying_signals, handoffs, open_index
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.accounts.state.parts import Chat, EndedCycle
from workers.accounts.state.score import ChatRequest
from workers.accounts.worth.chat_counts import events_for_support
from workers.accounts.worth.counts import start_new_points
from workers.accounts.worth.durations import with_chat_request

if TYPE_CHECKING:
    from workers.accounts.case import LeadInHand
    from workers.accounts.state.lead import LeadRow

_OWNED = frozenset({Kind.EXPANSION, Kind.IN_CYCLE})
"""Kinds of hand-offs that the first activity of a person makes, whatever the score."""


def record_request(hand: LeadInHand, request: ChatRequest) -> bool:
    """Record a request in a chat, and take back what belongs to a support question. Return whether the counts differ."""
    case, before = hand.case, hand.score
    known = {one.event_id for one in events_for_support(before.chats, before.chat_requests)}
    hand.score = with_chat_request(case.terms, hand.lead, before, request)
    found = events_for_support(hand.score.chats, hand.score.chat_requests)
    gone = [one for one in found if one.event_id not in known]
    if gone:
        hand.write_score()
        woke = _undone_end(hand, request.conversation_id)
        _end_handoffs(hand, {one.event_id for one in gone}, is_woken=woke is not None)
        buying_signals.take_back(case, hand.lead_id, [rule for one in gone for rule in one.rules])
        if woke is not None:
            _restore_end(hand, woke)
        hand.write_lead()
    return hand.score.counts != before.counts


def record_wake(hand: LeadInHand, before: LeadRow, conversation_id: str) -> None:
    """Record that an activity in a chat has undone the end of the lead's cycle, as ``before`` shows it."""
    chat = hand.lead.chat
    if hand.lead.verdict is not None or before.verdict is None:
        return
    if chat is not None and chat.conversation_id != conversation_id and chat.is_waiting:
        return  # its visitor is answered first
    woke = EndedCycle(**{name: getattr(before, name) for name in EndedCycle.__struct_fields__})
    held = chat if chat is not None and chat.conversation_id == conversation_id else Chat(conversation_id)
    hand.change(chat=replace(held, woke=woke))
    hand.write_lead()


def _undone_end(hand: LeadInHand, conversation_id: str) -> EndedCycle | None:
    """Return the end of the cycle that only this conversation has undone, or None."""
    lead = hand.lead
    chat = lead.chat
    is_kept = lead.verdict is not None or lead.accepted or lead.raised_hand
    if (
        chat is None
        or chat.conversation_id != conversation_id
        or is_kept
        or _other_event(hand, 0) is not None
    ):
        return None
    return chat.woke


def _end_handoffs(hand: LeadInHand, event_ids: set[str], *, is_woken: bool) -> None:
    """Withdraw hand-offs that these activities made. One that another activity would have made names that instead."""
    case = hand.case
    is_owned = is_customer(case.account.company) or has_open_opportunity(case.account.company)
    waits = (
        case.rows.get(PendingRow, case.key, hand.lead.pending, hand.lead_id) if hand.lead.pending else None
    )
    is_theirs = waits is not None and waits.event_id in event_ids and not (waits.raised or waits.claimed_by)
    if waits is not None and is_theirs and (is_owned or is_woken) and _other_event(hand, waits.day) is None:
        dequeue(hand)
        hand.change(handed=False, reached_mql=False)
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if (
            row is None
            or row.event_id not in event_ids
            or row.qualification is not None
            or hand.lead.accepted
        ):
            continue
        other = _other_event(hand, row.day)
        if other is not None:
            open_index.write_handoff(case, handoff_id, replace(row, event_id=other))
        elif row.kind in _OWNED or is_woken:
            hand.lead = handoffs.close(case, handoff_id, row, hand.lead, (Reason.SUPPORT_QUESTION,))
            hand.change(handed=False, reached_mql=False)


def _other_event(hand: LeadInHand, day: int) -> str | None:
    """Return an event that still earns points and counts since ``day`` in this cycle, or None."""
    terms, score = hand.case.terms, hand.score
    counts = score.attributed if score.since is None else score.attributed_since
    completions = terms.rules.completions
    for count in counts:
        is_later = count.days[-1][0] >= day and count.at_ms > hand.lead.said_no_ms
        if is_later and terms.rules.earns((count.rule,)) and completions.days_of(count.rule, counts):
            return count.event_id
    return None


def _restore_end(hand: LeadInHand, woke: EndedCycle) -> None:
    """Restore the end of the cycle that the chat had undone."""
    fields = {name: getattr(woke, name) for name in EndedCycle.__struct_fields__}
    hand.lead = replace(hand.lead, **fields)
    if hand.lead.chat is not None:
        hand.change(chat=replace(hand.lead.chat, woke=None))
    hand.score = start_new_points(hand.case.terms, hand.score, woke.said_no_ms)
    hand.write()
