"""An identified visitor chats: one message of the conversation, called a turn.

A visitor who asks for sales raises a hand. A visitor who asks for support has a support question, as by a form. The rep
who answers gets the round-robin turn if the account has no holder. The visitor is notified which holder takes over, and
when.

In: a turn, and later the desk's answer. Out: the lead evaluated, requests to desks, answers for the chat. Other actions
in a chat arrive as activities. In imported history only messages of sales have an effect: they are touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import PresenceAsked, RequestMode
from schemas.outputs import Assignee, ChatAnswer
from schemas.topics import CHAT_ANSWERS, DESK_REQUESTS
from schemas.vocabulary import AssigneeType, ChatReply, Request, Turn
from workers.accounts.case import instant
from workers.accounts.desk_protocol.lead_plans import needs_of_lead
from workers.accounts.desk_protocol.requests import cancel_request
from workers.accounts.evaluation import expiry, imported_history, support_chats
from workers.accounts.evaluation.consents import ConsentEffect, apply_event_consent
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.events.arrival import receive_lead
from workers.accounts.handoffs import buying_signals, first_responses, support_questions, touches
from workers.accounts.routing.permission import exclusion_of
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.parts import Chat
from workers.accounts.state.sales import SalesTouch
from workers.accounts.state.score import ChatRequest
from workers.accounts.worth.chat_counts import is_for_support
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.lead_events import DeskAnswer, LeadChat
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.account import Holder
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.parts import OpenRequest


_CHANNEL = "chat"
"""Channel of the touch that a rep's message is."""


def handle(case: Case, event: LeadChat) -> None:
    """Apply a turn, live or of imported history."""
    hand = receive_lead(case, event)
    if hand is None:
        return
    if event.imported:
        _apply_imported(hand, event)
    else:
        _apply_turn(hand, event)


def _apply_turn(hand: LeadInHand, event: LeadChat) -> None:
    """Apply a live turn: evaluate the lead, and make sure that the visitor is answered.

    If the lead is due now, the desk's answer to its request notifies the visitor. Otherwise a desk is asked who is
    present.
    """
    case = hand.case
    consent = _apply_shared(hand, event)
    if event.turn is Turn.AGENT_MESSAGE:
        _apply_agent_message(hand, event)
        return
    if consent.is_tracked and not hand.lead.role_address:
        case.record_activity(event.lead_id, event.occurred_at_ms)
    is_for_sales = event.turn is Turn.ASKED_FOR_SALES
    is_question = not is_for_sales and support_questions.is_question(case, hand.lead, Request.SUPPORT)
    if is_for_sales:
        _ask_presence_for_other_chat(case, hand.lead, event)
        chat = _chat_of(hand.lead, event)
        hand.change(chat=replace(chat, is_waiting=True, sales_ms=_earlier(chat.sales_ms, event)))
        hand.write_lead()
    elif is_question:
        chat = _chat_of(hand.lead, event)
        hand.change(chat=replace(chat, support_ms=_earlier(chat.support_ms, event)))
        hand.write_lead()
    is_news = consent.is_news
    if is_for_sales or case.terms.service_desk is not None:
        request = ChatRequest(event.occurred_at_ms, event.conversation_id, is_support=not is_for_sales)
        is_news |= support_chats.record_request(hand, request)
    occasion = Occasion(
        case.terms.day_of(event.occurred_at_ms), earned=is_for_sales, raised=is_for_sales, counts=is_for_sales
    )
    evaluate(hand, occasion, is_news=is_news)
    if is_question:
        support_questions.ask_desk(case, event.lead_id, event.occurred_at_ms)
    now = case.lead(event.lead_id)
    is_excluded = exclusion_of(case, now) is not None
    if is_for_sales and now.pending and not is_excluded:
        return  # the desk's answer notifies the visitor
    if is_excluded:
        _answer_excluded(case, event)
    else:
        open_ones = now.service if is_question else now.handoffs if is_for_sales else ()
        handoff_id = open_ones[-1] if open_ones else None
        desk = support_questions.desk_for(case) if is_question else _desk_to_ask(case, handoff_id)
        _ask_presence(case, desk, event, handoff_id)
    if is_for_sales and now.chat is not None:
        case.put_lead(event.lead_id, replace(now, chat=replace(now.chat, is_waiting=False)))


