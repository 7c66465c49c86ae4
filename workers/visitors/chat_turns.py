"""Chat turns as facts about leads.

What a visitor does in a chat is behaviour: an activity. A request for sales, and an answer of a rep, is a fact of its
own. A conversation that names no browser counts as a browser of its own, so its history becomes the lead's once an
address is given in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.base import Consent
from schemas.chat_conversations import ChatTurn
from schemas.lead_events import ChatOfNobody, LeadActivity, LeadChat, LeadConsent
from schemas.vocabulary import Turn
from workers.identity.consent_statements import consent_changed

if TYPE_CHECKING:
    from workers.visitors.input_events import InputEvent
    from workers.visitors.rows import Link

BEHAVIOUR: Final = {
    Turn.STARTED: "chat_started",
    Turn.VISITOR_MESSAGE: "chat_message",
    Turn.ENDED: "chat_ended",
}
"""The activity of each turn that is behaviour. The policy's rules may match these activities."""


def turn_fact(
    turn: ChatTurn, to: Link, at_ms: int, *, is_clamped: bool, is_refused: bool
) -> LeadActivity | LeadChat | LeadConsent:
    """Return the chat turn as a fact about the lead of the link ``to``.

    ``is_refused``: the visitor refuses tracking, so behaviour must not count.
    """
    activity = BEHAVIOUR.get(turn.turn)
    if activity is None:
        return LeadChat(
            event_id=turn.event_id,
            account_key=to.account_key,
            lead_id=to.lead_id,
            occurred_at_ms=at_ms,
            clamped=is_clamped,
            conversation_id=turn.conversation_id,
            turn=turn.turn,
            rep_id=turn.rep_id,
            consent=turn.consent,
        )
    if is_refused:
        return consent_changed(
            to.lead_id,
            to.account_key,
            turn.event_id,
            at_ms,
            turn.consent or Consent(),
            is_clamped=is_clamped,
            is_activity=True,
        )
    return LeadActivity(
        event_id=turn.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        activity=activity,
        conversation_id=turn.conversation_id,
        url=turn.url or None,
        consent=turn.consent,
    )


def anonymous_request(event: InputEvent) -> ChatOfNobody | None:
    """Return an anonymous visitor's request for sales in a chat. None if the event is not such a request."""
    if not isinstance(event, ChatTurn) or event.turn is not Turn.ASKED_FOR_SALES:
        return None
    return ChatOfNobody(
        event_id=event.event_id,
        account_key=f"chat:{event.conversation_id}",
        conversation_id=event.conversation_id,
    )
