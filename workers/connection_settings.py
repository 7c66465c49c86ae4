"""Settings of the connection to Kafka: the address, encryption, and how a client proves who it is.

In: the same sources as all settings (settings.py). Out: the base class of `Settings`. A setting that the chosen security
would ignore is refused: an ignored password or CA file means a connection that is less protected than its operator believes.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "LEAD_ROUTER_"


class Security(StrEnum):
    """How connections to Kafka are protected."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_SSL = "SASL_SSL"


class Mechanism(StrEnum):
    """How a client logs in at Kafka, inside an encrypted connection."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    OAUTHBEARER = "OAUTHBEARER"


_TLS_SETTINGS: Final = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_key_password")
_LOGIN_SETTINGS: Final = ("sasl_mechanism", "sasl_user", "sasl_password", "token_provider")


class ConnectionSettings(BaseSettings):
    """The settings of every Kafka client of this program."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, populate_by_name=True)

    bootstrap: str = Field(
        default="127.0.0.1:9092",
        min_length=1,
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP", "bootstrap"),
        description="Kafka's address: host:port, several separated by commas.",
    )
    security: Security = Field(
        default=Security.PLAINTEXT,
        description="How connections to Kafka are protected: `PLAINTEXT`, `SSL` or `SASL_SSL`.",
    )
    sasl_mechanism: Mechanism = Field(
        default=Mechanism.SCRAM_SHA_512,
        description="The login mechanism, with SASL_SSL: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512` or `OAUTHBEARER`.",
    )
    sasl_user: str | None = Field(default=None, description="The user name, with PLAIN and SCRAM.")
    sasl_password: SecretStr | None = Field(default=None, description="The password, with PLAIN and SCRAM.")
    token_provider: str | None = Field(
        default=None,
        description="The entry point in `lead_router.token_providers` that returns tokens, with OAUTHBEARER.",
    )
    ssl_cafile: Path | None = Field(
        default=None, description="The CA certificates to trust. Unset: the system's."
    )
    ssl_certfile: Path | None = Field(
        default=None, description="The client certificate with its chain, PEM. Unset: no client certificate."
    )
    ssl_keyfile: Path | None = Field(
        default=None,
        description="The private key of the client certificate, PEM. Unset: it is in the file of the certificate.",
    )
    ssl_key_password: SecretStr | None = Field(
        default=None, description="The password of the private key. Unset: the key is not encrypted."
    )

    @model_validator(mode="after")
    def _no_setting_is_ignored(self) -> Self:
        if self.security is Security.PLAINTEXT:
            self._refuse(_TLS_SETTINGS, "SECURITY", self.security, "SSL or SASL_SSL", "is not encrypted")
        if self.security is not Security.SASL_SSL:
            self._refuse(_LOGIN_SETTINGS, "SECURITY", self.security, "SASL_SSL", "has no login")
        return self

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if self.security is not Security.SASL_SSL:
            return self
        mechanism = self.sasl_mechanism
        if mechanism is Mechanism.OAUTHBEARER:
            expected = "PLAIN or SCRAM"
            self._refuse(
                ("sasl_user", "sasl_password"), "SASL_MECHANISM", mechanism, expected, "uses a token"
            )
            if not self.token_provider:
                raise ValueError(
                    f"{PREFIX}SASL_MECHANISM OAUTHBEARER needs {PREFIX}TOKEN_PROVIDER: expected the name of an entry point "
                    "of the group lead_router.token_providers, for example msk-iam"
                )
            return self
        self._refuse(("token_provider",), "SASL_MECHANISM", mechanism, "OAUTHBEARER", "uses a password")
        if not (self.sasl_user and self.sasl_password and self.sasl_password.get_secret_value()):
            raise ValueError(
                f"{PREFIX}SECURITY SASL_SSL with {mechanism} needs {PREFIX}SASL_USER and {PREFIX}SASL_PASSWORD; set both"
            )
        return self

    @model_validator(mode="after")
    def _certificate_is_whole(self) -> Self:
        if self.ssl_certfile is None:
            for name in ("ssl_keyfile", "ssl_key_password"):
                if getattr(self, name) is not None:
                    variable = f"{PREFIX}{name.upper()}"
                    raise ValueError(
                        f"{variable} is set, but {PREFIX}SSL_CERTFILE is not: expected the certificate of the key. "
                        f"Set {PREFIX}SSL_CERTFILE, or unset {variable}"
                    )
        return self

    def _refuse(self, names: tuple[str, ...], by: str, value: str, expected: str, because: str) -> None:
        """Raise ValueError for the first of these settings that is set. ``by``: the setting that would ignore it."""
        for name in names:
            if name in self.model_fields_set and getattr(self, name) is not None:
                variable = f"{PREFIX}{name.upper()}"
                raise ValueError(
                    f"{variable} is set, but {PREFIX}{by} is {value}, which {because}: expected {expected}. "
                    f"Set {PREFIX}{by} to {expected}, or unset {variable}"
                )
