"""Rows behave like a sorted dict, in memory and in RocksDB, after any sequence of writes, commits and aborts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from workers.engine.memory import MemoryStore
from workers.engine.rows import Row, Rows
from workers.engine.store import RocksStore

Key = tuple[str, ...]


class LeadRow(Row, frozen=True):
    prefix: ClassVar[str] = "lead"
    points: int = 0


class LeadXRow(Row, frozen=True):
    prefix: ClassVar[str] = "lead-x"
    points: int = 0


class EventRow(Row, frozen=True):
    prefix: ClassVar[str] = "event"
    is_cached: ClassVar[bool] = False
    points: int = 0


TYPES = st.sampled_from([LeadRow, LeadXRow, EventRow])
# Few parts, so that keys collide: next to the separator, non-ASCII and empty.
PARTS = st.sampled_from(["", "a", "a\x01", "ab", "b", "é", "\U0001f600"])
KEYS = st.tuples(PARTS, st.sampled_from(["", "a"]))


class RowsAsSortedDict(RuleBasedStateMachine):
    """Rows over two stores, compared with one dict per layer."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.disk = RocksStore(Path(self.folder.name) / "rows", "changelog")
        self.memory = MemoryStore()
        self.both = [Rows(self.memory), Rows(self.disk)]
        self.committed: dict[tuple[type[Row], Key], Row] = {}
        self.kept = dict(self.committed)
        self.now = dict(self.committed)

    def teardown(self) -> None:
        if hasattr(self, "disk"):
            self.disk.close()
            self.folder.cleanup()

    @rule(type_=TYPES, key=KEYS, points=st.integers(-5, 5))
    def put(self, type_: type[LeadRow], key: Key, points: int) -> None:
        self.now[type_, key] = type_(points=points)
        for rows in self.both:
            rows.put(type_(points=points), *key)

    @rule(type_=TYPES, key=KEYS)
    def delete(self, type_: type[Row], key: Key) -> None:
        self.now.pop((type_, key), None)
        for rows in self.both:
            rows.delete(type_, *key)

    @rule(type_=TYPES, key=KEYS)
    def get(self, type_: type[Row], key: Key) -> None:
        for rows in self.both:
            assert rows.get(type_, *key) == self.now.get((type_, key))

    @rule(
        type_=TYPES,
        prefix=st.lists(PARTS, max_size=1).map(tuple),
        bound=st.one_of(st.none(), KEYS),
        is_after=st.booleans(),
        limit=st.integers(0, 6),
    )
    def scan(self, type_: type[Row], prefix: Key, bound: Key | None, is_after: bool, limit: int) -> None:
        expected = sorted(
            (tuple(part.encode() for part in key), key, row)
            for (of, key), row in self.now.items()
            if of is type_
            and key[: len(prefix)] == prefix
            and (
                bound is None
                or (encoded(key) > encoded(bound) if is_after else encoded(key) >= encoded(bound))
            )
        )
        if bound is None:
            asked: dict[str, Key] = {}
        else:
            asked = {"after": bound} if is_after else {"start": bound}
        for rows in self.both:
            found = rows.scan(type_, *prefix, limit=limit, **asked)
            assert found == [(key, row) for _, key, row in expected[:limit]]

    @rule()
    def keep(self) -> None:
        self.kept = dict(self.now)
        for rows in self.both:
            rows.keep()

    @rule()
    def discard(self) -> None:
        self.now = dict(self.kept)
        for rows in self.both:
            rows.discard()

    @rule()
    def commit(self) -> None:
        self.now = dict(self.kept)
        self.committed = dict(self.kept)
        for rows, store in zip(self.both, (self.memory, self.disk), strict=True):
            rows.discard()
            store.write(rows.changes())
            rows.committed()

    @rule()
    def abort(self) -> None:
        self.now = dict(self.committed)
        self.kept = dict(self.committed)
        self.both = [Rows(self.memory), Rows(self.disk)]

    @invariant()
    def both_stores_hold_the_same(self) -> None:
        if hasattr(self, "disk"):
            assert list(self.disk.scan(b"", b"\xff")) == list(self.memory.dump().items())


def encoded(key: Key) -> bytes:
    return "\x00".join(key).encode()


TestRowsAsSortedDict = RowsAsSortedDict.TestCase
TestRowsAsSortedDict.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
