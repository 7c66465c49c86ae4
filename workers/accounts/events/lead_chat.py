"""Chats: who asks for sales raises a hand, who answers has the turn where the account is free, and the visitor is told.

Who asks for support has a question for a desk, as by a form: a customer for the service desk, anybody else for everybody's.

In: turns of an identified visitor's chat, a desk's answer, the question of a visitor whom nobody knows. Out: leads judged
as with any raised hand, questions to desks, and answers for the chat. What a visitor does in a chat came as activity.
A chat of imported history is over: only what sales did in it is kept, as a touch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import PresenceAsked, RequestMode
from schemas.outputs import Assignee, ChatAnswer
from schemas.topics import CHAT_ANSWERS, DESK_REQUESTS
from schemas.vocabulary import AssigneeType, ChatReply, Request, Turn
from workers.accounts.case import instant
from workers.accounts.desk_protocol.requests import give_back
from workers.accounts.evaluation import expiry, imported_history
from workers.accounts.evaluation.consents import Heard, heard
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.handoffs import buying_signals, deadlines, escalation, support_questions, touches
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.parts import Chat
from workers.accounts.state.sales import SalesTouch
from workers.accounts.state.score import ScoreRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.lead_events import ChatOfNobody, DeskAnswer, LeadChat
    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.parts import OpenRequest


_CHANNEL = "chat"


def turn_said(case: Case, lead: LeadRow, event: LeadChat) -> None:
    """Take a turn. ``lead`` is as it is stored."""
    lead, score, _, is_tracked, is_news = _taken(case, lead, event)
    if event.turn is Turn.AGENT_MESSAGE:
        _answered_by(case, lead, score, event)
        return
    if is_tracked and not lead.role_address:
        case.was_active(event.lead_id, event.occurred_at_ms)
    is_for_sales = event.turn is Turn.ASKED_FOR_SALES
    is_question = not is_for_sales and support_questions.is_question(case, Request.SUPPORT)
    if is_for_sales:
        _leave_other(case, lead, event)
        lead = replace(lead, chat=replace(_chat(lead, event), is_waiting=True))
        case.put_lead(event.lead_id, lead)
    occasion = Occasion(
        case.terms.day_of(event.occurred_at_ms), earned=is_for_sales, raised=is_for_sales, counts=is_for_sales
    )
    judge(case, event.lead_id, lead, score, occasion, say=is_news)
    if is_question:
        support_questions.ask(case, event.lead_id, event.occurred_at_ms)
    now = case.lead(event.lead_id)
    if is_for_sales and now.pending:
        return  # the desk's answer tells the visitor
    if case.terms.gates.exclusion(case.key, case.account.company) is not None:
        _say_nobody(case, event)
    else:
        open_ones = now.service if is_question else now.handoffs if is_for_sales else ()
        handoff_id = open_ones[-1] if open_ones else None
        desk = support_questions.desk_for(case) if is_question else _whom(case, handoff_id)
        _ask_who_is_there(case, desk, event, handoff_id)
    if is_for_sales and now.chat is not None:
        case.put_lead(event.lead_id, replace(now, chat=replace(now.chat, is_waiting=False)))


def turn_imported(case: Case, lead: LeadRow, event: LeadChat) -> None:
    """Take a turn of a chat that is over: nobody waits in it, and what sales did is a touch."""
    lead, score, _, _, is_news = _taken(case, lead, event)
    if event.turn is Turn.AGENT_MESSAGE:
        touches.keep(case, event.lead_id, lead, _touch(event))
    judge(case, event.lead_id, lead, score, imported_history.occasion(case), say=is_news)


def handed_over(case: Case, lead_id: str, holder: Holder, answer: DeskAnswer) -> None:
    """A desk has given the lead to somebody: a visitor who waits in a chat is told whom, and from when."""
    lead = case.lead(lead_id)
    chat = lead.chat
    if chat is None or not chat.is_waiting:
        return
    case.put_lead(lead_id, replace(lead, chat=replace(chat, is_waiting=False)))
    open_ms = case.now_ms if answer.open_at_ms is None else answer.open_at_ms
    said = ChatAnswer(
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
    case.say(CHAT_ANSWERS, said)


def held(case: Case, request: OpenRequest) -> None:
    """The desk can give it to nobody yet: the visitor is told when the desk is there; who gets it is told later."""
    chat = case.lead(request.lead_id).chat if request.is_chat else None
    if chat is not None:
        case.say(
            DESK_REQUESTS,
            PresenceAsked(
                event_id=request.request_id,
                desk=request.desk,
                account_key=case.key,
                conversation_id=chat.conversation_id,
                lead_id=request.lead_id,
            ),
        )


def asked_by_nobody(case: Case, event: ChatOfNobody) -> None:
    """A visitor whom nobody knows asks for sales: the desk of everybody says who is there. No row is kept."""
    case.say(
        DESK_REQUESTS,
        PresenceAsked(
            event_id=event.event_id,
            desk=case.terms.desk,
            account_key=case.key,
            conversation_id=event.conversation_id,
        ),
    )


def _answered_by(case: Case, lead: LeadRow, score: ScoreRow, event: LeadChat) -> None:
    """Somebody of ours answers: a touch, and their turn, where nobody has the account yet."""
    rep_id = event.rep_id or ""
    touches.keep(case, event.lead_id, lead, _touch(event))
    chat = _chat(lead, event)
    if event.occurred_at_ms >= chat.answered_ms:
        chat = replace(chat, rep_id=rep_id, answered_ms=event.occurred_at_ms)
    lead = replace(lead, chat=chat)
    case.put_lead(event.lead_id, lead)
    touched = Occasion(case.terms.day_of(case.now_ms), counts=False, by_sales=True)
    judge(case, event.lead_id, lead, score, touched, say=False)
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None or event.occurred_at_ms < row.created_ms:
            continue
        if row.holder.id == rep_id or rep_id in escalation.who_had_it(case):
            deadlines.touched(case, handoff_id, row, event.occurred_at_ms, rep_id)
            escalation.answered(case, rep_id, event.occurred_at_ms)
            case.owner_question = True
    buying_signals.answered(case)
    request = case.account.request
    if request is None or request.lead_id != event.lead_id or not request.pending:
        return
    if chat.is_waiting and request.mode is RequestMode.TURN and request.answerer != chat.rep_id:
        give_back(case)
        case.owner_question = True


def _taken(case: Case, lead: LeadRow, event: LeadChat) -> Heard:
    """Take what a turn says of consent, and that it is a touch."""
    score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
    now = heard(case, lead, score, event)
    lead, score = expiry.touched(
        case,
        event.lead_id,
        now.lead,
        now.score,
        now.score,
        event.occurred_at_ms,
        by_sales=event.turn is Turn.AGENT_MESSAGE,
        is_history=event.imported,
    )
    if score is not now.score:
        case.rows.put(score, case.key, event.lead_id)
    return now._replace(lead=lead, score=score)


def _touch(event: LeadChat) -> SalesTouch:
    return SalesTouch(event.occurred_at_ms, event.rep_id or "", _CHANNEL, event.event_id, event.clamped)


def _chat(lead: LeadRow, event: LeadChat) -> Chat:
    """The lead's latest conversation: of another one nothing is known."""
    chat = lead.chat
    if chat is not None and chat.conversation_id == event.conversation_id:
        return chat
    return Chat(event.conversation_id)


