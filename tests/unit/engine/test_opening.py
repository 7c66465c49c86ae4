"""Opening a partition: a damaged local copy is deleted, one that is in use is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.counter_hop import V1, dead_letter
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.opening import _open_copy
from workers.engine.staleness import ChangelogState
from workers.engine.store import RocksStore, StoreLockedError

STATE = ChangelogState("changelog-0@cluster", beginning=0, end=9, delete_retention_ms=86_400_000)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context("app", {}, 1, DataDir(tmp_path, "app"), WallClock(), V1, dead_letter)


def test_a_copy_that_another_task_still_has_open_is_not_touched(context: Context) -> None:
    """Otherwise a task that closes late would write into the files of the next task."""
    held = RocksStore(context.data_dir.rows_path("counter", 0), STATE.identity)
    held.write({b"row\x00a": b"1"}, changelog_offset=5, at_ms=0)
    with pytest.raises(StoreLockedError):
        _open_copy(context, "counter", 0, STATE, now_ms=0)
    assert held.get(b"row\x00a") == b"1"
    held.close()
    store, rebuilt_because = _open_copy(context, "counter", 0, STATE, now_ms=0)
    assert (store.get(b"row\x00a"), rebuilt_because) == (b"1", None)
    store.close()


def test_a_damaged_copy_is_deleted_and_begins_empty(context: Context) -> None:
    path = context.data_dir.rows_path("counter", 0)
    held = RocksStore(path, STATE.identity)
    held.write({b"row\x00a": b"1"}, changelog_offset=5, at_ms=0)
    held.close()
    (path / "CURRENT").write_text("MANIFEST-999999\n")
    store, rebuilt_because = _open_copy(context, "counter", 0, STATE, now_ms=0)
    assert (store.get(b"row\x00a"), rebuilt_because) == (None, "unreadable")
    store.close()
