"""Values that no input topic accepts, each with the reason of its dead letter."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class SourceTopic(StrEnum):
    """The topics that other systems write."""

    WEB_ACTIVITY = "web.activity"
    FORM_FILLS = "form.fills"
    CHAT_CONVERSATIONS = "chat.conversations"
    CRM_ACCOUNTS = "crm.accounts"
    CRM_CONTACTS = "crm.contacts"
    CRM_REPS = "crm.reps"
    SALES_ACTIVITIES = "sales.activities"
    PRIVACY_REQUESTS = "privacy.requests"


class Bad(NamedTuple):
    """A bad value and the reason with which it must be refused."""

    value: bytes
    reason: str


BAD: Final = (
    Bad(b'{"event_id": "cut-off", "activ', "not_json"),
    Bad(b"\xff\xfe\x00<html>502 Bad Gateway</html>", "not_json"),
    Bad(b"[" * 200 + b"]" * 200, "too_deep"),
    Bad(b'{"a": "' + b"x" * 300_000 + b'"}', "too_large"),
    Bad(b"", "empty"),
    Bad(b"[1, 2]", "breaks_contract"),
    Bad(b'{"event_id": "bad", "occurred_at": "yesterday"}', "breaks_contract"),
)
