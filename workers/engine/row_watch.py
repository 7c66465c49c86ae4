"""Counts the committed rows of a partition for gauges of state, without a scan per scrape.

In: the store of an open partition, and each batch that is committed. Out: calls of an observer, which sees every row of
its prefixes once, and then every change. So a gauge is right after a restart, a rebalance and an erasure.

The rows are read once per opening, in pages, while the partition works. A change before the reader's position changes a
row that was counted; a change behind it will be found by the reader. Both run on one event loop, so neither sees half of
the other.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engine.batch import Decided
    from workers.engine.rows import Store

_PAGE: Final = 250
"""Rows that are read at a time: about a millisecond of the event loop."""
_PAUSE_S: Final = 0.005
_AFTER_ALL: Final = b"\xff"
"""A position behind all row keys, which are UTF-8."""


class CommitView:
    """The outputs and changed rows of a committed transaction, for an observer."""

    def __init__(self, decided: Decided, store: Store) -> None:
        self.outputs = decided.outputs
        self._changes = decided.changes
        self._store = store
        self._keys: list[bytes] = []

    def changed(self, prefix: str) -> Iterator[tuple[bytes, bytes | None]]:
        """Iterate the (key, row) of the changed rows of one prefix. None: deleted."""
        if not self._keys:
            self._keys = list(self._changes)  # in the order of the keys
        low, high = f"{prefix}\x00".encode(), f"{prefix}\x01".encode()
        for at in range(bisect_left(self._keys, low), bisect_left(self._keys, high)):
            yield self._keys[at], self._changes[self._keys[at]]

    def before(self, key: bytes) -> bytes | None:
        """Return the row as it was before the transaction, or None."""
        return self._store.get(key)


class CommitObserver(Protocol):
    """Turns what one partition commits into metrics. It changes nothing and never raises for what the worker wrote."""

    prefixes: tuple[str, ...]
    """Prefixes of the rows that are counted, in alphabetical order."""

    def count(self, key: bytes, before: bytes | None, after: bytes | None) -> None:
        """Count a row that was ``before`` and is ``after``. None: there is none."""
        ...

    def published(self, view: CommitView) -> None:
        """Count the outputs of a committed transaction."""
        ...

    def complete(self) -> None:
        """Every row has been counted: the gauges are right from now on."""
        ...

    def close(self) -> None:
        """The partition is closed: remove its gauges."""
        ...


class RowWatch:
    """The observer of one open partition, and how far its rows have been read."""

    def __init__(self, observer: CommitObserver, store: Store, page_rows: int = _PAGE) -> None:
        self._observer = observer
        self._store = store
        self._page_rows = page_rows
        self._position = b""
        """Every watched row with a smaller key has been counted."""

    async def read(self) -> None:
        """Count all rows of the observer's prefixes, page by page. Raises StateError if the local copy cannot be read."""
        for prefix in self._observer.prefixes:
            start, end = f"{prefix}\x00".encode(), f"{prefix}\x01".encode()
            while page := list(islice(self._store.scan(start, end), self._page_rows)):
                for key, row in page:
                    self._observer.count(key, None, row)
                self._position = start = page[-1][0] + b"\x00"
                if len(page) < self._page_rows:
                    break
                await asyncio.sleep(_PAUSE_S)
            self._position = end
        self._position = _AFTER_ALL
        self._observer.complete()

    def committed(self, decided: Decided) -> None:
        """Count a committed transaction. Call it before its rows are written to the store, on the same event loop."""
        view = CommitView(decided, self._store)
        for prefix in self._observer.prefixes:
            for key, row in view.changed(prefix):
                if key < self._position:
                    self._observer.count(key, view.before(key), row)
        self._observer.published(view)

    def close(self) -> None:
        """Remove the gauges of the partition."""
        self._observer.close()
