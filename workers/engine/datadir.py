"""The data directory of one process: locked while the process lives, with one folder per agent and partition.

Layout: ``<data_dir>/<app_id>/<agent>-<partition>/`` with ``rows`` (the local copy), ``marker`` (the crash marker) and
``compacted`` (an empty file whose age is that of the copy's last compaction). Kafka can rebuild all of it. Two processes
in one directory would damage each other's rows, hence the lock.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from types import TracebackType

_LOCK = ".lock"
_OWNER = ".owner"
_OWNER_ONLY = 0o700
"""The mode of a new data directory: it holds addresses of people."""


class DataDirLockedError(Exception):
    """Another process uses this data directory."""


class DataDir:
    """A locked data directory. The kernel holds the lock and releases it when the process ends, however it ends.

    Raises DataDirLockedError if another process has the lock, OSError if the folder cannot be created or written.
    """

    def __init__(self, root: Path, app_id: str) -> None:
        root.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        self.root = root
        self.app_id = app_id
        self._lock = FileLock(root / _LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as taken:
            raise DataDirLockedError(
                f"the data directory {root.resolve()} is in use{_describe_owner(root)}. "
                "Every process needs a data directory of its own: give this one another."
            ) from taken
        (root / _OWNER).write_text(f"{os.getpid()}\n")

    @property
    def app_path(self) -> Path:
        """The folder of the app. It holds one folder per task."""
        return self.root / self.app_id

    def task_path(self, agent: str, partition: int) -> Path:
        """Return the folder of one (agent, partition), and create it if it is missing."""
        path = self.app_path / task_name(agent, partition)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def rows_path(self, agent: str, partition: int) -> Path:
        """Return the path of the local copy of the rows."""
        return self.task_path(agent, partition) / "rows"

    def marker_path(self, agent: str, partition: int) -> Path:
        """Return the path of the crash marker."""
        return self.task_path(agent, partition) / "marker"

    def copies(self, agent: str) -> list[int]:
        """Return the partitions of an agent of which there is a local copy."""
        names = (path.parent.name for path in self.app_path.glob(f"{agent}-*/rows"))
        return sorted(int(number) for name in names if (number := name.rpartition("-")[2]).isdigit())

    def close(self) -> None:
        """Release the lock."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def task_name(agent: str, partition: int) -> str:
    """Return the name of the folder of one (agent, partition)."""
    return f"{agent}-{partition}"


def _describe_owner(root: Path) -> str:
    try:
        return f" by process {int((root / _OWNER).read_text())}"
    except (OSError, ValueError):
        return ""
