"""Deleted rows leave the files of a local copy, and the copy is the same for whoever opens it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workers.copies import compact_copies
from workers.engine.store import RocksStore

DAY_MS = 86_400_000
WORD = b"somebody@erased.example"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A closed copy of one task, with a deleted row whose bytes are still in its files."""
    path = tmp_path / "accounts-0" / "rows"
    store = RocksStore(path, "changelog")
    store.write({b"kept": b"value", b"gone": WORD}, changelog_offset=7)
    store.close()
    store = RocksStore(path, "changelog")
    store.write({b"gone": None})
    store.close()
    assert holds(path)
    return path


def holds(path: Path) -> bool:
    return any(WORD in file.read_bytes() for file in path.iterdir() if file.is_file())


def test_what_was_deleted_is_in_no_file_afterwards(copy: Path, tmp_path: Path) -> None:
    assert compact_copies(tmp_path, 0.0, DAY_MS) == 1
    assert not holds(copy)


def test_the_copy_is_what_it_was(copy: Path, tmp_path: Path) -> None:
    compact_copies(tmp_path, 0.0, DAY_MS)

    store = RocksStore(copy, "changelog")
    assert list(store.scan(b"a", b"z")) == [(b"kept", b"value")]
    assert store.meta is not None
    assert store.meta.next_offset == 7
    store.close()


def test_a_copy_is_compacted_again_after_half_of_the_time_not_at_every_start(
    copy: Path, tmp_path: Path
) -> None:
    compact_copies(tmp_path, 0.0, DAY_MS)
    os.utime(copy.parent / "compacted", (1_000_000, 1_000_000))

    assert compact_copies(tmp_path, 1_000_000 + 43_199, DAY_MS) == 0
    assert compact_copies(tmp_path, 1_000_000 + 43_200, DAY_MS) == 1


def test_a_data_directory_without_copies_has_nothing_to_do(tmp_path: Path) -> None:
    assert compact_copies(tmp_path / "nowhere", 0.0, DAY_MS) == 0
