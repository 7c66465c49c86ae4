"""Turns of a chat: what a visitor does in it is behaviour, what they ask for and who answers is a fact of its own.

In: a turn. Out: a fact about the lead, or what is kept until the visitor is known. A conversation that names no browser
is a browser of its own, so its history goes along when an address is given in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.base import Consent
from schemas.chat_conversations import ChatTurn
from schemas.lead_events import ChatOfNobody, LeadActivity, LeadChat, LeadConsent
from schemas.vocabulary import Turn
from workers.identity.consents import consent_changed
from workers.visitors.rows import HistoryRow

if TYPE_CHECKING:
    from schemas.form_fills import FormFill
    from schemas.web_activity import WebActivity
    from workers.identity.event_time import EventTime
    from workers.visitors.rows import Link

BEHAVIOUR: Final = {
    Turn.STARTED: "chat_started",
    Turn.VISITOR_MESSAGE: "chat_message",
    Turn.ENDED: "chat_ended",
}
"""The activities that rules of the policy may match."""


def browser_of(said: WebActivity | FormFill | ChatTurn) -> str | None:
    """Return the browser that an event names; of a chat without one the conversation."""
    if said.anonymous_id is None and isinstance(said, ChatTurn):
        return f"conversation:{said.conversation_id}"
    return said.anonymous_id


def turn_of(
    said: ChatTurn, to: Link, at_ms: int, *, is_clamped: bool, is_refused: bool
) -> LeadActivity | LeadChat | LeadConsent:
    """Return the turn as a fact about this lead; ``is_refused``: what they do in it must not count."""
    word = BEHAVIOUR.get(said.turn)
    if word is None:
        return LeadChat(
            event_id=said.event_id,
            account_key=to.account_key,
            lead_id=to.lead_id,
            occurred_at_ms=at_ms,
            clamped=is_clamped,
            conversation_id=said.conversation_id,
            turn=said.turn,
            rep_id=said.rep_id,
            consent=said.consent,
        )
    if is_refused:
        return consent_changed(
            to.lead_id,
            to.account_key,
            said.event_id,
            at_ms,
            said.consent or Consent(),
            is_clamped=is_clamped,
            is_activity=True,
        )
    return LeadActivity(
        event_id=said.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        activity=word,
        url=said.url or None,
        consent=said.consent,
    )


def kept_turn(said: ChatTurn, time: EventTime, *, is_refused: bool) -> HistoryRow:
    """Return what is kept of a turn until its visitor is known; an address that is none is not."""
    left_out = {"email", "anonymous_id"} | ({"url"} if is_refused else set())
    text = said.model_dump_json(exclude_none=True, exclude=left_out)
    return HistoryRow(is_clamped=time.is_clamped, chat=text, is_imported=time.is_imported)


def asked_by_nobody(said: WebActivity | FormFill | ChatTurn) -> ChatOfNobody | None:
    """Return the question of a visitor whom nobody knows: who is there? None where none is asked."""
    if not isinstance(said, ChatTurn) or said.turn is not Turn.ASKED_FOR_SALES:
        return None
    return ChatOfNobody(
        event_id=said.event_id,
        account_key=f"chat:{said.conversation_id}",
        conversation_id=said.conversation_id,
    )
