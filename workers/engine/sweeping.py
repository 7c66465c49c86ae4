"""What was deleted leaves the files of the local copies, while the worker runs.

A deleted row is gone for whoever asks, but its bytes stay in RocksDB's files until they are compacted, which small or
quiet copies may not be for months. So each open copy is compacted once per period, one after the other, in a thread
beside the event loop. A copy that nobody opens any more would keep what its changelog has long forgotten: it is deleted,
and rebuilt where its partition comes back. When a copy was compacted stands in the age of a stamp beside it.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from workers.engine.store import RocksStore, StoreLockedError, StoreUnreadableError, delete_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

log = structlog.get_logger(__name__)
_STAMP: Final = "compacted"
_LOOK_EVERY_S: Final = 1.0
_GRACE_S: Final = 300.0
"""How long a worker may take after its start to be given its partitions."""


class Sweeper:
    """Compacts and deletes the copies below ``folder``, whose layout is that of workers.engine.datadir."""

    def __init__(
        self, folder: Path, every_s: float, opened: Callable[[], Mapping[str, RocksStore | None]]
    ) -> None:
        """``opened`` returns the tasks of this process by the names of their folders, with the copies that are open."""
        self._folder = folder
        self._every_s = every_s
        self._opened = opened
        self._started_s = time.time()

    async def run(self) -> None:
        """Look once per second, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look(time.time())
            except OSError as error:  # a full disk, a folder that is gone: look again
                log.warning("copies_not_compacted", error=type(error).__name__)

    async def look(self, now_s: float) -> None:
        """Do what is due at ``now_s``, wall time as the ages of files are."""
        compacted = deleted = 0
        for name, store in sorted(self._opened().items()):
            if store is not None and is_due(self._folder / name / _STAMP, now_s, self._every_s):
                compacted += await asyncio.to_thread(_compacted, store, self._folder / name / _STAMP)
        if now_s - self._started_s > _GRACE_S:
            for path in sorted(self._folder.glob("*/rows")):
                if path.parent.name not in self._opened() and _is_left(path, now_s, self._every_s):
                    deleted += await asyncio.to_thread(_deleted, path)
        if compacted or deleted:
            log.info("copies_compacted", copies=compacted, deleted=deleted)


def is_due(stamp: Path, now_s: float, every_s: float) -> bool:
    """Whether the copy beside ``stamp`` was not compacted within the period."""
    return not stamp.exists() or now_s - stamp.stat().st_mtime >= every_s


def _compacted(store: RocksStore, stamp: Path) -> bool:
    if not store.compact():
        return False
    stamp.touch()
    return True


def _is_left(path: Path, now_s: float, every_s: float) -> bool:
    return all(now_s - file.stat().st_mtime >= every_s for file in path.iterdir())


def _deleted(path: Path) -> bool:
    try:
        RocksStore(path, "").destroy()
    except StoreLockedError:
        return False  # it is being closed, or was just opened
    except StoreUnreadableError:
        delete_copy(path)
    return True
