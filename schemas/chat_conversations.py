"""chat.conversations: turns of a chat on the web site. Key: anonymous_id, else conversation_id."""

from __future__ import annotations

from pydantic import Field, model_validator

from schemas.base import Consent, Identifier, InboundEvent, ShortText
from schemas.vocabulary import Turn


class ChatTurn(InboundEvent):
    """One turn; what is said in it stays in the chat."""

    conversation_id: Identifier
    turn: Turn = Field(
        description="started, visitor_message and ended are chat_started, chat_message and chat_ended to the policy's rules."
    )
    anonymous_id: Identifier | None = Field(
        default=None, description="A conversation that names no browser is a browser of its own."
    )
    email: ShortText | None = Field(default=None, description="Identifies the visitor when present.")
    rep_id: Identifier | None = Field(default=None, description="Who wrote an agent_message.")
    url: str | None = Field(default=None, max_length=4096)
    consent: Consent | None = None

    @model_validator(mode="after")
    def _complete(self) -> ChatTurn:
        if self.turn is Turn.AGENT_MESSAGE and self.rep_id is None:
            msg = "agent_message needs rep_id"
            raise ValueError(msg)
        return self
