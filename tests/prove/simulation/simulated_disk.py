"""The files of a simulated worker: local copies that survive its process, and may be lost, older, damaged or on a full disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workers.engine.memory import MemoryStore
from workers.engine.staleness import LocalMeta
from workers.engine.state_errors import StoreDamagedError, StoreFailedError


@dataclass
class Disk:
    """The files of one worker's folder, which survive its process."""

    rows: dict[str, dict[bytes, bytes]] = field(default_factory=dict)
    metas: dict[str, LocalMeta | None] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    is_full: bool = False

    def copy(self) -> Disk:
        """Return the files as they are now, to be put back later."""
        return Disk({name: dict(rows) for name, rows in self.rows.items()}, dict(self.metas))

    def delete(self, name: str) -> None:
        """Delete a local copy."""
        self.rows.pop(name, None)
        self.metas.pop(name, None)
        self.damaged.discard(name)


class DiskStore(MemoryStore):
    """The rows of one partition on a simulated disk, as RocksStore."""

    def __init__(
        self, disk: Disk, path: Path, name: str, changelog: str, is_dead: Callable[[], bool]
    ) -> None:
        """``name``: the name of the copy on its disk, whatever folder the process has."""
        super().__init__()
        self.path = path
        self._disk, self._name, self._changelog, self._is_dead = disk, name, changelog, is_dead
        if name in disk.damaged and name not in disk.rows:
            disk.damaged.discard(name)
        self._load(disk.rows.setdefault(name, {}))
        self.meta = disk.metas.get(name)

    def _load(self, rows: dict[bytes, bytes]) -> None:
        super().write(dict(rows))

    def _check(self) -> None:
        if self._name in self._disk.damaged:
            raise StoreDamagedError(f"{self.path}: Corruption: simulated")

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None."""
        self._check()
        return super().get(key)

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate the rows of a range."""
        self._check()
        return super().scan(start, end)

    def write(
        self,
        changes: Mapping[bytes, bytes | None],
        changelog_offset: int | None = None,
        at_ms: int | None = None,
    ) -> None:
        """Apply all changes with the metadata, or nothing if the disk is full or the process is dead."""
        self._check()
        if self._is_dead():
            return
        if self._disk.is_full:
            raise StoreFailedError(f"{self.path}: No space left on device")
        known = self.meta or LocalMeta(self._changelog, None, 0)
        self.meta = LocalMeta(
            self._changelog,
            known.next_offset if changelog_offset is None else changelog_offset,
            known.written_at_ms if at_ms is None else at_ms,
        )
        super().write(dict(changes))
        rows = self._disk.rows.setdefault(self._name, {})
        for key, value in changes.items():
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
        self._disk.metas[self._name] = self.meta

    def estimated_size(self) -> tuple[int, int]:
        """Return the number of rows and their bytes."""
        rows = self.dump()
        return len(rows), sum(len(key) + len(value) for key, value in rows.items())

    def close(self) -> None:
        """Do nothing: every write is on the disk."""

    def destroy(self) -> None:
        """Delete the copy."""
        self._disk.delete(self._name)
