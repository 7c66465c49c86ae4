"""The config that a partition decides by, and the checks that keep an unfit worker from deciding there.

The config is a row, and only a record in the partition's log changes it, so a replay changes at the same place. A worker
whose own config is older follows the row. It is refused before it decides if it has another text of the version that the
partition follows, or if its program cannot read that text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.engine.api import Config
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Hop


class ConfigRow(Row, frozen=True):
    """The config by which this partition decides. Only a record in its log changes it. One row."""

    prefix: ClassVar[str] = "~config"
    name: str
    version: int
    hash: str
    text: str


class ConfigConflictError(Exception):
    """This worker must not decide: it has another text of the version that the partition follows."""


class ConfigUnreadableError(ConfigConflictError):
    """This worker must not decide: its program cannot read the config that the partition follows."""


def row_of(config: Config) -> ConfigRow:
    """Return the row of a config."""
    return ConfigRow(name=config.name, version=config.version, hash=config.hash, text=config.text)


def config_of(row: ConfigRow) -> Config:
    """Return the config of a row."""
    return Config(row.name, row.version, row.hash, row.text)


def refuse_conflict(partition: str, followed: Config, mine: Config) -> None:
    """Raise ConfigConflictError if ``mine`` is another text of the version that the partition follows."""
    if followed.version != mine.version or followed.hash == mine.hash:
        return
    raise ConfigConflictError(
        f"{partition} follows policy {followed.name} version {followed.version} ({followed.hash}); "
        f"this worker has version {mine.version} ({mine.hash}), which is another text. "
        "Give it the text that is followed, or raise the version of the changed one."
    )


def make_hop(spec: AgentSpec, partition: str, followed: Config) -> Hop[object]:
    """Return the hop that decides by the config. Raises ConfigUnreadableError if this program cannot read it."""
    try:
        return spec.make_hop(followed)
    except Exception as error:
        raise ConfigUnreadableError(
            f"{partition} follows policy {followed.name} version {followed.version} ({followed.hash}), which this release "
            f"of the program cannot read ({type(error).__name__}: {error}). Run the release that published it, or a later "
            "one."
        ) from error