def _leave_other(case: Case, lead: LeadRow, event: LeadChat) -> None:
    """The visitor asks in another conversation while one still waits: that one is told when the desk is there."""
    chat = lead.chat
    if chat is not None and chat.is_waiting and chat.conversation_id != event.conversation_id:
        asked = PresenceAsked(
            event_id=event.event_id,
            desk=case.terms.desk,
            account_key=case.key,
            conversation_id=chat.conversation_id,
            lead_id=event.lead_id,
        )
        case.say(DESK_REQUESTS, asked)


def _whom(case: Case, handoff_id: str | None) -> str:
    """The desk to be asked who is there: that of whoever has the account, else everybody's."""
    row = None if handoff_id is None else case.rows.get(HandoffRow, case.key, handoff_id)
    holder = case.account.holder if row is None else row.holder
    if holder is None:
        return case.terms.desk
    return f"rep:{holder.id}" if holder.type is AssigneeType.REP else holder.id


def _ask_who_is_there(case: Case, desk: str, event: LeadChat, handoff_id: str | None) -> None:
    asked = PresenceAsked(
        event_id=event.event_id,
        desk=desk,
        account_key=case.key,
        conversation_id=event.conversation_id,
        lead_id=event.lead_id,
        handoff_id=handoff_id,
    )
    case.say(DESK_REQUESTS, asked)


def _say_nobody(case: Case, event: LeadChat) -> None:
    said = ChatAnswer(
        event_id=fact_id("chat_answer", event.conversation_id, case.key, event.event_id),
        occurred_at=case.now,
        conversation_id=event.conversation_id,
        account_key=case.key,
        lead_id=event.lead_id,
        reply=ChatReply.NOBODY,
        policy=case.terms.ref,
    )
    case.say(CHAT_ANSWERS, said)
