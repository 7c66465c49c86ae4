"""The committed rows of one partition on disk, in RocksDB. It is a copy of the changelog and can be rebuilt at any time.

In: the changed rows of a committed batch. Out: gets and range scans in key order. The copy's metadata (its changelog, its
position there, the time of the last write) is written atomically with the rows. So the two always agree, even after
kill -9.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from rocksdict import BottommostLevelCompaction, CompactOptions, Rdict, ReadOptions, WriteBatch

from workers.engine.staleness import LocalMeta
from workers.engine.state_errors import StateError, StoreDamagedError, StoreFailedError
from workers.engine.store_options import LOADING, SERVING, UNLOGGED, options

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_PAGE = 16
_LARGEST_PAGE = 1024

_OUTSIDE_CAUSES = tuple(
    os.strerror(code)
    for code in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EACCES,
        errno.EROFS,
        errno.EIO,
    )
)
"""Texts of RocksDB if the machine is at fault, not the files: no space, no open files left, no permission."""

_STALLED = "Result incomplete"
"""How RocksDB's error begins if a write would have to wait."""
_SIZES = ("estimate-num-keys", "total-sst-files-size", "cur-size-all-mem-tables")
_META_KEY = b"\xff"  # not a row key: row keys are UTF-8, which never has this byte
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(LocalMeta).decode


def delete_copy(path: Path) -> None:
    """Delete the closed local copy at ``path``, if there is one."""
    shutil.rmtree(path, ignore_errors=False) if path.exists() else None


class StoreLockedError(StateError):
    """A local copy is already open. It is in use and must not be deleted."""


