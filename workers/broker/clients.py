"""The connection arguments of every Kafka client: address and security, from the settings."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from workers.settings import Security

if TYPE_CHECKING:
    from workers.settings import Settings


def client_arguments(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments for an aiokafka client: bootstrap_servers and security.

    Raises:
        FileNotFoundError: the CA file does not exist.
        ssl.SSLError: the CA file cannot be read.
    """
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "security_protocol": settings.security.value,
    }
    if settings.security is Security.PLAINTEXT:
        return arguments
    cafile = None if settings.ssl_cafile is None else str(settings.ssl_cafile)
    arguments["ssl_context"] = ssl.create_default_context(cafile=cafile)
    if settings.security is Security.SASL_SSL and settings.sasl_password is not None:
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_user,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    return arguments
