"""What one installation sets: where Kafka is, where state lives, how much is taken at once.

In: environment variables (`LEAD_ROUTER_...`; `KAFKA_BOOTSTRAP` keeps its common name), a `.env` file and a
`lead-router.toml` in the working directory, in this order of rank. Out: one frozen `Settings`. What the company
calls an MQL and who gets it is no setting: that is `policy/`.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX: Final = "LEAD_ROUTER_"
TOML_FILE: Final = "lead-router.toml"
MIN_KEY_BYTES: Final = 16

Count = Annotated[int, Field(ge=1)]
RetentionDays = Annotated[int, Field(ge=14)]
"""A fortnight of history must live: records are kept by their own stamps, and replays bring old ones."""
Port = Annotated[int, Field(ge=1, le=65535)]
Percent = Annotated[float, Field(gt=0, le=100)]
Seconds = Annotated[float, Field(gt=0)]
Milliseconds = Annotated[float, Field(ge=0)]


class SettingsError(ValueError):
    """A setting is missing or contradicts another; the text names the variable and what it should hold."""


class Security(StrEnum):
    """How the way to Kafka is protected."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_SSL = "SASL_SSL"


class Clock(StrEnum):
    """What moves time when no record does."""

    WALL = "wall"  # the machine's clock, behind what the inputs have surely reached
    STAMPS = "stamps"  # the records' stamps alone: the demo's fortnight, histories


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"  # pretty on a terminal, JSON elsewhere
    JSON = "json"
    PRETTY = "pretty"


def default_cache_dir() -> Path:
    """Where fetched programs are kept: `LEAD_ROUTER_CACHE_DIR`, else as the XDG base directories say."""
    if named := os.environ.get(f"{PREFIX}CACHE_DIR"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lead-router"


class Settings(BaseSettings):
    """All settings, checked; secrets never show in a print or a log."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        toml_file=TOML_FILE,
        extra="forbid",
        dotenv_filtering="match_prefix",  # a .env is shared with docker compose and others
        frozen=True,
        populate_by_name=True,
    )

    bootstrap: str = Field(
        default="127.0.0.1:9092",
        min_length=1,
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP", "bootstrap"),
        description="Kafka's address, host:port, several separated by commas.",
    )
    security: Security = Field(default=Security.PLAINTEXT, description="How the way to Kafka is protected.")
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="How to log in at Kafka, with SASL_SSL."
    )
    sasl_user: str | None = Field(default=None, description="Who logs in, with SASL_SSL.")
    sasl_password: SecretStr | None = Field(default=None, description="The password, with SASL_SSL.")
    ssl_cafile: Path | None = Field(default=None, description="The CA to trust; unset: the system's.")

    app_id: str = Field(
        default="lead-router",
        pattern=r"^[a-z0-9][a-z0-9-]*$",
        description="For life: group, changelogs and transactional ids are named after it.",
    )
    partitions: Count = Field(default=8, description="Of every topic that is keyed; for life.")
    replication_factor: Count = Field(default=1, description="Copies of each topic; 3 in production.")
    retention_days: RetentionDays = Field(
        default=60, description="How long `topics create` lets records of inputs, logs and results stand."
    )
    session_timeout_s: Seconds = Field(
        default=10.0, description="A silent worker's partitions wait this long."
    )
    first_start_timeout_s: Seconds = Field(
        default=600.0, description="At a first start: how long events wait for the CRM to be read to its end."
    )

    data_dir: Path = Field(default=Path("data"), description="State of this process; locked, one each.")
    cache_dir: Path = Field(
        default_factory=default_cache_dir, description="Fetched programs; may be deleted."
    )
    policy: Path = Field(default=Path("policy"), description="The policy: its folder, or one file of it.")
    lead_id_key: SecretStr | None = Field(
        default=None, description="Secret from which lead ids are made; belongs in the backup."
    )
    shadow: bool = Field(
        default=False, description="Run beside the router in charge: write topics that end in .shadow alone."
    )
    clock: Clock = Field(default=Clock.WALL, description="What moves time when no record does.")

    max_batch_records: Count = Field(default=2_000, description="Most records of one transaction.")
    max_batch_bytes: Count = Field(default=8 * 1024 * 1024, description="Most bytes of one transaction.")
    decide_ms: Milliseconds = Field(default=25.0, description="A batch is closed after deciding this long.")
    gather_ms: Milliseconds = Field(default=15.0, description="How long a batch waits for more records.")

    dead_letter_share_percent: Percent = Field(
        default=20.0, description="A partition stops when more of its last records are dead letters."
    )
    dead_letter_run: Count = Field(default=100, description="A partition stops after so many in a row.")

    metrics_port: Port | None = Field(default=None, description="Prometheus on 127.0.0.1; unset: none.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least to log; libraries: warning, with `debug` info."
    )
    log_format: LogFormat = Field(default=LogFormat.AUTO, description="How log lines look.")

    @model_validator(mode="after")
    def _sasl_is_whole(self) -> Self:
        if self.security is Security.SASL_SSL and not (self.sasl_user and self.sasl_password):
            raise ValueError(f"security SASL_SSL needs {PREFIX}SASL_USER and {PREFIX}SASL_PASSWORD")
        if self.security is not Security.SASL_SSL and (self.sasl_user or self.sasl_password):
            raise ValueError(
                f"{PREFIX}SASL_USER or {PREFIX}SASL_PASSWORD is set, but {PREFIX}SECURITY is {self.security}: "
                "a password is sent over SASL_SSL only"
            )
        return self

    @model_validator(mode="after")
    def _key_is_long_enough(self) -> Self:
        if self.lead_id_key and len(self.lead_id_key.get_secret_value().encode()) < MIN_KEY_BYTES:
            raise ValueError(
                f"{PREFIX}LEAD_ID_KEY is shorter than {MIN_KEY_BYTES} bytes: it could be guessed"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, `.env`, mounted secrets, then the TOML file."""
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, file_secret_settings, toml

    def required_lead_id_key(self) -> bytes:
        """The key that workers cannot do without.

        Raises:
            SettingsError: it is not set.
        """
        if self.lead_id_key is None:
            raise SettingsError(
                f"{PREFIX}LEAD_ID_KEY is not set. Lead ids are made from it; without the same key everywhere and "
                "always, one person gets several ids. Make one once, e.g. with `openssl rand -hex 32`, and keep it "
                "in the backup."
            )
        return self.lead_id_key.get_secret_value().encode()
