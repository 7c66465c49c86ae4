"""Settings of one installation: the connection to Kafka, the place of its state, and the batch limits.

In: environment variables (`LEAD_ROUTER_...`; `KAFKA_BOOTSTRAP` keeps its common name), a `.env` file in the working
directory, files of secrets, and a `lead-router.toml` in the working directory, in this order of precedence. Out: one frozen
`Settings`. The definition of an MQL and the rules of routing are not settings: they are in `policy/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from workers.connection_settings import PREFIX, ConnectionSettings

TOML_FILE: Final = "lead-router.toml"
SECRETS_DIR: Final = Path("/run/secrets")
"""The folder in which Docker mounts secrets. Kubernetes can mount them there too."""
MIN_KEY_BYTES: Final = 16

Count = Annotated[int, Field(ge=1)]
RetentionDays = Annotated[int, Field(ge=14)]
"""Days that topics keep records. At least 14: records expire by their own timestamps, and replays bring old ones."""
Days = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Percent = Annotated[float, Field(gt=0, le=100)]
Seconds = Annotated[float, Field(gt=0)]
Milliseconds = Annotated[float, Field(ge=0)]


class SettingsError(ValueError):
    """A setting is missing or contradicts another. The text names the variable and the expected value."""


class Clock(StrEnum):
    """The source of time while no record arrives."""

    WALL = "wall"  # the machine's clock, minus the time a record may be in transit to the broker
    STAMPS = "stamps"  # the records' timestamps alone: for the demo and for histories


class LogFormat(StrEnum):
    """The format of log lines."""

    AUTO = "auto"  # readable on a terminal, JSON elsewhere
    JSON = "json"
    PRETTY = "pretty"


def default_cache_dir() -> Path:
    """Return the folder for downloaded programs: `LEAD_ROUTER_CACHE_DIR`, else the XDG cache directory."""
    if named := os.environ.get(f"{PREFIX}CACHE_DIR"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lead-router"


class Settings(ConnectionSettings):
    """All settings, validated. Secrets are never shown when printed or logged."""

    model_config = SettingsConfigDict(
        env_file=".env",
        toml_file=TOML_FILE,
        extra="forbid",
        dotenv_filtering="match_prefix",  # other programs, as docker compose, share the .env file
    )

    app_id: str = Field(
        default="lead-router",
        pattern=r"^[a-z0-9][a-z0-9-]*$",
        description="Names the consumer group, the changelogs and the transactional ids. Never change it.",
    )
    partitions: Count = Field(default=8, description="Number of partitions of every topic. Never change it.")
    replication_factor: Count = Field(default=1, description="Copies of each topic. 3 in production.")
    retention_days: RetentionDays = Field(
        default=60,
        description="Days that topics made by `topics create` keep inputs, logs and results. At least 14.",
    )
    session_timeout_s: Seconds = Field(
        default=10.0,
        description="Seconds without a heartbeat after which a worker's partitions are reassigned.",
    )
    instance_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name of this worker as a static member of its group, one per process. Unset: it joins as another member at each start.",
    )
    standby: int = Field(
        default=0, ge=0, description="Number of other workers that keep a copy of each partition's rows."
    )
    first_start_timeout_s: Seconds = Field(
        default=600.0,
        description="At a first start: seconds that events wait until the CRM topics are read to their end.",
    )

    data_dir: Path = Field(
        default=Path("data"),
        description="Folder for the state of this process. Each process needs its own; it is locked.",
    )
    rocksdb_cache_mb: Count = Field(
        default=64, description="MiB of rows that a worker caches in memory, for all its partitions together."
    )
    cache_dir: Path = Field(
        default_factory=default_cache_dir, description="Folder for downloaded programs. May be deleted."
    )
    secrets_dir: Path = Field(
        default=SECRETS_DIR,
        description="Folder of secrets: a file per setting, named like its variable, with the value as text.",
    )
    policy: Path = Field(
        default=Path("policy"), description="The policy: a file, or a folder with default.yaml."
    )
    sources: Path | None = Field(
        default=None,
        description="Folder of mappings of other systems' records (docs/sources.md). Unset: inputs come as events only.",
    )
    lead_id_key: SecretStr | None = Field(
        default=None, description="Secret from which lead ids are made. Keep a backup of it."
    )
    shadow: bool = Field(
        default=False,
        description="Run beside the production router: write only topics whose names end in .shadow.",
    )
    clock: Clock = Field(
        default=Clock.WALL, description="The source of time while no record arrives: `wall` or `stamps`."
    )

    max_batch_records: Count = Field(
        default=2_000, description="Maximum number of records in one transaction."
    )
    max_batch_bytes: Count = Field(
        default=8 * 1024 * 1024, description="Maximum number of bytes in one transaction."
    )
    decide_ms: Milliseconds = Field(
        default=25.0, description="Milliseconds of processing after which a batch is closed."
    )
    gather_ms: Milliseconds = Field(
        default=15.0, description="Milliseconds that a batch waits for more records."
    )

    dead_letter_share_percent: Percent = Field(
        default=20.0,
        description="A partition stops if more than this percentage of its recent records are dead letters.",
    )
    dead_letter_run: Count = Field(
        default=100, description="A partition stops after this many dead letters in a row."
    )
    stopped_hold_s: Seconds = Field(
        default=20.0,
        description="Seconds that a stopped partition holds back the deadlines of the partitions downstream.",
    )

    metrics_port: Port | None = Field(
        default=None, description="Port of `/metrics`, `/livez` and `/readyz`. Unset: no such page."
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address of that page. `0.0.0.0` for a probe from outside: it has no login.",
    )
    console_dir: Path = Field(
        default=Path("data/console"),
        description="Folder for the results that the console keeps. It may be deleted: the topics are read again.",
    )
    console_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address of the console. Another one than loopback needs `LEAD_ROUTER_CONSOLE_ACCESS`.",
    )
    console_access: Path | None = Field(
        default=None,
        description="File that names who may log in to the console (docs/console.md). Unset: everyone who reaches it sees all.",
    )
    console_port: Port = Field(default=8484, description="Port of the console.")
    results_days: Days = Field(
        default=730, description="Days that the console keeps results. They outlive the topics."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Lowest level to log. Libraries log from `warning` on; with `debug`, from `info` on.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description="Format of log lines: `auto` (readable on a terminal, else JSON), `json` or `pretty`.",
    )

    @model_validator(mode="after")
    def _key_is_long_enough(self) -> Self:
        if self.lead_id_key and len(self.lead_id_key.get_secret_value().encode()) < MIN_KEY_BYTES:
            raise ValueError(
                f"{PREFIX}LEAD_ID_KEY is shorter than {MIN_KEY_BYTES} bytes and could be guessed. "
                "Make one with `openssl rand -hex 32`"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's; it knows one fixed folder
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources by precedence: arguments, environment, `.env`, mounted secrets, the TOML file."""
        toml = TomlConfigSettingsSource(settings_cls)
        folder = _secrets_dir(init_settings, env_settings, dotenv_settings, toml)
        if folder is not None:
            _refuse_unknown_secrets(folder, settings_cls.model_fields)
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        return init_settings, env_settings, dotenv_settings, secrets, toml

    def required_lead_id_key(self) -> bytes:
        """Return the secret from which lead ids are made.

        Raises:
            SettingsError: the key is not set.
        """
        if self.lead_id_key is None:
            raise SettingsError(
                f"{PREFIX}LEAD_ID_KEY is not set. Lead ids are made from it. If the key differs between workers or "
                "changes later, one person gets several ids. Make one once, e.g. with `openssl rand -hex 32`, and keep a "
                "backup of it."
            )
        return self.lead_id_key.get_secret_value().encode()


def _secrets_dir(*sources: PydanticBaseSettingsSource) -> Path | None:
    """Return the folder of secrets that the sources name first, else the default one. None: it does not exist.

    Raises:
        SettingsError: a source names a folder that does not exist.
    """
    for source in sources:
        if named := source().get("secrets_dir"):
            if not Path(named).is_dir():
                raise SettingsError(
                    f"{PREFIX}SECRETS_DIR is {named}, which is not a folder: expected a folder with a file per secret, for "
                    f"example {PREFIX.lower()}sasl_password"
                )
            return Path(named)
    return SECRETS_DIR if SECRETS_DIR.is_dir() else None


def _refuse_unknown_secrets(folder: Path, known: Iterable[str]) -> None:
    """Raise SettingsError for a file with our prefix that names no setting: a misspelt secret would be ignored."""
    names = {f"{PREFIX}{name}".lower() for name in known}
    for file in sorted(folder.iterdir()):
        name = file.name.lower()
        if name.startswith(PREFIX.lower()) and name not in names:
            raise SettingsError(
                f"{file}: unknown setting; expected a file name like {PREFIX.lower()}sasl_password"
            )