def _apply_imported(hand: LeadInHand, event: LeadChat) -> None:
    """Apply a turn of a chat that has ended: no visitor waits in it, and a message of sales is a touch."""
    consent = _apply_shared(hand, event)
    if event.turn is Turn.AGENT_MESSAGE:
        touches.record_touch(hand, _touch_of(event))
    evaluate(hand, imported_history.import_occasion(hand.case), is_news=consent.is_news)


def answer_visitor(hand: LeadInHand, holder: Holder, answer: DeskAnswer) -> None:
    """Notify a visitor who waits in a chat which holder takes over, and from when.

    If the holder is a rep who is not at work now, a rep who is at work is searched first, who answers in the chat.
    """
    case, lead_id, chat = hand.case, hand.lead_id, hand.lead.chat
    if chat is None or not chat.is_waiting:
        return
    hand.change(chat=replace(chat, is_waiting=False))
    hand.write_lead()
    open_ms = case.now_ms if answer.open_at_ms is None else answer.open_at_ms
    if open_ms > case.now_ms and holder.type is AssigneeType.REP:
        needs = needs_of_lead(case, hand.lead_id)
        case.publish(
            DESK_REQUESTS,
            PresenceAsked(
                event_id=answer.request_id,
                desk=f"rep:{holder.id}",
                account_key=case.key,
                conversation_id=chat.conversation_id,
                lead_id=lead_id,
                handoff_id=answer.handoff_id,
                search=True,
                deputy_for=holder.deputy_for,
                language=needs.language,
                segment=needs.segment,
            ),
        )
        return
    chat_answer = ChatAnswer(
        event_id=fact_id("chat_answer", chat.conversation_id, answer.request_id),
        occurred_at=case.now,
        conversation_id=chat.conversation_id,
        account_key=case.key,
        lead_id=lead_id,
        handoff_id=answer.handoff_id,
        reply=ChatReply.NOW if open_ms <= case.now_ms else ChatReply.LATER,
        assignee=Assignee(type=holder.type, id=holder.id, name=holder.name, deputy_for=holder.deputy_for),
        available_from=instant(max(open_ms, case.now_ms)),
        policy=case.terms.ref,
    )
    case.publish(CHAT_ANSWERS, chat_answer)


def ask_presence_for(case: Case, request: OpenRequest) -> None:
    """Ask the desk when it is present, for a visitor whose lead it cannot assign yet. A waiting visitor is notified once.

    ``request``: the request before the desk's answer.
    """
    chat = case.lead(request.lead_id).chat if request.is_chat and not request.is_waiting else None
    if chat is not None:
        # The answer about the assignment has the id of the request, so this one needs another.
        asked_id = fact_id("waits", request.request_id)
        case.publish(
            DESK_REQUESTS,
            PresenceAsked(
                event_id=asked_id,
                desk=request.desk,
                account_key=case.key,
                conversation_id=chat.conversation_id,
                lead_id=request.lead_id,
                search=True,
            ),
        )


def _apply_agent_message(hand: LeadInHand, event: LeadChat) -> None:
    """Apply a rep's message. It is a touch, and gives the rep the round-robin turn if the account has no holder."""
    case, rep_id = hand.case, event.rep_id or ""
    touches.record_touch(hand, _touch_of(event))
    chat = _chat_of(hand.lead, event)
    if event.occurred_at_ms >= chat.answered_ms:
        chat = replace(chat, rep_id=rep_id, answered_ms=event.occurred_at_ms)
    hand.change(chat=chat)
    hand.write_lead()
    touched = Occasion(case.terms.day_of(case.now_ms), counts=False, by_sales=True)
    evaluate(hand, touched, is_news=False)
    first_responses.answer_from_chat(hand, chat, rep_id, event.occurred_at_ms)
    buying_signals.clear_answered(case)
    request = case.account.request
    if request is None or request.lead_id != event.lead_id or not request.pending:
        return
    if chat.is_waiting and request.mode is RequestMode.TURN and request.answerer != chat.rep_id:
        cancel_request(case)
        case.request_needs_review = True


