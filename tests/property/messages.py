"""Messages to a log: events of accounts and desks, and CRM records, in the form that their logs hold."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.base import Model
from schemas.desk_requests import RepFacts
from schemas.topics import CRM_ACCOUNTS, DESK_REQUESTS, LEAD_EVENTS
from tests.hops.accounts.market import HOUR_MS, MONDAY

NOW_MS: Final = MONDAY + HOUR_MS


class Message(NamedTuple):
    """A record for the log of (topic, key).

    A message without a topic lets time pass, or continues work in chunks with the next lead.
    """

    topic: str
    key: str
    value: bytes | None
    now_ms: int = NOW_MS


Place = tuple[str, str]
"""(topic, key) of a log. Its reader's rows belong to the same place."""


def crm_message(record: Model | None, key: str = "", topic: str = CRM_ACCOUNTS.name) -> Message:
    """Return a CRM record as a message. None is a deletion."""
    if record is None:
        return Message(topic, key, None)
    return Message(topic, key or record.crm_account_id, _json(record))  # type: ignore[attr-defined]


def as_message(one: Model | Message) -> Message:
    """Return an event of an account's or a desk's log as a message."""
    if isinstance(one, Message):
        return one
    topic = DESK_REQUESTS if isinstance(one, RepFacts) else LEAD_EVENTS
    assert topic.key is not None
    return Message(topic.name, topic.key(one), _json(one))


def _json(event: Model) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()
