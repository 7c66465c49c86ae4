"""Which records order that a person is forgotten.

Three do: a request on privacy.requests, the tombstone of a score, and a hand-off that was withdrawn with the reason `erased`.
Each of them is enough, so an erasure also reaches a store that was made after some of them had expired.
"""

from __future__ import annotations

from typing import Final

import msgspec

from schemas.topics import LEAD_ROUTING, LEAD_SCORES, PRIVACY_REQUESTS
from schemas.vocabulary import PrivacyRequestKind, Reason
from workers.engine.api import Record
from workers.identity.addresses import BadAddressError, normalise
from workers.identity.lead_ids import lead_id_of
from workers.result_store.projection import ms_of

TOPICS: Final = frozenset({PRIVACY_REQUESTS.name, LEAD_SCORES.name, LEAD_ROUTING.name})
"""The topics that a store must read so that erasures reach it."""
_ERASED: Final = f'"{Reason.ERASED}"'.encode()


class _Request(msgspec.Struct):
    email: str
    request: str


class _Why(msgspec.Struct):
    reasons: list[str]


class _Withdrawal(msgspec.Struct):
    lead_id: str
    occurred_at: str
    explanation: _Why


def erasure_of(record: Record, lead_id_key: bytes) -> tuple[str, int] | None:
    """Return the lead_id to forget and the time up to which, or None if the record orders no erasure. Milliseconds UTC."""
    try:
        if record.topic == PRIVACY_REQUESTS.name:
            return _of_request(record, lead_id_key)
        if record.topic == LEAD_SCORES.name and record.value is None and record.key:
            return record.key.decode(), record.timestamp_ms
        if record.topic == LEAD_ROUTING.name and record.value and _ERASED in record.value:
            read = msgspec.json.decode(record.value, type=_Withdrawal)
            if Reason.ERASED in read.explanation.reasons:
                return read.lead_id, ms_of(read.occurred_at)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return None


def _of_request(record: Record, lead_id_key: bytes) -> tuple[str, int] | None:
    if record.value is None:
        return None
    read = msgspec.json.decode(record.value, type=_Request)
    if read.request.strip().lower() != PrivacyRequestKind.ERASURE:
        return None
    try:
        return lead_id_of(normalise(read.email).email, lead_id_key), record.timestamp_ms
    except BadAddressError:
        return None
