"""Waits until a broker answers, so that a worker may start before Kafka does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from workers.broker.clients import client_arguments
from workers.broker.connection_errors import find_cause, reason_kept

if TYPE_CHECKING:
    from workers.settings import Settings

log = structlog.get_logger(__name__)
_RETRY_S: Final = 1.0
_STOP_S: Final = 1.0


class BrokerRefusedError(Exception):
    """A broker answers but refuses the connection. The text quotes the reason."""


async def wait_for_broker(settings: Settings) -> None:
    """Return when a broker has answered. Log ``broker_awaited`` once if none does.

    Raises:
        BrokerRefusedError: the broker answers, and refuses the certificate, the login or the protocol.
    """
    was_reported = False
    with reason_kept() as last:
        while True:
            try:
                await _ask(settings)
            except KafkaError as error:
                why = last.text or str(error)
                cause = await asyncio.to_thread(find_cause, settings, why)
                if not isinstance(error, KafkaConnectionError) or cause.is_refusal:
                    raise BrokerRefusedError(f"{settings.bootstrap}: {why}. {cause.advice}") from error
                if not was_reported:
                    was_reported = True
                    log.warning("broker_awaited", bootstrap=settings.bootstrap, why=f"{why}. {cause.advice}")
                await asyncio.sleep(_RETRY_S)
            else:
                return


async def _ask(settings: Settings) -> None:
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    try:
        await admin.start()
    finally:
        with suppress(Exception):
            await asyncio.wait_for(admin.close(), _STOP_S)
