"""Removes deleted rows from the files of the local copies while the worker runs.

A deleted row can no longer be read, but its bytes stay in RocksDB's files until a compaction. A small or quiet copy may
not be compacted for months. So every open copy is compacted once per period, one after the other, in a thread. The age
of a stamp file beside a copy is the age of its last compaction.
A copy that no task opens any more would keep rows that its changelog has long lost. It is deleted, and rebuilt if its
partition returns to this machine.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from workers.engine.state_errors import StateError
from workers.engine.store import RocksStore, StoreLockedError, delete_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

log = structlog.get_logger(__name__)
_STAMP: Final = "compacted"
_LOOK_EVERY_S: Final = 1.0
_GRACE_S: Final = 300.0
"""How long a worker may wait after its start for its partitions. No copy is deleted before. Seconds."""


class Sweeper:
    """Compacts and deletes the copies below ``folder``. workers.engine.datadir describes its layout."""

    def __init__(
        self,
        folder: Path,
        every_s: Callable[[], float],
        opened: Callable[[], Mapping[str, RocksStore | None]],
    ) -> None:
        """``every_s`` returns the period now. ``opened`` returns each task of this process by its folder, with its open copy or None."""
        self._folder = folder
        self._every_s = every_s
        self._opened = opened
        self._started_s = time.time()

    async def run(self) -> None:
        """Sweep once per second, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.sweep(time.time())
            except OSError as error:  # a full disk or a missing folder: try again later
                log.warning("copies_not_compacted", error=type(error).__name__)

    async def sweep(self, now_s: float) -> None:
        """Compact and delete the copies that are due at ``now_s``. Wall time, seconds."""
        compacted = deleted = 0
        every_s = self._every_s()
        for name, store in sorted(self._opened().items()):
            if store is not None and is_due(self._folder / name / _STAMP, now_s, every_s):
                compacted += await asyncio.to_thread(_compact, store, self._folder / name / _STAMP)
        if now_s - self._started_s > _GRACE_S:
            for path in sorted(self._folder.glob("*/rows")):
                if path.parent.name not in self._opened() and _is_abandoned(path, now_s, every_s):
                    deleted += await asyncio.to_thread(_delete, path)
        if compacted or deleted:
            log.info("copies_compacted", copies=compacted, deleted=deleted)


def is_due(stamp: Path, now_s: float, every_s: float) -> bool:
    """Whether the last compaction of the copy beside ``stamp`` is at least one period ago."""
    return not stamp.exists() or now_s - stamp.stat().st_mtime >= every_s


def _compact(store: RocksStore, stamp: Path) -> bool:
    if not store.compact():
        return False
    stamp.touch()
    return True


def _is_abandoned(path: Path, now_s: float, every_s: float) -> bool:
    return all(now_s - file.stat().st_mtime >= every_s for file in path.iterdir())


def _delete(path: Path) -> bool:
    try:
        RocksStore(path, "").destroy()
    except StoreLockedError:
        return False  # a task is closing it or has just opened it
    except StateError:
        delete_copy(path)
    return True
