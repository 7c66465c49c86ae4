"""Rows in memory, for replays and property tests. Keys have the same order as in RocksDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sortedcontainers import SortedDict

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryStore:
    """A store of rows in an ordered map."""

    def __init__(self) -> None:
        self._rows: SortedDict[bytes, bytes] = SortedDict()

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None."""
        found: bytes | None = self._rows.get(key)
        return found

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate (key, value) with start <= key < end, ascending."""
        for key in self._rows.irange(start, end, inclusive=(True, False)):
            yield key, self._rows[key]

    def write(self, changes: dict[bytes, bytes | None]) -> None:
        """Apply all changes. A value of None deletes the row."""
        for key, value in changes.items():
            if value is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = value

    def dump(self) -> dict[bytes, bytes]:
        """Return all rows in key order, to compare two runs."""
        return dict(self._rows)
