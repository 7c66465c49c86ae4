"""Long work is done one chunk per record, up to its end, across failures and restarts."""

from __future__ import annotations

from tests.counter_hop import Bench, CountRow
from workers.engine.api import Cursor
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.engine.timers import move_cursor, next_cursor, start_cursor


def bench_with(*keys: str) -> Bench:
    bench = Bench()
    for key in keys:
        bench.decider.rows.put(CountRow(n=1), key)
        bench.decider.rows.keep()
    return bench


def test_one_chunk_is_done_per_record_whatever_the_record_is() -> None:
    bench = bench_with("a", "b", "c", "d", "e")
    assert bench.send("each") == ["a has 1", "b has 1"]
    assert bench.tick(0) == ["c has 1", "d has 1"]
    assert bench.send("refuse a")[1:] == ["e has 1"]
    assert bench.tick(0) == []
    assert not bench.decider.has_cursor()


def test_a_cursor_continues_after_a_restart_where_it_was_committed() -> None:
    bench = bench_with("a", "b", "c", "d", "e")
    bench.send("each")
    bench.commit()
    bench.tick(0)
    bench.restart()
    assert bench.decider.has_cursor()
    assert bench.tick(0) == ["c has 1", "d has 1"]


def test_a_cursor_started_again_before_its_end_starts_at_the_beginning() -> None:
    bench = bench_with("a", "b", "c", "d", "e")
    bench.send("each")
    bench.tick(0)
    assert bench.send("each") == ["a has 1", "b has 1"]
    assert [bench.tick(0), bench.tick(0)] == [["c has 1", "d has 1"], ["e has 1"]]


def test_a_cursor_that_its_own_chunk_starts_again_starts_at_the_beginning() -> None:
    rows = Rows(MemoryStore())
    start_cursor(rows, "each", "a")
    move_cursor(rows, Cursor("each", "a", ""), "m")
    start_cursor(rows, "each", "a")
    move_cursor(rows, Cursor("each", "a", "m"), None)
    assert next_cursor(rows) == Cursor("each", "a", "")


def test_cursors_are_done_one_after_the_other() -> None:
    rows = Rows(MemoryStore())
    start_cursor(rows, "each", "b")
    start_cursor(rows, "each", "a")
    found = []
    while (cursor := next_cursor(rows)) is not None:
        found.append(cursor.key)
        move_cursor(rows, cursor, None)
    assert found == ["a", "b"]
