"""Writes the answers of reps to sales.activities, each until the broker has it.

A crash between the write and its note repeats the record with the same event_id, which the router counts once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.topics import SALES_ACTIVITIES
from workers.broker.clients import client_arguments
from workers.engine.access_errors import ACCESS_ERRORS
from workers.notify.answering import activity_of

if TYPE_CHECKING:
    from workers.notify.delivery_tables import DeliveryTables
    from workers.settings import Settings

log = structlog.get_logger(__name__)
_RETRY_S: Final = 1.0


class AnswerProducer:
    """Writes answers in the background. Call ``wake`` after one was stored."""

    def __init__(self, settings: Settings, tables: DeliveryTables) -> None:
        self._settings = settings
        self._tables = tables
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for answers now."""
        self._woken.set()

    async def run(self) -> None:
        """Write answers until cancelled. Raises KafkaError if the user may not write the topic."""
        was_logged = False
        while True:
            try:
                await self._run_once()
            except ACCESS_ERRORS:
                raise
            except KafkaError as error:
                if not was_logged:
                    log.warning("answers_delayed", why=type(error).__name__)
                was_logged = True
                await asyncio.sleep(_RETRY_S)

    async def _run_once(self) -> None:
        producer = AIOKafkaProducer(**client_arguments(self._settings), acks="all", enable_idempotence=True)
        async with producer:
            while True:
                self._woken.clear()
                for answer in self._tables.unsent_answers():
                    activity = activity_of(answer)
                    await producer.send_and_wait(
                        SALES_ACTIVITIES.name,
                        activity.model_dump_json(exclude_none=True).encode(),
                        answer.handoff_id.encode(),
                    )
                    with self._tables.transaction():
                        self._tables.mark_sent(answer.event_id)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _RETRY_S)
