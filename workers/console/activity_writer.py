"""Writes what a person did on a page to sales.activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer

from schemas.topics import SALES_ACTIVITIES
from workers.broker.clients import client_arguments

if TYPE_CHECKING:
    from schemas.sales_activities import SalesActivity
    from workers.settings import Settings

_TIMEOUT_MS: Final = 5_000


async def write_activity(settings: Settings, activity: SalesActivity) -> None:
    """Write an event, and return when all replicas have it.

    A producer is made for each event: answers are rare, and a console that only shows needs no right to write.

    Raises:
        aiokafka.errors.KafkaError: the broker did not confirm it. It may be written all the same: repeat it with the same id.
    """
    async with AIOKafkaProducer(
        **client_arguments(settings), acks="all", enable_idempotence=True, request_timeout_ms=_TIMEOUT_MS
    ) as producer:
        await producer.send_and_wait(
            SALES_ACTIVITIES.name,
            activity.model_dump_json(exclude_none=True).encode(),
            (activity.handoff_id or "").encode(),
        )
