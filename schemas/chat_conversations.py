"""chat.conversations: events in a chat on the web site. Key: anonymous_id, else conversation_id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from schemas.base import Consent, Identifier, InboundEvent, ShortText, Url
from schemas.vocabulary import Turn


class ChatTurn(InboundEvent):
    """One turn of a chat. The text of the messages stays in the chat."""

    STAND_INS: ClassVar[Mapping[str, str]] = {"turn": Turn.ENDED.value}
    """Values of required fields that cannot be read, although they are neither identity nor time."""

    conversation_id: Identifier = Field(description="The conversation, as your chat identifies it.")
    turn: Turn = Field(description="The event in the chat.")
    anonymous_id: Identifier | None = Field(
        default=None,
        description="The visitor's browser, as your site identifies it. Left out: the conversation counts as a browser of "
        "its own.",
    )
    email: ShortText | None = Field(
        default=None,
        description="The visitor's e-mail address, with or without a display name. It identifies the browser's visitor.",
    )
    rep_id: Identifier | None = Field(
        default=None, description="The rep who wrote an `agent_message`. Required for that turn."
    )
    url: Url | None = Field(default=None, description="The address of the page.")
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused in the chat."
    )

    @model_validator(mode="after")
    def _complete(self) -> ChatTurn:
        if self.turn is Turn.AGENT_MESSAGE and self.rep_id is None:
            msg = "agent_message needs rep_id"
            raise ValueError(msg)
        return self
