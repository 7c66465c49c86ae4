"""Invalid records for every topic that the workers read, each with the expected reason of its dead letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from router import Sent

VISITS = ("web.activity", "form.fills", "chat.conversations")
CRM = ("crm.accounts", "crm.reps", "crm.contacts")
INTERNAL = ("visitor.events", "directory.events", "lead.events", "desk.requests")
NAMES_ALONE = ("web.activity", "form.fills")
"""Topics whose records need only an id and a time."""
_NAME = {"event_id": "bad", "occurred_at": "2026-03-03T15:00:00Z"}
_BARE = json.dumps(_NAME).encode()


class Bad(NamedTuple):
    """One invalid record and the expected reason. Its key begins with ``bad-``."""

    sent: Sent
    reason: str


def invalid_records(stamp_ms: int) -> Iterator[Bad]:
    """Yield invalid records for every topic."""
    broken = [
        (b"{cut off", "not_json"),
        (b"\xff\xfe<html>502</html>", "not_json"),
        (b"[" * 200 + b"]" * 200, "too_deep"),
        (b'{"a": "' + b"x" * 300_000 + b'"}', "too_large"),
        (b"", "empty"),
        (_BARE, "breaks_contract"),
        (b"[1, 2]", "breaks_contract"),
        (b'{"event_id": "bad", "occurred_at": "yesterday"}', "breaks_contract"),
    ]
    number = 0
    for topic in (*VISITS, *CRM, "sales.activities", "privacy.requests", *INTERNAL):
        for value, reason in broken:
            if topic in INTERNAL and reason == "too_large":
                continue  # an internal record wraps an input and may be larger
            if topic in {"web.activity", "form.fills"} and value == _BARE:
                continue  # an id and a time are enough: the event is counted
            if topic in NAMES_ALONE and value == json.dumps(_NAME).encode():
                continue  # it has an id and a time, so it counts for a visitor who is not known
            number += 1
            yield Bad(Sent(topic, b"bad-%d" % number, value, stamp_ms), reason)
    more = [
        ("web.activity", None, "empty"),
        ("sales.activities", None, "empty"),
        ("lead.events", None, "empty"),
        ("form.fills", _NAME | {"form_id": "f", "email": "not an address"}, "bad_address"),
        ("web.activity", _NAME | {"activity": "page_view", "occurred_at": "2026-01-03T15:00:00Z"}, "too_old"),
        (
            "sales.activities",
            _NAME | {"action": "touched", "handoff_id": "what?", "rep_id": "mia"},
            "unknown_handoff",
        ),
        ("crm.reps", _NAME | {"rep_id": "mia", "name": "under another key"}, "breaks_contract"),
        ("lead.events", {"type": "desk_answer"}, "breaks_contract"),
        ("desk.requests", {"type": "of another version"}, "breaks_contract"),
    ]
    for topic, content, reason in more:
        number += 1
        value = None if content is None else json.dumps(content).encode()
        yield Bad(Sent(topic, b"bad-%d" % number, value, stamp_ms), reason)
