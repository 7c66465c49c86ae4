"""Input events of `visitors`: what a site or a chat tool sends, with the address and the browser that they name."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from schemas.chat_conversations import ChatTurn
from schemas.form_fills import FormFill
from schemas.web_activity import WebActivity
from workers.identity.addresses import Address

InputEvent: TypeAlias = WebActivity | FormFill | ChatTurn
"""An event of web.activity, form.fills or chat.conversations."""


class ParsedEvent(msgspec.Struct, frozen=True):
    """An input event with its normalised address."""

    body: InputEvent
    """The event as the topic's schema types it."""
    address: Address | None = None
    """The normalised address of the event. None if it names no valid address."""
    has_bad_address: bool = False
    """Whether the event names an address that is not valid."""


def browser_of(event: InputEvent) -> str | None:
    """Return the anonymous_id of an event's browser. A chat turn without one gives its conversation."""
    if event.anonymous_id is None and isinstance(event, ChatTurn):
        return f"conversation:{event.conversation_id}"
    return event.anonymous_id
