"""The connection arguments of every Kafka client: address, encryption and login, from the settings."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from workers.broker import token_refusal
from workers.broker.tokens import KeptToken, provider_named
from workers.connection_settings import PREFIX, Mechanism, Security
from workers.settings import SettingsError

if TYPE_CHECKING:
    from workers.settings import Settings


def client_arguments(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments for an aiokafka client: bootstrap_servers and security.

    Raises:
        SettingsError: a certificate, a key or the token provider cannot be used. The text names the setting.
    """
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "security_protocol": settings.security.value,
    }
    if settings.security is Security.PLAINTEXT:
        return arguments
    arguments["ssl_context"] = tls_context(settings)
    if settings.security is Security.SASL_SSL:
        arguments["sasl_mechanism"] = settings.sasl_mechanism.value
        if settings.sasl_mechanism is Mechanism.OAUTHBEARER:
            token_refusal.install()
            name = settings.token_provider or ""
            arguments["sasl_oauth_token_provider"] = KeptToken(name, provider_named(name))
        elif settings.sasl_password is not None:
            arguments["sasl_plain_username"] = settings.sasl_user
            arguments["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return arguments


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return the TLS settings of a client: the trusted CAs, and the client certificate if there is one.

    Raises:
        SettingsError: a certificate or a key cannot be used.
    """
    cafile = settings.ssl_cafile
    try:
        context = ssl.create_default_context(cafile=None if cafile is None else str(cafile))
    except FileNotFoundError:
        raise SettingsError(
            f"{PREFIX}SSL_CAFILE: {cafile} does not exist; expected a file of CA certificates, PEM"
        ) from None
    except ssl.SSLError as error:
        raise SettingsError(
            f"{PREFIX}SSL_CAFILE: {cafile} holds no certificate that can be read; expected CA certificates, PEM ({error})"
        ) from None
    if settings.ssl_certfile is not None:
        _load_client_certificate(context, settings)
    return context


def _load_client_certificate(context: ssl.SSLContext, settings: Settings) -> None:
    """Load the client certificate. Raises SettingsError, which names the file or the password that does not fit."""
    certfile, keyfile = settings.ssl_certfile, settings.ssl_keyfile
    for name, file in (("SSL_CERTFILE", certfile), ("SSL_KEYFILE", keyfile)):
        if file is not None and not file.is_file():
            raise SettingsError(f"{PREFIX}{name}: {file} does not exist; expected a PEM file")
    was_asked = False

    def password() -> str:
        nonlocal was_asked
        was_asked = True
        return "" if settings.ssl_key_password is None else settings.ssl_key_password.get_secret_value()

    try:
        context.load_cert_chain(str(certfile), None if keyfile is None else str(keyfile), password)
    except (ssl.SSLError, ValueError) as error:
        raise SettingsError(_certificate_problem(settings, error, is_encrypted=was_asked)) from None


def _certificate_problem(settings: Settings, error: Exception, *, is_encrypted: bool) -> str:
    key = settings.ssl_keyfile or settings.ssl_certfile
    key_setting = f"{PREFIX}SSL_KEYFILE" if settings.ssl_keyfile else f"{PREFIX}SSL_CERTFILE"
    reason = getattr(error, "reason", None) or str(error)
    if reason == "KEY_VALUES_MISMATCH":
        return f"{key_setting}: {key} is not the key of {PREFIX}SSL_CERTFILE {settings.ssl_certfile}"
    if is_encrypted:
        wrong = "is not set" if settings.ssl_key_password is None else "does not open it"
        return (
            f"{key_setting}: the key in {key} is encrypted, and {PREFIX}SSL_KEY_PASSWORD {wrong} ({reason})"
        )
    return (
        f"{PREFIX}SSL_CERTFILE: {settings.ssl_certfile} or the key in {key} cannot be read; expected a PEM certificate and "
        f"its private key ({reason})"
    )
