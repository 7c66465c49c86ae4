"""Make a dead letter of the contract from a record that could not be handled."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas.outputs import DeadLetter
from schemas.topics import DEAD_LETTERS
from schemas.vocabulary import DeadLetterReason
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from workers.engine.api import Emit, Record

_KEPT_PAYLOAD_BYTES = 65_536
_KEPT_KEY_BYTES = 1_024
_KEPT_DETAIL = 2_000


def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    """Return the emit for ``dead.letters``. Key and payload are cut to fit.

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
        key_base64=None if record.key is None else b64encode(record.key[:_KEPT_KEY_BYTES]).decode(),
        payload_base64=b64encode(value[:_KEPT_PAYLOAD_BYTES]).decode() if value else None,
        payload_bytes=len(value),
    )
    return emit(DEAD_LETTERS, letter)
