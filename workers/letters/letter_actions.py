"""Actions of an operator on dead letters, each written in one transaction with the record that is sent again.

The producer has a transactional id of its own. Its start ends the transaction of an earlier command, so two commands never
act on one letter: the letters must be read after the start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaProducer

from schemas.envelope import encode
from schemas.outputs import LetterAction
from schemas.topics import DEAD_LETTERS_ACTIONS, shadow_of
from schemas.vocabulary import LetterActionType
from workers.broker.clients import client_arguments
from workers.engine.partitioner import partition_of
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.letters.letter_list import ListedLetter
    from workers.letters.original_records import OriginalRecord
    from workers.settings import Settings

_MOST_REQUEST_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """The operator, the time and the reason of an action, and the fields to fix before a record is sent again."""

    by: str
    why: str
    at_ms: int
    """Milliseconds UTC."""
    fixes: dict[str, Any] = field(default_factory=dict)


@asynccontextmanager
async def action_producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Start the producer of actions. An earlier one that still runs can commit nothing from then on."""
    producer = AIOKafkaProducer(
        **client_arguments(settings),
        transactional_id=f"{settings.app_id}-dlq",
        max_request_size=_MOST_REQUEST_BYTES,
        compression_type="gzip",  # a record that came compressed must fit the broker's limit again
    )
    async with producer:
        yield producer


async def send_again(
    producer: AIOKafkaProducer, settings: Settings, listed: ListedLetter, record: OriginalRecord, order: Order
) -> LetterAction:
    """Send the record of a letter to its topic, and record it. Both happen, or neither."""
    async with producer.transaction():
        sent = await producer.send_and_wait(
            record.topic,
            record.value,
            record.key,
            partition=record.partition,
            timestamp_ms=record.timestamp_ms if record.timestamp_ms >= 0 else None,
            headers=list(record.headers),
        )
        action = _action(listed, LetterActionType.RETRIED, order).model_copy(
            update={
                "fixed_fields": sorted(order.fixes),
                "sent_topic": sent.topic,
                "sent_partition": sent.partition,
                "sent_offset": sent.offset,
            }
        )
        await _write(producer, settings, action, order)
    return action


async def drop(
    producer: AIOKafkaProducer, settings: Settings, listed: ListedLetter, order: Order
) -> LetterAction:
    """Close a letter without sending its record again."""
    action = _action(listed, LetterActionType.DROPPED, order)
    async with producer.transaction():
        await _write(producer, settings, action, order)
    return action


async def skip(
    producer: AIOKafkaProducer, settings: Settings, place: tuple[str, int, int], order: Order
) -> LetterAction:
    """Order the router to pass a record. The partition's task reads it when it opens."""
    topic, partition, offset = place
    action = LetterAction(
        event_id=fact_id("letter_action", "skip", *place),
        occurred_at=datetime.fromtimestamp(order.at_ms / 1000, UTC),
        action=LetterActionType.SKIP_ORDERED,
        topic=topic,
        partition=partition,
        offset=offset,
        by=order.by,
        why=order.why,
    )
    async with producer.transaction():
        await _write(producer, settings, action, order)
    return action


def _action(listed: ListedLetter, kind: LetterActionType, order: Order) -> LetterAction:
    letter = listed.letter
    return LetterAction(
        event_id=fact_id("letter_action", letter.event_id),
        occurred_at=datetime.fromtimestamp(order.at_ms / 1000, UTC),
        action=kind,
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        letter_id=letter.event_id,
        by=order.by,
        why=order.why,
    )


async def _write(producer: AIOKafkaProducer, settings: Settings, action: LetterAction, order: Order) -> None:
    encoded = encode(DEAD_LETTERS_ACTIONS, action)
    await producer.send_and_wait(
        shadow_of(encoded.topic) if settings.shadow else encoded.topic,
        encoded.value,
        encoded.key,
        partition=partition_of(encoded.partition_key, settings.partitions),
        timestamp_ms=order.at_ms,
        headers=list(encoded.headers),
    )
