"""The rows of some hops in a run, on disk, with copies from which an interrupted run continues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rocksdict import Checkpoint, WriteOptions

from workers.engine.store import RocksStore
from workers.engine.store_options import configure

if TYPE_CHECKING:
    from workers.backtest.work_folder import RunFolder
    from workers.engine.api import AgentSpec

_MIB: Final = 1024 * 1024
_CACHE_BYTES: Final = 192 * _MIB
"""The cache of blocks that the hops of a run share."""
_OPEN_FILES: Final = 512
_BUFFERS: Final = {"write_buffer_size": str(16 * _MIB), "max_write_buffer_number": "3"}
"""A run writes more than a worker's partition, and larger files are merged less often."""
_UNLOGGED: Final = WriteOptions()
_UNLOGGED.disable_wal = True  # type: ignore[method-assign, assignment]  # the stub calls it a method


class RunRows(RocksStore):
    """The rows of one hop in a run. They are not logged: an interrupted run continues from the copy of its last part."""

    def __init__(self, path: Path, changelog: str) -> None:
        super().__init__(path, changelog)
        self._db.set_options(_BUFFERS)

    def write(
        self,
        changes: dict[bytes, bytes | None],
        changelog_offset: int | None = None,
        at_ms: int | None = None,
    ) -> None:
        """Apply all changes at once."""
        self.meta, batch = self._batch(changes, changelog_offset, at_ms)
        try:
            self._db.write(batch, _UNLOGGED)
        except Exception as error:
            raise self._failure(error) from error

    def copy_to(self, path: Path) -> None:
        """Write a copy of all rows into a new folder. Files that never change are shared by hard links."""
        Checkpoint(self._db).create_checkpoint(str(path))


@contextmanager
def open_rows(
    files: RunFolder, lead_id_key: bytes, *, is_edge: bool
) -> Iterator[tuple[dict[str, AgentSpec], dict[str, RunRows]]]:
    """Open the rows as they were at the end of the last finished part. Yield the hops, and the rows of each.

    Args:
        files: the folder of the run.
        lead_id_key: the secret from which lead ids are made.
        is_edge: whether the run is one of the edge hops. Otherwise it is one of the inner hops.
    """
    from workers.agents import make_specs  # noqa: PLC0415 - imports Faust, which a finished run does not need

    specs = {name: spec for name, spec in make_specs(lead_id_key, 1).items() if spec.is_edge is is_edge}
    files.restore_rows()
    configure(_CACHE_BYTES, _OPEN_FILES)
    stores = {name: RunRows(files.rows_path / name, "backtest") for name in specs}
    try:
        yield specs, stores
    finally:
        for store in stores.values():
            store.close()


def save_rows(files: RunFolder, part: int, stores: Mapping[str, RunRows]) -> None:
    """Copy the rows at the end of a part. They must be written."""
    saved = files.saved_rows_path(part)
    saved.mkdir()
    for name, store in stores.items():
        store.copy_to(saved / name)
