"""Input events of `visitors`: what a site or a chat tool sends, with the address and the browser that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from schemas.base import UnreadField
from schemas.chat_conversations import ChatTurn
from schemas.form_fills import FormFill
from schemas.vocabulary import DeadLetterReason, Request, Turn
from schemas.web_activity import WebActivity
from workers.engine.api import RefusedError
from workers.identity.addresses import Address, BadAddressError, normalise
from workers.identity.placeholder_ids import is_placeholder_id

if TYPE_CHECKING:
    from schemas.tolerant_parsing import Reading

_ASKED_IN_FORM: Final = frozenset({Request.DEMO, Request.PRICING, Request.CONTACT_SALES, Request.SUPPORT})
_ASKED_IN_CHAT: Final = frozenset({Turn.ASKED_FOR_SALES, Turn.ASKED_FOR_SUPPORT})

InputEvent: TypeAlias = WebActivity | FormFill | ChatTurn
"""An event of web.activity, form.fills or chat.conversations."""


class ParsedEvent(msgspec.Struct, frozen=True):
    """An input event with its normalised address."""

    body: InputEvent
    """The event as the topic's schema types it."""
    address: Address | None = None
    """The normalised address of the event. None if it names no valid address."""
    bad_address: str = ""
    """The error in the address of the event. Empty if it names a valid address, or none."""
    unread: tuple[UnreadField, ...] = ()
    """The fields of the event that could not be read."""


def parsed_event(reading: Reading) -> ParsedEvent:
    """Return an input event with its normalised address, without placeholder ids."""
    body = reading.body
    if body.anonymous_id is not None and is_placeholder_id(body.anonymous_id):
        body = body.model_copy(update={"anonymous_id": None})
    if not body.email:
        if not reading.unread:
            return ParsedEvent(body)
        cannot_be_read = any(one.field == "email" for one in reading.unread)
        bad_address = "expected a text of at most 500 characters" if cannot_be_read else ""
        return ParsedEvent(body, None, bad_address, reading.unread)
    try:
        return ParsedEvent(body, normalise(body.email), "", reading.unread)
    except BadAddressError as error:
        return ParsedEvent(body, None, str(error), reading.unread)


def refuse_without_name(event: ParsedEvent) -> None:
    """Raise RefusedError for an event that names no visitor, although it asks for a person or has an invalid address.

    A form that asks for a person is refused later, with an alert.
    """
    body = event.body
    if event.address is not None or browser_of(body) is not None:
        return
    if isinstance(body, ChatTurn) and asks_for_a_person(body):
        detail = "conversation_id: expected the id of a conversation, found a placeholder"
        raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail)
    if event.bad_address and not asks_for_a_person(body):
        raise RefusedError(DeadLetterReason.BAD_ADDRESS, f"email: {event.bad_address}")


def asks_for_a_person(event: InputEvent) -> bool:
    """Whether an event asks for sales or support, in a form or in a chat."""
    if isinstance(event, FormFill):
        return event.request in _ASKED_IN_FORM
    return isinstance(event, ChatTurn) and event.turn in _ASKED_IN_CHAT


def browser_of(event: InputEvent) -> str | None:
    """Return the anonymous_id of an event's browser. A chat turn without one gives its conversation.

    A placeholder names no conversation: visitors who are strangers would share it.
    """
    if event.anonymous_id is not None or not isinstance(event, ChatTurn):
        return event.anonymous_id
    return None if is_placeholder_id(event.conversation_id) else f"conversation:{event.conversation_id}"
