"""Rows on disk: written rows survive, together with their position in the changelog."""

from __future__ import annotations

import gc
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workers.engine.staleness import LocalMeta
from workers.engine.state_errors import StoreDamagedError, StoreFailedError
from workers.engine.store import RocksStore, StoreLockedError
from workers.engine.store_options import shared

CHANGELOG = "app-desks-changelog-0@cluster"
MANY = {b"row\x00%05d" % n: b"%d" % n for n in range(3000)}  # several pages of a scan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows"


def reopened(store: RocksStore) -> RocksStore:
    store.close()
    return RocksStore(store.path, CHANGELOG)


def test_a_new_copy_holds_nothing(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    assert store.meta is None
    assert store.get(b"row\x00a") is None
    assert list(store.scan(b"", b"\xff")) == []
    store.close()


def test_rows_and_their_position_in_the_changelog_survive_a_restart(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write({b"row\x00a": b"1", b"row\x00b": b"2"}, changelog_offset=7, at_ms=1000)
    store.write({b"row\x00a": None, b"row\x00c": b"3"}, changelog_offset=9, at_ms=2000)
    store = reopened(store)
    assert list(store.scan(b"row\x00", b"row\x01")) == [(b"row\x00b", b"2"), (b"row\x00c", b"3")]
    assert store.meta == LocalMeta(CHANGELOG, 9, 2000)
    store.close()


def test_a_write_without_an_offset_keeps_the_position(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write({b"row\x00a": b"1"}, changelog_offset=7, at_ms=1000)
    store.write({b"row\x00a": b"2"}, changelog_offset=None, at_ms=2000)
    store = reopened(store)
    assert store.meta == LocalMeta(CHANGELOG, 7, 2000)
    store.close()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (b"row\x00", b"row\x01", 3000),
        (b"row\x0000016", b"row\x0000017", 1),  # the first page is full exactly here
        (b"row\x0000000", b"row\x0000016", 16),
        (b"row\x0000000", b"row\x0000080", 80),
        (b"row\x0002990", b"row\x0005000", 10),
        (b"row\x0000005", b"row\x0000005", 0),
        (b"sow", b"tow", 0),
        (b"", b"\xfe", 3000),
    ],
)
def test_a_scan_reads_from_its_start_to_before_its_end_in_order(
    path: Path, start: bytes, end: bytes, expected: int
) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write(MANY)
    found = list(store.scan(start, end))
    assert found == [(key, value) for key, value in sorted(MANY.items()) if start <= key < end]
    assert len(found) == expected
    store.close()


def test_no_scan_returns_the_metadata_of_the_copy(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write({"\U0010ffff".encode(): b"the largest key there is"}, 1, 1)
    assert len(list(store.scan(b"", b"\xff"))) == 1
    store.close()


def test_an_abandoned_scan_does_not_keep_the_lock(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write(MANY)
    gc.disable()
    try:
        abandoned = store.scan(b"row\x00", b"row\x01")
        next(abandoned)
        store.close()
        RocksStore(path, CHANGELOG).close()
    finally:
        gc.enable()


def test_the_error_for_a_copy_that_is_open_names_it(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    with pytest.raises(StoreLockedError, match=r"rows: .*lock"):
        RocksStore(path, CHANGELOG)
    store.close()


def test_the_error_for_a_damaged_copy_explains_that_it_is_rebuilt(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write(MANY)
    store.close()
    (path / "CURRENT").write_text("MANIFEST-999999\n")
    with pytest.raises(StoreDamagedError, match="it is rebuilt"):
        RocksStore(path, CHANGELOG)


def test_a_copy_of_another_changelog_is_not_written_to(path: Path) -> None:
    store = RocksStore(path, "another@cluster")
    store.write({b"row\x00a": b"1"}, 1, 1)
    store.close()
    store = RocksStore(path, CHANGELOG)
    with pytest.raises(ValueError, match="follows the changelog another@cluster"):
        store.write({b"row\x00a": b"2"}, 1, 1)
    assert store.get(b"row\x00a") == b"1"
    store.close()


def test_a_destroyed_copy_is_deleted_and_a_new_one_can_begin(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    store.write(MANY, 7, 1000)
    store.destroy()
    assert not path.exists()
    store = RocksStore(path, CHANGELOG)
    assert store.meta is None
    assert list(store.scan(b"", b"\xff")) == []
    store.destroy()


WRITER = """
import os, signal, sys
from pathlib import Path
from workers.engine.store import RocksStore
store = RocksStore(Path(sys.argv[1]), sys.argv[2])
for n in range(500):
    store.write({b"row\\x00%05d" % n: b"x", b"row\\x00last": b"%d" % n}, n + 1, n)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_rows_written_before_a_kill_survive_it(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", WRITER, str(path), CHANGELOG], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = RocksStore(path, CHANGELOG)
    assert store.get(b"row\x00last") == b"499"
    assert len(list(store.scan(b"row\x000", b"row\x001"))) == 500
    assert store.meta == LocalMeta(CHANGELOG, 500, 499)
    store.close()


LOADER = """
import os, signal, sys, time
from pathlib import Path
from workers.engine.store import RocksStore
store = RocksStore(Path(sys.argv[1]), sys.argv[2])
def load(n):
    rows = {b"row\\x00%06d" % (n * 100 + one): os.urandom(500) for one in range(100)}
    while not store.load(rows | {b"row\\x00last": b"%d" % n}, n + 1, n):
        time.sleep(0.001)
for n in range(400):
    load(n)
if "settle" in sys.argv:
    store.settle()
    for n in range(400, 500):
        store.write({b"row\\x00last": b"%d" % n}, n + 1, n)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("settles", [False, True])
def test_rows_loaded_before_a_kill_are_there_up_to_the_position_of_the_copy(
    path: Path, settles: bool
) -> None:
    """Loaded rows have no write-ahead log, so a crash may take the last ones, and their position with them."""
    arguments = [str(path), CHANGELOG, *(["settle"] if settles else [])]
    killed = subprocess.run([sys.executable, "-c", LOADER, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = RocksStore(path, CHANGELOG)
    assert store.meta is not None
    assert store.meta.next_offset is not None
    there = store.meta.next_offset
    assert there == 500 if settles else 0 < there <= 400
    assert store.get(b"row\x00last") == b"%d" % (there - 1)
    assert len(list(store.scan(b"row\x000", b"row\x001"))) == min(there, 400) * 100
    store.close()


def test_a_load_deletes_rows_and_keeps_the_time_of_the_last_write_by_default(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    assert store.load({b"row\x00a": b"1", b"row\x00b": b"2"}, 2, 1_000)
    assert store.load({b"row\x00a": None}, 3)
    store = reopened(store)
    assert list(store.scan(b"row\x00", b"row\x01")) == [(b"row\x00b", b"2")]
    assert store.meta == LocalMeta(CHANGELOG, 3, 1_000)
    store.close()


def test_all_copies_of_a_process_share_one_block_cache(path: Path) -> None:
    stores = [RocksStore(path / str(n), CHANGELOG) for n in range(3)]
    cache, _ = shared()
    seen = []
    for capacity in (1024 * 1024, 32 * 1024 * 1024):
        cache.set_capacity(capacity)
        seen += [store._db.property_value("rocksdb.block-cache-capacity") for store in stores]
    assert seen == ["1048576"] * 3 + ["33554432"] * 3
    for store in stores:
        store.close()


def test_the_block_cache_of_a_process_is_32_mib_unless_changed(path: Path) -> None:
    shared.cache_clear()
    store = RocksStore(path, CHANGELOG)
    assert store._db.property_value("rocksdb.block-cache-capacity") == "33554432"
    store.close()


def test_a_full_disk_fails_a_write_and_closing_still_releases_the_copy(path: Path) -> None:
    """An exception in close() once ended each task for good at its first restart."""
    store = RocksStore(path, CHANGELOG)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreFailedError):
            store.write({b"row\x00a": os.urandom(1_000_000)}, 1, 1)
        store.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    RocksStore(path, CHANGELOG).close()


def test_a_damaged_block_fails_gets_and_scans_instead_of_hiding_rows(path: Path) -> None:
    """A scan that ended early once read as an account without leads, and that was committed."""
    store = RocksStore(path, CHANGELOG)
    rows = {b"row\x00%06d" % number: os.urandom(60) for number in range(20_000)}
    store.write(rows, 1, 1)
    store.compact()
    store.close()
    file = max(path.glob("*.sst"), key=lambda found: found.stat().st_size)
    with file.open("r+b") as blocks:
        blocks.seek(file.stat().st_size // 2)
        blocks.write(b"\xde\xad\xbe\xef" * 4)
    store = RocksStore(path, CHANGELOG)
    with pytest.raises(StoreDamagedError):
        list(store.scan(b"row\x00", b"row\x01"))
    with pytest.raises(StoreDamagedError):
        [store.get(key) for key in rows]
    store.close()


def settings(path: Path) -> set[str]:
    """Return the settings that a copy has now, as RocksDB writes them beside its files."""
    newest = max(path.glob("OPTIONS-*"), key=lambda file: file.name)
    wanted = (
        "filter_policy=",
        "cache_index_and_filter_blocks=",
        "write_buffer_size=",
        "max_write_buffer_number=",
        "level0_file_num_compaction_trigger=",
        "max_open_files=",
    )
    return {line.strip() for line in newest.read_text().splitlines() if line.strip().startswith(wanted)}


def test_a_reopened_copy_has_the_settings_of_a_new_one(path: Path) -> None:
    """RocksDB once took the settings of an existing copy from its files: no filter, and a cache of its own."""
    store = RocksStore(path, CHANGELOG)
    store.write(MANY)
    store.close()
    first = settings(path)
    RocksStore(path, CHANGELOG).close()
    assert settings(path) == first
    assert any(line.startswith("filter_policy=bloomfilter") for line in first)


def test_a_loaded_copy_has_the_settings_of_a_new_one_once_it_is_settled_or_reopened(path: Path) -> None:
    store = RocksStore(path, CHANGELOG)
    first = settings(path)
    assert store.load(dict(MANY), 2)
    assert settings(path) != first
    store.settle()
    assert settings(path) == first
    assert store.load({b"row\x00a": b"1"}, 3)
    assert settings(path) != first
    store = reopened(store)
    assert settings(path) == first
    store.close()
