"""Work that concerns many is done one chunk per record, to its end, whatever happens in between."""

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
    assert bench.say("each") == ["a has 1", "b has 1"]
    assert bench.tick(0) == ["c has 1", "d has 1"]
    assert bench.say("refuse a")[1:] == ["e has 1"]
    assert bench.tick(0) == []
    assert not bench.decider.has_cursor()


def test_a_cursor_goes_on_after_a_restart_where_it_was_committed() -> None:
    bench = bench_with("a", "b", "c", "d", "e")
    bench.say("each")
    bench.commit()
    bench.tick(0)
    bench.restart()
    assert bench.decider.has_cursor()
    assert bench.tick(0) == ["c has 1", "d has 1"]


def test_a_cursor_begun_again_while_under_way_starts_over() -> None:
    bench = bench_with("a", "b", "c", "d", "e")
    bench.say("each")
    bench.tick(0)
    assert bench.say("each") == ["a has 1", "b has 1"]
    assert [bench.tick(0), bench.tick(0)] == [["c has 1", "d has 1"], ["e has 1"]]


def test_a_cursor_that_its_own_chunk_begins_again_starts_over() -> None:
    rows = Rows(MemoryStore())
    start_cursor(rows, "each", "a")
    move_cursor(rows, Cursor("each", "a", ""), "m")
    start_cursor(rows, "each", "a")
    move_cursor(rows, Cursor("each", "a", "m"), None)
    assert next_cursor(rows) == Cursor("each", "a", "")


def test_cursors_are_worked_off_one_after_the_other() -> None:
    rows = Rows(MemoryStore())
    start_cursor(rows, "each", "b")
    start_cursor(rows, "each", "a")
    found = []
    while (cursor := next_cursor(rows)) is not None:
        found.append(cursor.key)
        move_cursor(rows, cursor, None)
    assert found == ["a", "b"]
