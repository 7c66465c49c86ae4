"""The config that a partition decides by, and the checks that keep an unfit worker from deciding there.

The config is a row, and only a record in the partition's log changes it, so a replay changes at the same place. A worker
whose own config is older follows the row. It is refused before it decides if it has another text of the version that the
partition follows, or if its program cannot read that text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.engine.api import Canary, Config
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Hop
    from workers.engine.rows import Rows


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


class CanaryRow(Row, frozen=True):
    """The canary of the followed config: a newer text that is tried on a part of the keys. At most one row.

    It stays when the trial has ended, so that its version does not return. The next followed config deletes it.
    """

    prefix: ClassVar[str] = "~canary"
    name: str
    version: int
    hash: str
    text: str
    share: str
    step: int


def config_of(row: ConfigRow, tried: CanaryRow | None = None) -> Config:
    """Return the config of a row, with the canary of another one."""
    canary = None
    if tried is not None:
        canary = Canary(tried.name, tried.version, tried.hash, tried.text, tried.share, tried.step)
    return Config(row.name, row.version, row.hash, row.text, canary)


def read_config(rows: Rows) -> Config | None:
    """Return the config that the partition follows, or None if it follows none yet."""
    held = rows.get(ConfigRow)
    return None if held is None else config_of(held, rows.get(CanaryRow))


def write_config(rows: Rows, config: Config) -> Config:
    """Write the config that the partition follows from now on, and return it."""
    rows.put(ConfigRow(name=config.name, version=config.version, hash=config.hash, text=config.text))
    tried = config.canary
    if tried is not None:
        rows.put(
            CanaryRow(
                name=tried.name,
                version=tried.version,
                hash=tried.hash,
                text=tried.text,
                share=tried.share,
                step=tried.step,
            )
        )
    elif rows.get(CanaryRow) is not None:
        rows.delete(CanaryRow)
    rows.keep()
    return config


def refuse_conflict(partition: str, followed: Config, mine: Config) -> None:
    """Raise ConfigConflictError if ``mine`` is another text of a version that the partition follows or tries."""
    for one in (followed, followed.canary):
        if one is not None and one.version == mine.version and one.hash != mine.hash:
            raise ConfigConflictError(
                f"{partition} follows policy {one.name} version {one.version} ({one.hash}); "
                f"this worker has version {mine.version} ({mine.hash}), which is another text. "
                "Give it the text that is followed, or raise the version of the changed one."
            )


def make_hop(spec: AgentSpec, partition: str, followed: Config) -> Hop[object]:
    """Return the hop that decides by the config. Raises ConfigUnreadableError if this program cannot read it."""
    try:
        return spec.make_hop(followed)
    except Exception as error:
        tried = followed.canary
        both = "" if tried is None else f" with version {tried.version} ({tried.hash}) as its canary"
        raise ConfigUnreadableError(
            f"{partition} follows policy {followed.name} version {followed.version} ({followed.hash}){both}, which this "
            f"release of the program cannot read ({type(error).__name__}: {error}). Run the release that published it, or "
            "a later one."
        ) from error