class RocksStore:
    """The rows of one partition, as :class:`workers.engine.rows.Store`.

    ``changelog`` is the identity of the changelog that the copy follows: topic, partition and cluster id. Raises
    StoreLockedError, StoreDamagedError or StoreFailedError.
    """

    def __init__(self, path: Path, changelog: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._changelog = changelog
        try:
            # Without column_families rdict takes the options of an existing copy from its files: no shared cache, no filter.
            settings = options()
            self._db = Rdict(str(path), settings, column_families={"default": settings})
        except Exception as error:
            failure = self._failure(error, "If it is damaged, it is rebuilt.", StoreDamagedError)
            if "/LOCK:" in str(error) and not isinstance(failure, StoreFailedError):
                msg = f"{path}: {error}. If no other process has it open, delete the folder: it is rebuilt."
                raise StoreLockedError(msg) from error
            raise failure from error
        self._compacting = threading.Lock()
        self._is_closed = False
        self._is_loading = False
        self.meta = self._read_meta()
        """Metadata of the copy. None until something is written."""

    def _read_meta(self) -> LocalMeta | None:
        try:
            raw = self.get(_META_KEY)
            return None if raw is None else _decode(raw)
        except msgspec.MsgspecError as error:
            self.close()
            raise StoreDamagedError(f"{self.path}: its metadata cannot be read: {error}") from error
        except StateError:
            self.close()
            raise

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None. Raises StoreDamagedError or StoreFailedError."""
        try:
            return cast("bytes | None", self._db.get(key))
        except Exception as error:
            raise self._failure(error) from error

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate (key, value) with start <= key < end, ascending.

        Rows are read in pages, and no RocksDB iterator stays open between two pages. An open iterator keeps the lock
        after ``close``, and an abandoned scan is not always collected at once. Raises StoreDamagedError or
        StoreFailedError instead of ending early.
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
        """Return at most ``size`` rows. ``Rdict.items`` would hide the error of a damaged block and end early."""
        bounds = ReadOptions()
        bounds.set_iterate_upper_bound(end)
        rows: list[tuple[bytes, bytes]] = []
        try:
            at = self._db.iter(bounds)
            at.seek(start)
            while len(rows) < size and at.valid():
                rows.append((cast("bytes", at.key()), cast("bytes", at.value())))
                at.next()
            at.status()
        except Exception as error:
            raise self._failure(error) from error
        return rows

    def estimated_size(self) -> tuple[int, int]:
        """Return RocksDB's estimate of the rows, and the bytes of its files and buffers. Raises StateError if it is closed."""
        try:
            rows, files, buffers = (self._db.property_int_value(f"rocksdb.{name}") or 0 for name in _SIZES)
        except Exception as error:
            raise self._failure(error) from error
        return rows, files + buffers

    def _failure(
        self, error: Exception, hint: str = "", unknown: type[StateError] = StoreFailedError
    ) -> StateError:
        """Return what an error of RocksDB means. RocksDB raises plain exceptions, so only their text has the kind."""
        text = str(error)
        if any(found in text for found in _OUTSIDE_CAUSES):
            kind: type[StateError] = StoreFailedError
        elif text.startswith("Corruption") or os.strerror(errno.ENOENT) in text:
            kind = StoreDamagedError
        else:
            kind = unknown
        return kind(f"{self.path}: {text}. {hint}".rstrip(" ."))

    def write(
        self,
        changes: dict[bytes, bytes | None],
        changelog_offset: int | None = None,
        at_ms: int | None = None,
    ) -> None:
        """Apply all changes at once. A value of None deletes the row.

        ``changelog_offset``: the next offset of the changelog to restore from; None keeps the one before. ``at_ms``: wall
        time, milliseconds UTC; None keeps the one before. Raises ValueError if the copy follows another changelog; it
        must then be destroyed. Raises StoreDamagedError or StoreFailedError, for example if the disk is full.
        """
        meta, batch = self._batch(changes, changelog_offset, at_ms)
        try:
            self._db.write(batch)
        except Exception as error:
            raise self._failure(error) from error
        self.meta = meta

    def load(
        self, changes: dict[bytes, bytes | None], changelog_offset: int, at_ms: int | None = None
    ) -> bool:
        """Apply changes from the changelog, without a write-ahead log. Return whether they were applied.

        They were not if RocksDB must write its buffers to files first: try again a moment later. Waiting for that inside
        RocksDB would hold the interpreter's lock. After a crash the copy is an older one, at the position that it had
        then. Call :meth:`settle` before the first :meth:`write`. Raises as :meth:`write`.
        """
        meta, batch = self._batch(changes, changelog_offset, at_ms)
        try:
            if not self._is_loading:
                self._db.set_options(LOADING)
                self._is_loading = True
            self._db.write(batch, UNLOGGED)
        except Exception as error:
            if str(error).startswith(_STALLED):
                return False
            raise self._failure(error) from error
        self.meta = meta
        return True

    def settle(self) -> None:
        """Write what was loaded to files. Call it in a thread. Raises StoreDamagedError or StoreFailedError."""
        try:
            self._db.flush()
            if self._is_loading:
                self._db.set_options(SERVING)
                self._is_loading = False
        except Exception as error:
            raise self._failure(error) from error

    def _batch(
        self, changes: dict[bytes, bytes | None], changelog_offset: int | None, at_ms: int | None
    ) -> tuple[LocalMeta, WriteBatch]:
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
                batch.put(key, value)
        batch.put(_META_KEY, _encode(meta))
        return meta, batch

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
        """Close the files and release the lock. A running compaction is cancelled. Never raises; a second call does nothing.

        If the flush fails, for example on a full disk, the write-ahead log has the last writes.
        """
        if self._is_closed:
            return
        self._is_closed = True
        if not self._compacting.acquire(blocking=False):
            self._db.cancel_all_background(True)  # noqa: FBT003 - positional only
            self._compacting.acquire()
        try:
            with suppress(Exception):
                self._db.close()
        finally:
            self._compacting.release()

    def destroy(self) -> None:
        """Close and delete the copy."""
        self.close()
        delete_copy(self.path)
