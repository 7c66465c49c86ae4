"""The committed rows of one partition on disk, in RocksDB. It is a copy of the changelog and can be rebuilt at any time.

In: the changed rows of a committed batch. Out: gets and range scans in key order. The copy's metadata (its changelog, its
position there, the time of the last write) is written atomically with the rows. So the two always agree, even after
kill -9.
"""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from rocksdict import (
    BlockBasedOptions,
    BottommostLevelCompaction,
    Cache,
    CompactOptions,
    DBCompressionType,
    Options,
    Rdict,
    ReadOptions,
    WriteBatch,
    WriteBufferManager,
)

from workers.engine.staleness import LocalMeta

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIB = 1024 * 1024
_CACHE_BYTES = 32 * _MIB
"""Cache of blocks read from disk, for all partitions of the process together. The default is 2 GiB for each."""
_ALL_WRITE_BUFFERS_BYTES = 64 * _MIB
_WRITE_BUFFER_BYTES = 4 * _MIB
_BLOOM_BITS = 10  # 1 % of the gets of absent rows read a block
_OPEN_FILES = 128
_LOG_BYTES = 1 * _MIB
_MANIFEST_BYTES = 1
"""Each change of the files begins a new manifest. A longer one would keep key bounds of deleted files, so erased keys too."""
_FIRST_PAGE = 16
_LARGEST_PAGE = 1024

_META_KEY = b"\xff"  # not a row key: row keys are UTF-8, which never has this byte
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(LocalMeta).decode


class StoreUnreadableError(Exception):
    """A local copy cannot be opened: it is locked or damaged. A damaged copy can be deleted; it is then rebuilt."""


@cache
def _shared() -> tuple[Cache, WriteBufferManager]:
    return Cache(_CACHE_BYTES), WriteBufferManager(_ALL_WRITE_BUFFERS_BYTES, False)  # noqa: FBT003 - positional only


def _options() -> Options:
    blocks, buffers = _shared()
    table = BlockBasedOptions()
    table.set_block_cache(blocks)
    table.set_bloom_filter(_BLOOM_BITS, False)  # noqa: FBT003 - positional only
    table.set_cache_index_and_filter_blocks(True)
    table.set_pin_l0_filter_and_index_blocks_in_cache(True)
    options = Options(raw_mode=True)
    options.create_if_missing(True)  # noqa: FBT003 - the same
    options.set_block_based_table_factory(table)
    options.set_write_buffer_manager(buffers)
    options.set_write_buffer_size(_WRITE_BUFFER_BYTES)
    options.set_max_write_buffer_number(2)
    options.set_max_open_files(_OPEN_FILES)
    options.set_compression_type(DBCompressionType.lz4())
    options.set_max_log_file_size(_LOG_BYTES)
    options.set_keep_log_file_num(1)
    options.set_max_manifest_file_size(_MANIFEST_BYTES)
    options.set_stats_dump_period_sec(0)
    return options


def delete_copy(path: Path) -> None:
    """Delete the closed local copy at ``path``, if there is one."""
    shutil.rmtree(path, ignore_errors=False) if path.exists() else None


class StoreLockedError(StoreUnreadableError):
    """A local copy is already open. It is in use and must not be deleted."""


class RocksStore:
    """The rows of one partition, as :class:`workers.engine.rows.Store`.

    ``changelog`` is the identity of the changelog that the copy follows: topic, partition and cluster id. Raises
    StoreUnreadableError or StoreLockedError.
    """

    def __init__(self, path: Path, changelog: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._changelog = changelog
        try:
            self._db = Rdict(str(path), _options())
        except Exception as error:
            kind = StoreLockedError if "/LOCK:" in str(error) else StoreUnreadableError
            raise kind(
                f"{path}: {error}. If no other process has it open, delete the folder: it is rebuilt."
            ) from error
        raw = self._db.get(_META_KEY)
        self.meta: LocalMeta | None = None if raw is None else _decode(raw)
        """Metadata of the copy. None until something is written."""
        self._compacting = threading.Lock()
        self._is_closed = False

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None."""
        return cast("bytes | None", self._db.get(key))

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate (key, value) with start <= key < end, ascending.

        Rows are read in pages, and no RocksDB iterator stays open between two pages. An open iterator keeps the lock
        after ``close``, and an abandoned scan is not always collected at once.
        """
        size = _FIRST_PAGE
        while True:
            page = self._page(start, end, size)
            yield from page
            if len(page) < size:
                return
            start = page[-1][0] + b"\x00"
            size = min(size * 4, _LARGEST_PAGE)

    def _page(self, start: bytes, end: bytes, size: int) -> list[tuple[bytes, bytes]]:
        bounds = ReadOptions()
        bounds.set_iterate_upper_bound(end)
        rows = cast("Iterator[tuple[bytes, bytes]]", self._db.items(from_key=start, read_opt=bounds))
        return list(islice(rows, size))

    def write(
        self,
        changes: dict[bytes, bytes | None],
        changelog_offset: int | None = None,
        at_ms: int | None = None,
    ) -> None:
        """Apply all changes at once. A value of None deletes the row.

        ``changelog_offset``: the next offset of the changelog to restore from; None keeps the one before. ``at_ms``: wall
        time, milliseconds UTC; None keeps the one before. Raises ValueError if the copy follows another changelog; it
        must then be destroyed.
        """
        known = self.meta or LocalMeta(changelog=self._changelog, next_offset=None, written_at_ms=0)
        if known.changelog != self._changelog:
            raise ValueError(f"{self.path} follows the changelog {known.changelog}, not {self._changelog}")
        meta = LocalMeta(
            changelog=self._changelog,
            next_offset=known.next_offset if changelog_offset is None else changelog_offset,
            written_at_ms=known.written_at_ms if at_ms is None else at_ms,
        )
        batch = WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch[key] = value
        batch[_META_KEY] = _encode(meta)
        self._db.write(batch)
        self.meta = meta

    def compact(self) -> bool:
        """Rewrite all files without the deleted rows. Return False if the copy was closed meanwhile.

        Call it in a thread: RocksDB works without the interpreter's lock, and rows can be read and written meanwhile.
        Raises OSError if RocksDB fails, usually because the disk is full.
        """
        with self._compacting:
            if self._is_closed:
                return False
            try:
                self._rewrite()
            except Exception as error:
                if not self._is_closed:
                    raise OSError(f"{self.path}: {error}") from error
            return not self._is_closed

    def _rewrite(self) -> None:
        everything = CompactOptions()
        everything.set_bottommost_level_compaction(BottommostLevelCompaction.force())
        everything.set_exclusive_manual_compaction(False)
        self._db.flush()
        self._db.compact_range(None, None, everything)

    def close(self) -> None:
        """Close the files. A running compaction is cancelled. Closing twice does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._compacting.acquire(blocking=False):
            self._compacting.release()
            self._db.close()
            return
        self._db.cancel_all_background(True)  # noqa: FBT003 - positional only
        with (
            self._compacting,
            suppress(Exception),
        ):  # if the flush fails, the write-ahead log has the last writes
            self._db.close()

    def destroy(self) -> None:
        """Close and delete the copy."""
        self.close()
        delete_copy(self.path)
