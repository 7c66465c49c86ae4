"""Keeps the reason of a failed connection to Kafka, and names what an operator must correct.

aiokafka's error of a failed connection has the same text for a wrong address, a wrong CA and a wrong password. The reason
is in its log lines, so a handler of its logger keeps the last one. Where the broker closed the connection without a reason, a
second connection (connection_probe.py) finds out why.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workers.broker.clients import tls_context
from workers.broker.connection_probe import Found, probe
from workers.connection_settings import Mechanism, Security

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.settings import Settings

_ADDRESS: Final = re.compile(r'"([^"]+):(\d+)"')
_LOGIN_ADVICE: Final = (
    "The user or the password is wrong, or the user has none for this mechanism. Check LEAD_ROUTER_SASL_USER, "
    "LEAD_ROUTER_SASL_PASSWORD and LEAD_ROUTER_SASL_MECHANISM."
)
_REASONS: Final = (
    (
        "unsupportedsaslmechanism",
        "The broker does not offer this login mechanism. Check LEAD_ROUTER_SASL_MECHANISM.",
    ),
    (
        "illegalsaslstate",
        "The port of KAFKA_BOOTSTRAP asks for no login. Set LEAD_ROUTER_SECURITY to SSL, or use the port with a login.",
    ),
    (
        "refuses the token",
        "The broker does not accept the token. Check the provider of LEAD_ROUTER_TOKEN_PROVIDER: issuer, audience, user.",
    ),
    ("the token provider", "No token was returned. Check LEAD_ROUTER_TOKEN_PROVIDER and its own settings."),
    ("saslauthenticationfailed", _LOGIN_ADVICE),
    (
        "hostname mismatch",
        "The broker's certificate is for another name. Check the host name in KAFKA_BOOTSTRAP.",
    ),
    (
        "ip address mismatch",
        "The broker's certificate is for another address. Check the host in KAFKA_BOOTSTRAP.",
    ),
    (
        "certificate has expired",
        "The broker's certificate, or its CA, has expired. Renew it, and check this machine's clock.",
    ),
    (
        "certificate_verify_failed",
        "The broker's certificate is not signed by a trusted CA. Check LEAD_ROUTER_SSL_CAFILE.",
    ),
)
"""Words of a reason in lower case, and what an operator must correct. These errors do not end by themselves."""
_NOT_TLS: Final = (
    "The port of KAFKA_BOOTSTRAP does not speak TLS. Check KAFKA_BOOTSTRAP and LEAD_ROUTER_SECURITY."
)
_NEEDS_CERTIFICATE: Final = (
    "The port of KAFKA_BOOTSTRAP requires a client certificate. Set LEAD_ROUTER_SSL_CERTFILE and LEAD_ROUTER_SSL_KEYFILE, or "
    "use the port with a login."
)
_REFUSED_CERTIFICATE: Final = (
    "The broker does not accept the client certificate: unknown CA, expired, or of the wrong kind. Check "
    "LEAD_ROUTER_SSL_CERTFILE."
)
_FOUND: Final = {
    (
        Security.PLAINTEXT,
        Found.TLS,
    ): "The port of KAFKA_BOOTSTRAP speaks TLS. Set LEAD_ROUTER_SECURITY to SSL or SASL_SSL.",
    (
        Security.PLAINTEXT,
        Found.LOGIN_REQUIRED,
    ): "The port of KAFKA_BOOTSTRAP asks for a login without encryption. Use a "
    "port with SASL_SSL: a password is never sent unencrypted.",
    (Security.SSL, Found.PLAIN): _NOT_TLS,
    (Security.SASL_SSL, Found.PLAIN): _NOT_TLS,
    (Security.SSL, Found.CERTIFICATE_REQUIRED): _NEEDS_CERTIFICATE,
    (Security.SASL_SSL, Found.CERTIFICATE_REQUIRED): _NEEDS_CERTIFICATE,
    (Security.SSL, Found.CERTIFICATE_REFUSED): _REFUSED_CERTIFICATE,
    (Security.SASL_SSL, Found.CERTIFICATE_REFUSED): _REFUSED_CERTIFICATE,
    (
        Security.SSL,
        Found.LOGIN_REQUIRED,
    ): "The port of KAFKA_BOOTSTRAP asks for a login. Set LEAD_ROUTER_SECURITY to "
    "SASL_SSL, with user and password or a token provider.",
}
"""By the security of the client and the finding of a second connection: the settings that an operator must correct."""
_ADDRESS_ADVICE: Final = "Check that KAFKA_BOOTSTRAP is correct and the broker runs."


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a connection failed. ``is_refusal``: a broker has answered, so waiting changes nothing."""

    advice: str
    is_refusal: bool


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


def find_cause(settings: Settings, reason: str) -> Cause:
    """Return why a connection has failed, and what to correct. It may connect to the broker again, for six seconds at most.

    Args:
        settings: the settings of the connection.
        reason: the last line of the client.
    """
    lower = reason.casefold()
    for words, advice in _REASONS:
        if words in lower:
            return Cause(advice, is_refusal="the token provider" not in words)
    at = _ADDRESS.search(reason)
    context = None if settings.security is Security.PLAINTEXT else tls_context(settings)
    found = Found.UNKNOWN if at is None else probe(at[1], int(at[2]), context)
    if found is Found.CERTIFICATE_REFUSED and settings.ssl_certfile is None:
        found = Found.CERTIFICATE_REQUIRED  # Kafka reports both by one alert
    if (settings.security, found) in _FOUND:
        return Cause(_FOUND[settings.security, found], is_refusal=True)
    if settings.security is Security.SASL_SSL and found is Found.LOGIN_REQUIRED:
        return Cause(_of_login(settings), is_refusal=False)
    return Cause(_ADDRESS_ADVICE, is_refusal=False)


def _of_login(settings: Settings) -> str:
    """Return the advice for a broker that closed the connection while the client logged in."""
    if settings.sasl_mechanism is Mechanism.OAUTHBEARER:
        return "The broker closed the connection at the login. Check LEAD_ROUTER_TOKEN_PROVIDER and the broker's log."
    return f"The broker closed the connection at the login. {_LOGIN_ADVICE}"
