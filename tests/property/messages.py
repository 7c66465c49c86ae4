"""What comes to a place: events of accounts and desks, and records of the CRM, as they lie in their logs."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.base import Model
from schemas.desk_requests import RepFacts
from schemas.topics import CRM_ACCOUNTS, DESK_REQUESTS, LEAD_EVENTS
from tests.hops.accounts.market import HOUR_MS, MONDAY

NOW_MS: Final = MONDAY + HOUR_MS


class Message(NamedTuple):
    """A record for the log of (topic, key); without a topic: time passes, or the next lead of long work."""

    topic: str
    key: str
    value: bytes | None
    now_ms: int = NOW_MS


Place = tuple[str, str]
"""(topic, key): a log, and the rows of whoever reads it."""


def of_crm(record: Model | None, key: str = "", topic: str = CRM_ACCOUNTS.name) -> Message:
    """A record of the CRM, or its deletion."""
    if record is None:
        return Message(topic, key, None)
    return Message(topic, key or record.crm_account_id, _json(record))  # type: ignore[attr-defined]


def as_message(one: Model | Message) -> Message:
    """An event of the log of an account or a desk as a message."""
    if isinstance(one, Message):
        return one
    topic = DESK_REQUESTS if isinstance(one, RepFacts) else LEAD_EVENTS
    assert topic.key is not None
    return Message(topic.name, topic.key(one), _json(one))


def _json(event: Model) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()
