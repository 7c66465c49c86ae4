"""The data directory of one process: locked while the process lives, one folder per agent and partition.

Layout: ``<data_dir>/<app_id>/<agent>-<partition>/`` with ``rows`` (the local copy), ``marker`` (the crash marker) and
``compacted`` (an empty file, as old as the copy's last compaction).
Everything in it can be rebuilt from Kafka; two processes in one directory could not.
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


class DataDirLockedError(Exception):
    """Another process works in this data directory."""


class DataDir:
    """A locked data directory. The lock is the kernel's: it is gone when the process is, however it ended.

    Raises DataDirLockedError where another process has it; OSError where it cannot be made or written.
    """

    def __init__(self, root: Path, app_id: str) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.app_id = app_id
        self._lock = FileLock(root / _LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as taken:
            raise DataDirLockedError(
                f"the data directory {root.resolve()} is in use{_by_whom(root)}. "
                "Every process needs a data directory of its own: give this one another."
            ) from taken
        (root / _OWNER).write_text(f"{os.getpid()}\n")

    @property
    def app_path(self) -> Path:
        """The folder of the app, in which every task has its own."""
        return self.root / self.app_id

    def task_path(self, agent: str, partition: int) -> Path:
        """The folder of one (agent, partition); made when asked for."""
        path = self.app_path / task_name(agent, partition)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def rows_path(self, agent: str, partition: int) -> Path:
        """Where the local copy of the rows lives."""
        return self.task_path(agent, partition) / "rows"

    def marker_path(self, agent: str, partition: int) -> Path:
        """Where the crash marker lives."""
        return self.task_path(agent, partition) / "marker"

    def close(self) -> None:
        """Let another process have the directory."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def task_name(agent: str, partition: int) -> str:
    """Return how the folder of one (agent, partition) is called."""
    return f"{agent}-{partition}"


def _by_whom(root: Path) -> str:
    try:
        return f" by process {int((root / _OWNER).read_text())}"
    except (OSError, ValueError):
        return ""
