"""Keeps the reason of a failed connection to Kafka, and names what an operator must correct.

aiokafka's error of a failed connection has the same text for a wrong address, a wrong CA and a wrong password. The reason
is only in its log lines, so a handler of its logger keeps the last one.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADVICE: Final = (
    (
        ("authentication", "sasl"),
        "Check LEAD_ROUTER_SASL_USER, LEAD_ROUTER_SASL_PASSWORD and LEAD_ROUTER_SASL_MECHANISM.",
    ),
    (("certificate", "ssl"), "Check LEAD_ROUTER_SSL_CAFILE, and that the port of KAFKA_BOOTSTRAP uses TLS."),
)
"""Words of a reason, and the settings to correct. These errors do not end by themselves."""
_ADDRESS_ADVICE: Final = "Check that KAFKA_BOOTSTRAP is correct and the broker runs."


class LastReason(logging.Handler):
    """Keeps the last warning or error that aiokafka has logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of the record."""
        self.text = record.getMessage()


@contextmanager
def reason_kept() -> Iterator[LastReason]:
    """Keep aiokafka's lines instead of logging them: while a broker is away, the same line comes many times a second."""
    logger = logging.getLogger("aiokafka")
    last = LastReason()
    before = logger.level, logger.propagate
    logger.addHandler(last)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield last
    finally:
        logger.removeHandler(last)
        logger.level, logger.propagate = before


def is_refusal(reason: str) -> bool:
    """Whether a broker has answered and refused: its certificate, the user or the password is wrong."""
    return advice(reason) != _ADDRESS_ADVICE


def advice(reason: str) -> str:
    """Return which settings an operator should check."""
    lower = reason.casefold()
    return next((text for words, text in _ADVICE if any(word in lower for word in words)), _ADDRESS_ADVICE)
