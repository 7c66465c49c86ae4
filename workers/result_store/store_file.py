"""The file of results: SQLite, one writer, any number of readers (docs/adr/0034).

In: batches of committed records. Out: the tables of the projections. One transaction holds the rows of a batch and the offsets
of its records. So a process that is killed at any moment continues with the first record that it has not stored.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import structlog
from filelock import FileLock, Timeout

from schemas.topics import TOPICS, Direction
from workers.result_store.erasure_requests import TOPICS as ERASURE_TOPICS
from workers.result_store.erasure_requests import erasure_of
from workers.result_store.projection import ERASED, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engine.api import Record

Place: TypeAlias = tuple[str, int]
"""A topic and a partition."""

_log = structlog.get_logger(__name__)
_RESULTS: Final = frozenset(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
_STORE: Final = "store"
"""The name under which the offsets of erasure requests are kept."""
_OWN: Final = (
    ERASED,
    """CREATE TABLE IF NOT EXISTS made (projection TEXT PRIMARY KEY, statements INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS positions (
        projection TEXT, topic TEXT, partition INTEGER, topic_id TEXT NOT NULL, next_offset INTEGER NOT NULL,
        PRIMARY KEY (projection, topic, partition)) WITHOUT ROWID""",
)
_CACHE_KIB: Final = 65_536
_BUSY_MS: Final = 10_000


class StoreError(Exception):
    """The file cannot be used. The text names the cause and what to do."""


class ResultStore:
    """The writer of a file. It holds a lock, so that a second process cannot write too.

    Args:
        path: the file. Its folder is made with access for this user only.
        projections: the tables to fill.
        lead_id_key: the secret from which lead ids are made. An erasure request names an address.

    Raises:
        StoreError: another process has the file, or a later release made it.
    """

    def __init__(self, path: Path, projections: Sequence[Projection], lead_id_key: bytes) -> None:
        self.path = path
        self._projections = tuple(projections)
        self._lead_id_key = lead_id_key
        self._mutex = threading.Lock()
        self._next: dict[str, dict[Place, int]] = defaultdict(dict)
        self._topic_ids: dict[str, str] = {}
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(f"{path}.lock")
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise StoreError(
                f"{path} is in use by another process; stop it, or choose another folder"
            ) from None
        try:
            self._connection = self._open()
        except BaseException:
            self._lock.release()
            raise

    @property
    def topics(self) -> frozenset[str]:
        """The topics that the store reads, with their names in the contract."""
        return ERASURE_TOPICS.union(*(one.topics for one in self._projections))

    def close(self) -> None:
        """Close the file, after the batch in progress."""
        with self._mutex:
            self._connection.close()
            self._lock.release()

    def begin(
        self, topic_ids: Mapping[str, str], bounds: Mapping[Place, tuple[int, int]]
    ) -> dict[Place, int]:
        """Return the offset at which each partition is to be read.

        A topic that was deleted and made again has another id, and offsets of the old one mean nothing: it is read from its
        beginning. So is a partition that ends before the stored offset.

        Args:
            topic_ids: the id of each topic. Empty: the broker does not give ids.
            bounds: the first and the next offset of each partition at the broker.
        """
        with self._mutex:
            self._topic_ids = dict(topic_ids)
            stored = {
                (name, (topic, partition)): (topic_id, offset)
                for name, topic, partition, topic_id, offset in self._connection.execute(
                    "SELECT * FROM positions"
                )
            }
            self._next.clear()
            for name, topics in self._readers():
                for place, (first, end) in bounds.items():
                    if place[0] not in topics:
                        continue
                    topic_id, offset = stored.get((name, place), ("", first))
                    if topic_id != topic_ids.get(place[0], "") or not first <= offset <= end:
                        if (name, place) in stored:
                            _log.warning(
                                "results_sought",
                                topic=place[0],
                                partition=place[1],
                                offset=offset,
                                first=first,
                            )
                        offset = first
                    self._next[name][place] = offset
            found: dict[Place, int] = {}
            for offsets in self._next.values():
                for place, offset in offsets.items():
                    found[place] = min(offset, found.get(place, offset))
            return found

    def apply(self, records: Iterable[Record]) -> None:
        """Store a batch: its rows and its offsets in one transaction. Each partition's records are in their order."""
        with self._mutex, _transaction(self._connection):
            reached: dict[tuple[str, Place], int] = {}
            for record in records:
                place = record.topic, record.partition
                if record.topic in ERASURE_TOPICS:
                    at = _STORE, place
                    if record.offset >= reached.get(at, self._next[_STORE].get(place, 0)):
                        self._forget_if_ordered(record)
                        reached[at] = record.offset + 1
                for projection in self._projections:
                    if record.topic not in projection.topics:
                        continue
                    at = projection.name, place
                    if record.offset >= reached.get(at, self._next[projection.name].get(place, 0)):
                        self._apply_to(projection, record)
                        reached[at] = record.offset + 1
            self._connection.executemany(
                "REPLACE INTO positions VALUES (?, ?, ?, ?, ?)",
                [
                    (name, topic, partition, self._topic_ids.get(topic, ""), offset)
                    for (name, (topic, partition)), offset in reached.items()
                ],
            )
        for (name, place), offset in reached.items():
            self._next[name][place] = offset

    def write(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Run a change that no record brings, in a transaction of its own."""
        with self._mutex, _transaction(self._connection):
            change(self._connection)

    def prune(self, before_ms: int) -> None:
        """Delete what is older than a time, and remove deleted text from the file and its log. Milliseconds UTC."""
        for projection in self._projections:  # one at a time, so that new records wait for a moment only
            with self._mutex, _transaction(self._connection):
                projection.prune(self._connection, before_ms)
        with self._mutex:
            with _transaction(self._connection):
                self._connection.execute("DELETE FROM erased WHERE at_ms < ?", (before_ms,))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _readers(self) -> Iterator[tuple[str, frozenset[str]]]:
        yield _STORE, ERASURE_TOPICS
        yield from ((one.name, one.topics) for one in self._projections)

    def _apply_to(self, projection: Projection, record: Record) -> None:
        try:
            projection.apply(self._connection, record)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            if record.topic in _RESULTS:  # an input that breaks the contract is a dead letter already
                _log.warning(
                    "result_not_readable",
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                )

    def _forget_if_ordered(self, record: Record) -> None:
        ordered = erasure_of(record, self._lead_id_key)
        if ordered is None:
            return
        lead_id, at_ms = ordered
        self._connection.execute(
            "INSERT INTO erased VALUES (?, ?) ON CONFLICT (lead_id) DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)",
            (lead_id, at_ms),
        )
        for projection in self._projections:
            projection.forget(self._connection, lead_id)

    def _open(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            with _transaction(connection):
                for statement in _OWN:
                    connection.execute(statement)
                for projection in self._projections:
                    self._make(connection, projection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make(self, connection: sqlite3.Connection, projection: Projection) -> None:
        """Run the statements that are new. Rows of earlier releases stay."""
        found = connection.execute(
            "SELECT statements FROM made WHERE projection = ?", (projection.name,)
        ).fetchone()
        done = found[0] if found else 0
        if done > len(projection.statements):
            raise StoreError(
                f"{self.path} was made by a later release; use that release, or delete the file to read the topics again"
            )
        for statement in projection.statements[done:]:
            connection.execute(statement)
        connection.execute("REPLACE INTO made VALUES (?, ?)", (projection.name, len(projection.statements)))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for queries. The connection sees one state of the file, also while the writer commits."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield connection
