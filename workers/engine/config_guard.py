"""The config that a partition decides by, and the check that keeps an unfit worker from deciding there.

The config is a row, and only a record in the partition's log changes it, so a replay changes at the same place. A worker
is refused before it decides if its config is older than the row, or has another text under the same version.
"""

from __future__ import annotations

from typing import ClassVar

from workers.engine.api import Config
from workers.engine.rows import Row


class ConfigRow(Row, frozen=True):
    """The config by which this partition decides. Only a record in its log changes it. One row."""

    prefix: ClassVar[str] = "~config"
    name: str
    version: int
    hash: str
    text: str


class ConfigConflictError(Exception):
    """This worker must not decide, because the partition follows a newer config or another text of the same version."""


def row_of(config: Config) -> ConfigRow:
    """Return the row of a config."""
    return ConfigRow(name=config.name, version=config.version, hash=config.hash, text=config.text)


def config_of(row: ConfigRow) -> Config:
    """Return the config of a row."""
    return Config(row.name, row.version, row.hash, row.text)


def refuse_conflict(partition: str, followed: Config, mine: Config) -> None:
    """Raise ConfigConflictError if a worker with the config ``mine`` must not decide a partition that follows ``followed``."""
    if followed.version < mine.version or (followed.version == mine.version and followed.hash == mine.hash):
        return
    raise ConfigConflictError(
        f"{partition} follows policy {followed.name} version {followed.version} ({followed.hash}); "
        f"this worker has version {mine.version} ({mine.hash}). "
        "Give it the newer policy, or raise the version of a changed one."
    )
