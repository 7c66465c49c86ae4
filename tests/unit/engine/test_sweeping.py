"""Deleted rows leave the files of open local copies, and copies that no task opens are deleted."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.counter_hop import V1, dead_letter
from tests.unit.house.pages import ROOT
from workers.app import _compact_every_s
from workers.engine.api import Config
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.runtime import Runtime
from workers.engine.store import RocksStore
from workers.engine.sweeping import Sweeper

KEY = b"A visitor\x00zyx@erased.example"  # the first key of all: the key bounds of the files hold it
WORD = b"VALUE OF AN ERASED PERSON"  # unlike the key: blocks are compressed
NOW_S = 4_000_000_000.0  # long after the age of every file of the test
HALF_A_DAY_S = 43_200.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RocksStore]:
    """An open copy with a deleted row whose bytes are still in its lowest files."""
    store = RocksStore(tmp_path / "visitors-0" / "rows", "changelog")
    store.write({b"a": b"value", KEY: WORD, b"z": b"value"}, changelog_offset=7)
    assert store.compact()
    store.write({KEY: None})
    assert WORD in in_files(store.path)
    yield store
    store.close()


def in_files(path: Path) -> bytes:
    return b" ".join(file.read_bytes() for file in path.iterdir() if file.is_file())


def sweep(tmp_path: Path, store: RocksStore | None, now_s: float = NOW_S) -> None:
    asyncio.run(Sweeper(tmp_path, lambda: HALF_A_DAY_S, lambda: {"visitors-0": store}).sweep(now_s))


def test_neither_value_nor_key_of_a_deleted_row_is_in_a_file_of_an_open_copy(
    tmp_path: Path, store: RocksStore
) -> None:
    sweep(tmp_path, store)

    assert b"zyx@erased" not in in_files(store.path)
    assert WORD not in in_files(store.path)
    assert list(store.scan(b"", b"\xff")) == [(b"a", b"value"), (b"z", b"value")]
    assert store.meta is not None
    assert store.meta.next_offset == 7


def test_a_copy_is_compacted_once_in_the_period(tmp_path: Path, store: RocksStore) -> None:
    sweep(tmp_path, store)
    os.utime(tmp_path / "visitors-0" / "compacted", (NOW_S, NOW_S))
    store.write({b"b": WORD})
    store.write({b"b": None})

    sweep(tmp_path, store, NOW_S + HALF_A_DAY_S - 1)
    assert WORD in in_files(store.path)
    sweep(tmp_path, store, NOW_S + HALF_A_DAY_S)
    assert WORD not in in_files(store.path)


def test_a_copy_is_compacted_by_the_shortest_period_of_the_followed_configs(tmp_path: Path) -> None:
    context = Context(
        "app",
        {"bootstrap_servers": "127.0.0.1:1"},
        2,
        DataDir(tmp_path, "app"),
        WallClock(),
        V1,
        dead_letter,
        compact_every_s=lambda config: 100.0 / config.version,
    )
    runtime = Runtime([], context)
    tasks: Any = {("visitors", number): SimpleNamespace(followed=None) for number in range(3)}
    runtime.tasks = tasks
    assert runtime.compact_every_s() == 100.0  # of its own file
    tasks["visitors", 0].followed = replace(V1, version=2, hash="published")
    tasks["visitors", 1].followed = replace(V1, version=4, hash="published later")
    assert runtime.compact_every_s() == 25.0


def test_a_worker_compacts_twice_in_the_time_of_an_erasure() -> None:
    text = (
        (ROOT / "policy" / "default.yaml").read_text("utf-8").replace("erase_within: 24h", "erase_within: 6h")
    )
    assert _compact_every_s(Config("published", 2, "hash", text)) == 3 * 3_600


def test_rows_are_written_while_a_copy_is_compacted_and_it_may_be_closed_meanwhile(
    tmp_path: Path, store: RocksStore
) -> None:
    for n in range(100):
        store.write({b"row%05d" % (100 * n + one): os.urandom(300) for one in range(100)})
    began = threading.Event()
    done: list[bool] = []

    def compact() -> None:
        began.set()
        done.append(store.compact())

    thread = threading.Thread(target=compact)
    thread.start()
    began.wait()
    store.write({b"last": b"value"}, changelog_offset=9)
    store.close()
    thread.join()

    assert len(done) == 1
    reopened = RocksStore(store.path, "changelog")
    assert reopened.get(b"last") == b"value"
    assert reopened.meta is not None
    assert reopened.meta.next_offset == 9
    reopened.close()


def test_a_closed_copy_is_not_compacted(tmp_path: Path, store: RocksStore) -> None:
    store.close()
    sweep(tmp_path, store)
    assert not (tmp_path / "visitors-0" / "compacted").exists()


def test_an_old_copy_whose_partition_has_moved_is_deleted(tmp_path: Path, store: RocksStore) -> None:
    left = RocksStore(tmp_path / "visitors-1" / "rows", "changelog")
    left.write({KEY: WORD})
    left.close()
    (tmp_path / "visitors-1" / "marker").touch()
    written_s = max(file.stat().st_mtime for file in left.path.iterdir())

    sweep(tmp_path, store, written_s + HALF_A_DAY_S - 1)
    assert left.path.exists()
    sweep(tmp_path, store, written_s + HALF_A_DAY_S)
    assert not left.path.exists()
    assert (tmp_path / "visitors-1" / "marker").exists()
    assert store.path.exists()


def test_a_copy_that_its_task_is_about_to_open_is_kept(tmp_path: Path, store: RocksStore) -> None:
    store.close()
    sweep(tmp_path, None)
    assert store.path.exists()


def test_a_copy_that_is_still_open_is_not_deleted(tmp_path: Path, store: RocksStore) -> None:
    sweeper = Sweeper(tmp_path, lambda: HALF_A_DAY_S, dict)
    asyncio.run(sweeper.sweep(NOW_S))
    assert store.get(b"a") == b"value"
    assert store.path.exists()


def test_a_worker_that_has_just_started_deletes_no_copy_that_it_may_need(
    tmp_path: Path, store: RocksStore
) -> None:
    store.close()
    for file in store.path.iterdir():
        os.utime(file, (0, 0))
    asyncio.run(Sweeper(tmp_path, lambda: HALF_A_DAY_S, dict).sweep(time.time() + 60))
    assert store.path.exists()
