"""Which config a partition decides by, and which worker must not decide there.

The version is a row, changed only by a record in the partition's log; so a replay changes at the same place. A worker
with an older config than the row's, or with another text under the same version, is refused before it decides.
"""

from __future__ import annotations

from typing import ClassVar

from workers.engine.api import Config
from workers.engine.rows import Row


class ConfigRow(Row, frozen=True):
    """The config by which this partition decides, changed only by a record in its log. One row."""

    prefix: ClassVar[str] = "~config"
    name: str
    version: int
    hash: str
    text: str


class ConfigConflictError(Exception):
    """This worker must not decide: the partition follows a newer config, or another text of this version."""


def row_of(config: Config) -> ConfigRow:
    """Return the row of a config."""
    return ConfigRow(name=config.name, version=config.version, hash=config.hash, text=config.text)


def config_of(row: ConfigRow) -> Config:
    """Return the config of a row."""
    return Config(row.name, row.version, row.hash, row.text)


def refuse_conflict(partition: str, followed: Config, mine: Config) -> None:
    """Raise ConfigConflictError where a worker with ``mine`` must not decide by ``followed``."""
    if followed.version < mine.version or (followed.version == mine.version and followed.hash == mine.hash):
        return
    raise ConfigConflictError(
        f"{partition} follows policy {followed.name} version {followed.version} ({followed.hash}); "
        f"this worker has version {mine.version} ({mine.hash}). "
        "Give it the newer policy, or raise the version of a changed one."
    )
