"""A row watch counts each row once, whatever is committed while it reads, and then every change."""

from __future__ import annotations

import asyncio
import random
from typing import ClassVar

import pytest

from workers.engine.batch import Decided
from workers.engine.memory import MemoryStore
from workers.engine.row_watch import CommitView, RowWatch


class Content:
    """Builds the watched rows from the calls of a row watch alone."""

    prefixes: ClassVar[tuple[str, ...]] = ("a", "c")

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.is_complete = False

    def count(self, key: bytes, before: bytes | None, after: bytes | None) -> None:
        assert self.rows.pop(key, None) == before
        if after is not None:
            self.rows[key] = after

    def published(self, view: CommitView) -> None: ...

    def complete(self) -> None:
        self.is_complete = True

    def close(self) -> None: ...


@pytest.mark.parametrize("seed", range(10))
async def test_rows_that_change_while_they_are_read_count_once(seed: int) -> None:
    chance = random.Random(seed)
    store, content = MemoryStore(), Content()

    def some_changes() -> dict[bytes, bytes | None]:
        keys = sorted(f"{chance.choice('abc')}\x00{chance.randrange(20)}".encode() for _ in range(8))
        return {key: chance.choice([None, b"1", b"2"]) for key in keys}

    store.write(some_changes() | some_changes() | some_changes())
    watch = RowWatch(content, store, page_rows=chance.choice([1, 2, 100]))
    reading = asyncio.create_task(watch.read())
    for _ in range(12):
        changes = some_changes()
        watch.committed(Decided([], changes))
        store.write(changes)
        await asyncio.sleep(0.004)
    await reading

    assert content.is_complete
    assert content.rows == {key: row for key, row in store.dump().items() if key[:1] in b"ac"}


def test_the_changes_of_a_prefix_are_found_and_no_other() -> None:
    store = MemoryStore()
    store.write({b"a\x001": b"old"})
    changes = {b"a\x001": b"new", b"a\x002": None, b"ab\x001": b"x", b"c\x001": b"y"}
    view = CommitView(Decided([], changes), store)
    assert list(view.changed("a")) == [(b"a\x001", b"new"), (b"a\x002", None)]
    assert list(view.changed("c")) == [(b"c\x001", b"y")]
    assert list(view.changed("b")) == []
    assert (view.before(b"a\x001"), view.before(b"a\x002")) == (b"old", None)
