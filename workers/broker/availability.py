"""Waits until a broker answers, so that a worker may start before Kafka does. Keeps the reason of a failed connection.

aiokafka's error of a failed start has the same text for a wrong address, a wrong CA and a wrong password. The reason is
only in its log lines, so a handler of its logger keeps the last one.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from workers.broker.clients import client_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.settings import Settings

log = structlog.get_logger(__name__)
_RETRY_S: Final = 1.0
_STOP_S: Final = 1.0
_REFUSALS: Final = ("authentication", "sasl", "certificate", "ssl")
"""Words of errors that do not end by themselves: a wrong password, a wrong CA, or a port without TLS."""


class _LastReason(logging.Handler):
    """Keeps the last error that aiokafka's client has logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of the record."""
        self.text = record.getMessage()


class BrokerRefusedError(Exception):
    """A broker answers but refuses the connection. The text quotes the reason."""


async def wait_for_broker(settings: Settings) -> None:
    """Return when a broker has answered. Log ``broker_awaited`` once if none does.

    Raises:
        BrokerRefusedError: the broker refuses the certificate, the user or the password.
    """
    was_reported = False
    with _reason_kept() as last:
        while True:
            try:
                await _ask(settings)
            except KafkaError as error:
                why = last.text or str(error)
                if not isinstance(error, KafkaConnectionError) or _is_refusal(why):
                    raise BrokerRefusedError(f"{settings.bootstrap}: {why}") from error
                if not was_reported:
                    was_reported = True
                    log.warning("broker_awaited", bootstrap=settings.bootstrap, why=why)
                await asyncio.sleep(_RETRY_S)
            else:
                return


@contextmanager
def _reason_kept() -> Iterator[_LastReason]:
    """Keep the lines of aiokafka's client from the log meanwhile: one line a second would repeat the same reason."""
    logger = logging.getLogger("aiokafka")
    last = _LastReason()
    before = logger.level, logger.propagate
    logger.addHandler(last)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield last
    finally:
        logger.removeHandler(last)
        logger.level, logger.propagate = before


async def _ask(settings: Settings) -> None:
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    try:
        await admin.start()
    finally:
        with suppress(Exception):
            await asyncio.wait_for(admin.close(), _STOP_S)


def _is_refusal(why: str) -> bool:
    return any(word in why.casefold() for word in _REFUSALS)
