"""Opening a partition: a damaged local copy is deleted, one that is in use is not."""

from __future__ import annotations

import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from tests.counter_hop import V1, dead_letter
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.opening import ChangelogLostError, open_copy
from workers.engine.staleness import ChangelogState
from workers.engine.state_errors import StoreFailedError
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
        open_copy(context, "counter", 0, STATE, now_ms=0)
    assert held.get(b"row\x00a") == b"1"
    held.close()
    store, rebuilt_because = open_copy(context, "counter", 0, STATE, now_ms=0)
    assert (store.get(b"row\x00a"), rebuilt_because) == (b"1", None)
    store.close()


def test_a_copy_that_cannot_be_opened_for_lack_of_files_is_kept(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker at its limit of open files once deleted good copies at every try."""
    held = RocksStore(context.data_dir.rows_path("counter", 0), STATE.identity)
    held.write({b"row\x00a": b"1"}, changelog_offset=5, at_ms=0)
    held.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        with pytest.raises(StoreFailedError, match="Too many open files"):
            open_copy(context, "counter", 0, STATE, now_ms=0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    store, rebuilt_because = open_copy(context, "counter", 0, STATE, now_ms=0)
    assert (store.get(b"row\x00a"), rebuilt_because) == (b"1", None)
    store.close()


def test_a_copy_of_a_changelog_that_was_created_again_is_kept_and_stops_the_partition(
    context: Context,
) -> None:
    """It may be the last copy of the rows. Without them every record would be decided again."""
    held = RocksStore(context.data_dir.rows_path("counter", 0), f"{STATE.identity}#1")
    held.write({b"row\x00a": b"1"}, changelog_offset=5, at_ms=0)
    held.close()
    again = replace(STATE, identity=f"{STATE.identity}#2")
    with pytest.raises(ChangelogLostError, match=r"app-counter-changelog/0: .* deleted or created again"):
        open_copy(context, "counter", 0, again, now_ms=0)
    store = RocksStore(context.data_dir.rows_path("counter", 0), f"{STATE.identity}#1")
    assert store.get(b"row\x00a") == b"1"
    store.close()


def test_a_damaged_copy_is_deleted_and_begins_empty(context: Context) -> None:
    path = context.data_dir.rows_path("counter", 0)
    held = RocksStore(path, STATE.identity)
    held.write({b"row\x00a": b"1"}, changelog_offset=5, at_ms=0)
    held.close()
    (path / "CURRENT").write_text("MANIFEST-999999\n")
    store, rebuilt_because = open_copy(context, "counter", 0, STATE, now_ms=0)
    assert (store.get(b"row\x00a"), rebuilt_because) == (None, "unreadable")
    store.close()
