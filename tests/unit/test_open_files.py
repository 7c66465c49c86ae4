"""The limit of open files: it is raised, shared between the local copies, and reported where it is too low."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from workers.engine.store import RocksStore
from workers.engine.store_options import configure, shared
from workers.open_files import LEAST, MOST, files_of_rows, raise_limit


@pytest.mark.parametrize(
    ("limit", "copies", "expected"),
    [(1_024, 4, MOST), (1_024, 16, 47), (1_024, 32, LEAST), (1_048_576, 256, MOST), (2**31, 0, MOST)],
)
def test_each_copy_gets_its_share_of_the_limit(limit: int, copies: int, expected: int) -> None:
    with capture_logs() as logged:
        assert files_of_rows(limit, copies) == expected
    assert not logged


def test_64_partitions_of_four_hops_under_1024_files_are_reported_with_the_limit_they_need() -> None:
    """Partitions once failed to open without a word about the limit."""
    with capture_logs() as logged:
        assert files_of_rows(1_024, 4 * 64) == LEAST
    assert logged == [
        {"event": "open_files_low", "log_level": "warning", "limit": 1_024, "needed": 2_916, "copies": 256}
    ]


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        assert raise_limit() == (2**31 if hard == resource.RLIM_INFINITY else hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_cache_and_the_open_files_hold_for_new_and_reopened_copies(tmp_path: Path) -> None:
    try:
        for _ in range(2):
            configure(8 << 20, 24)
            store = RocksStore(tmp_path / "rows", "changelog")
            assert store._db.property_value("rocksdb.block-cache-capacity") == str(8 << 20)
            newest = max((tmp_path / "rows").glob("OPTIONS-*"), key=lambda file: file.name)
            assert "max_open_files=24" in newest.read_text()
            store.close()
    finally:
        configure(32 << 20, 128)
        shared.cache_clear()
