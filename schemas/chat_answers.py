"""chat.answers: the replies to show to visitors of a chat. Key: conversation_id."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.base import Instant, Output, PolicyRef
from schemas.lead_routing import Assignee
from schemas.vocabulary import ChatReply


class ChatAnswer(Output):
    """The reply for one conversation: who answers now, or from when.

    A conversation may get several as more is known about the visitor. The latest `occurred_at` counts.
    """

    type_name: ClassVar[str] = "chat.answered"
    conversation_id: str = Field(description="The conversation, as the chat identified it.")
    account_key: str = Field(
        description="The account, or `chat:<conversation_id>` while the visitor is unknown. So the answers of one conversation "
        "may be in two partitions."
    )
    lead_id: str | None = Field(default=None, description="The person. Absent while the visitor is unknown.")
    handoff_id: str | None = Field(
        default=None, description="The hand-off that the conversation led to, if there is one."
    )
    reply: ChatReply = Field(description="The reply to show to the visitor.")
    assignee: Assignee | None = Field(
        default=None, description="The rep, or the desk as a whole, that answers. Absent if no rep will."
    )
    available_from: Instant | None = Field(
        default=None, description="When the assignee is at work: now, or later. Absent if no rep will answer."
    )
    policy: PolicyRef = Field(description="The policy in force.")