def _apply_shared(hand: LeadInHand, event: LeadChat) -> ConsentEffect:
    """Apply the consent that comes with a turn, and record the turn as a touch."""
    consent = apply_event_consent(hand, event)
    is_agent = event.turn is Turn.AGENT_MESSAGE
    if _is_for_support(hand, event):
        return consent
    expiry.apply_touch(hand, hand.score, event.occurred_at_ms, by_sales=is_agent, is_history=event.imported)
    hand.write_score()
    return consent


def _is_for_support(hand: LeadInHand, event: LeadChat) -> bool:
    """Whether a turn belongs to a support question, which is not a touch."""
    if event.turn is Turn.ASKED_FOR_SUPPORT:
        return hand.case.terms.service_desk is not None
    if event.turn is Turn.ASKED_FOR_SALES:
        return False
    return is_for_support(hand.score.chat_requests, event.conversation_id, event.occurred_at_ms)


def _touch_of(event: LeadChat) -> SalesTouch:
    """Return a rep's message as a touch of sales."""
    return SalesTouch(event.occurred_at_ms, event.rep_id or "", _CHANNEL, event.event_id, event.clamped)


def _chat_of(lead: LeadRow, event: LeadChat) -> Chat:
    """Return the stored conversation of this turn, or a new one: only a lead's latest conversation is stored."""
    chat = lead.chat
    if chat is not None and chat.conversation_id == event.conversation_id:
        return chat
    return Chat(event.conversation_id)


def _earlier(asked_ms: int, event: LeadChat) -> int:
    """Return the date of the first request: that of the event, or an earlier one that is known."""
    return min(asked_ms or event.occurred_at_ms, event.occurred_at_ms)


def _ask_presence_for_other_chat(case: Case, lead: LeadRow, event: LeadChat) -> None:
    """Ask the default desk who is present for another conversation of the lead that still waits for an answer.

    The desk's answer to the lead's request will notify the visitor in the new conversation only.
    """
    chat = lead.chat
    if chat is not None and chat.is_waiting and chat.conversation_id != event.conversation_id:
        asked = PresenceAsked(
            event_id=event.event_id,
            desk=case.terms.desk,
            account_key=case.key,
            conversation_id=chat.conversation_id,
            lead_id=event.lead_id,
        )
        case.publish(DESK_REQUESTS, asked)


def _desk_to_ask(case: Case, handoff_id: str | None) -> str:
    """Return the desk to ask who is present: that of the hand-off's or the account's holder, else the default desk."""
    row = None if handoff_id is None else case.rows.get(HandoffRow, case.key, handoff_id)
    holder = case.account.holder if row is None else row.holder
    if holder is None:
        return case.terms.desk
    return f"rep:{holder.id}" if holder.type is AssigneeType.REP else holder.id


def _ask_presence(case: Case, desk: str, event: LeadChat, handoff_id: str | None) -> None:
    """Ask a desk who is present. Its answer notifies the visitor."""
    needs = needs_of_lead(case, event.lead_id)
    asked = PresenceAsked(
        event_id=event.event_id,
        desk=desk,
        account_key=case.key,
        conversation_id=event.conversation_id,
        lead_id=event.lead_id,
        handoff_id=handoff_id,
        search=event.turn is Turn.ASKED_FOR_SALES,
        language=needs.language,
        segment=needs.segment,
    )
    case.publish(DESK_REQUESTS, asked)


def _answer_excluded(case: Case, event: LeadChat) -> None:
    """Notify a visitor of an excluded company that no one will answer."""
    chat_answer = ChatAnswer(
        event_id=fact_id("chat_answer", event.conversation_id, case.key, event.event_id),
        occurred_at=case.now,
        conversation_id=event.conversation_id,
        account_key=case.key,
        lead_id=event.lead_id,
        reply=ChatReply.NOBODY,
        policy=case.terms.ref,
    )
    case.publish(CHAT_ANSWERS, chat_answer)
