"""Make a dead letter of the contract from a record that could not be handled, and read what operators want skipped."""

from __future__ import annotations

from base64 import b64encode
from codecs import getincrementaldecoder
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace
from pydantic import ValidationError

from schemas.dead_letters import letter_headers
from schemas.outputs import DeadLetter
from schemas.topics import DEAD_LETTERS, DEAD_LETTERS_ACTIONS
from schemas.vocabulary import DeadLetterReason, LetterActionType
from workers.engine.skips import Skip
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from workers.engine.api import Emit, Record

_KEPT_PAYLOAD_BYTES = 65_536
_KEPT_KEY_BYTES = 1_024
_KEPT_DETAIL = 2_000
_KEPT_CHARS = 4_096
_MOST_BYTES_OF_A_CHAR = 4
_UTF8 = getincrementaldecoder("utf-8")


def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    """Return the emit for ``dead.letters``, with place and reason also as headers. Key and payload are cut to fit.

    ``now_ms`` is stream time, milliseconds UTC.
    """
    value = record.value or b""
    letter = DeadLetter(
        event_id=fact_id("dead", agent, record.topic, record.partition, record.offset, record.key, now_ms),
        occurred_at=datetime.fromtimestamp(now_ms / 1000, UTC),
        agent=agent,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=DeadLetterReason(reason),
        detail=detail[:_KEPT_DETAIL],
        key_base64=kept_key(record.key),
        payload_base64=kept_payload(value),
        payload_text=_text(value),
        payload_bytes=len(value),
    )
    made = emit(DEAD_LETTERS, letter)
    return replace(made, headers=made.headers + letter_headers(letter))


def decode_skip(value: bytes) -> Skip | None:
    """Return the skip that a value of ``dead.letters.actions`` holds. None if it holds another action."""
    try:
        action = DEAD_LETTERS_ACTIONS.adapter.validate_json(value)
    except ValidationError:
        return None
    if action.action is not LetterActionType.SKIP_ORDERED:
        return None
    return Skip(action.topic, action.partition, action.offset, action.by, action.why)


def kept_key(key: bytes | None) -> str | None:
    """Return the part of a record's key that its letter holds, base64."""
    return None if key is None else b64encode(key[:_KEPT_KEY_BYTES]).decode()


def kept_payload(value: bytes) -> str | None:
    """Return the part of a record's value that its letter holds, base64."""
    return b64encode(value[:_KEPT_PAYLOAD_BYTES]).decode() if value else None


def _text(value: bytes) -> str | None:
    """Return the beginning of a value as text. None if it is empty or not UTF-8."""
    kept = value[: _KEPT_CHARS * _MOST_BYTES_OF_A_CHAR]
    try:
        # A cut may split the last character, which an incremental decoder leaves out.
        text = _UTF8().decode(kept, final=len(kept) == len(value))
    except UnicodeDecodeError:
        return None
    return text[:_KEPT_CHARS] or None
