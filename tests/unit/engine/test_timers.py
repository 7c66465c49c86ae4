"""Timers fire once, at their due times and in their order. A timer that was moved or cancelled does not fire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.counter_hop import Bench
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.engine.timers import FiredRow, TimerRow, cancel_timer, next_timer, set_timer, take_timer


def due_keys(texts: list[str]) -> list[str]:
    """Return each timer that fired, as 'key at TIME', with the time that its handler got."""
    return [
        f"{text.split(' ')[1]} at {text.split(' at ')[1].split(' ')[0]}" for text in texts if " due " in text
    ]


@pytest.mark.parametrize(
    ("before", "until_ms", "fired"),
    [
        pytest.param(["at 30 c", "at 10 a", "at 20 b"], 30, ["a at 10", "b at 20", "c at 30"], id="in order"),
        pytest.param(["at 10 b", "at 10 a"], 10, ["a at 10", "b at 10"], id="ties by key"),
        pytest.param(["at 9 a", "at 10 b"], 10, ["a at 9", "b at 10"], id="nine comes before ten"),
        pytest.param(["at 11 a"], 10, [], id="not before its time"),
        pytest.param(["at 10 a", "at 20 a"], 10, [], id="moved back"),
        pytest.param(["at 20 a", "at 10 a"], 20, ["a at 10"], id="moved forward, once"),
        pytest.param(["at 10 a", "cancel a"], 20, [], id="cancelled"),
        pytest.param(["cancel a", "at 10 a"], 20, ["a at 10"], id="cancelled before it was set"),
        pytest.param(["at 10 a", "at 10 a"], 20, ["a at 10"], id="set twice"),
        pytest.param(["at 10 again"], 20, ["again at 10", " at 10"], id="one sets another that is due"),
        pytest.param(["at -5 a"], 0, ["a at -5"], id="before the epoch"),
        pytest.param(
            [f"at {10**15} a", f"at {2 * 10**14} b"], 3 * 10**14, ["b at 200000000000000"], id="far off"
        ),
    ],
)
def test_timers_fire_in_the_order_of_their_due_times_and_get_them(
    before: list[str], until_ms: int, fired: list[str]
) -> None:
    bench = Bench()
    for value in before:
        bench.send(value)
    assert due_keys(bench.tick(until_ms)) == fired
    assert due_keys(bench.tick(until_ms)) == []


def test_due_timers_run_before_the_record() -> None:
    bench = Bench()
    bench.send("at 10 a")
    assert bench.send("count b", 10) == ["timers=1 a due 10 at 10 by v1", "b=1 at 10 from in by v1"]


def test_a_timer_set_in_the_past_fires_before_the_next_record_and_gets_its_due_time() -> None:
    bench = Bench()
    bench.send("at 90 z")
    bench.tick(100)
    bench.send("at 5 a", 100)
    bench.send("at 3 b", 0)
    assert due_keys(bench.send("count c", 0)) == ["b at 3"]


def test_an_output_of_a_timer_is_stamped_with_its_due_time() -> None:
    bench = Bench()
    bench.send("at 10 a")
    bench.tick(99)
    assert [emit.timestamp_ms for emit in bench.decider.take().outputs] == [10]


def test_a_committed_timer_does_not_fire_again_after_a_restart_and_an_uncommitted_one_does() -> None:
    bench = Bench()
    bench.send("at 10 a")
    bench.commit()
    assert due_keys(bench.tick(10)) == ["a at 10"]
    bench.restart()
    assert due_keys(bench.tick(10)) == ["a at 10"]
    bench.commit()
    bench.restart()
    assert due_keys(bench.tick(10)) == []


def test_many_due_timers_are_fired_in_slices() -> None:
    bench = Bench()
    for number in range(5):
        bench.send(f"at {number + 1} t{number}", 0, "log")
    record = bench.record("count a", 100)
    ends = [bench.decider.advance(record, timers=2) for _ in range(3)]
    assert ends == [False, False, True]


class CountingStore(MemoryStore):
    """Counts the tombstones that scans pass: deleted rows, which RocksDB keeps as tombstones."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.deleted: set[bytes] = set()

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        self.seen += sum(start <= key < end for key in self.deleted)
        return super().scan(start, end)

    def write(self, changes: dict[bytes, bytes | None]) -> None:
        self.deleted |= {key for key, value in changes.items() if value is None}
        super().write(changes)


def test_a_scan_for_due_timers_starts_after_the_last_one_fired() -> None:
    store = CountingStore()
    bench = Bench(store)
    for number in range(100):
        bench.send(f"at {1000 + number} t{number}", 0, "log")
    bench.commit()
    for number in range(100):
        bench.tick(1000 + number)
        bench.commit()
    assert len([key for key in store.deleted if key.startswith(b"~timer\x00")]) == 100
    assert store.seen <= 2 * 100  # each scan may pass the tombstone of the last one fired, and no earlier one


def test_a_timer_set_before_the_last_one_fired_is_found() -> None:
    rows = Rows(MemoryStore())
    set_timer(rows, "alarm", "late", 1000)
    timer = next_timer(rows, 1000)
    assert timer is not None
    take_timer(rows, timer)
    set_timer(rows, "alarm", "early", 10)
    assert rows.get(FiredRow) == FiredRow(slot_ms=1000)
    found = next_timer(rows, 1000)
    assert found is not None
    assert (found.key, found.due_ms) == ("early", 10)


def test_a_cancelled_timer_leaves_no_row() -> None:
    rows = Rows(MemoryStore())
    set_timer(rows, "alarm", "a", 10)
    cancel_timer(rows, "alarm", "a")
    rows.keep()
    assert rows.scan(TimerRow, limit=9) == []
    assert not any(rows.changes().values())


def test_no_scan_is_made_while_no_timer_can_be_due() -> None:
    store = CountingStore()
    bench = Bench(store)
    bench.send("at 1000 a")
    bench.commit()
    store.deleted = {b"~timer\x009"}
    for at_ms in range(10, 60):
        bench.tick(at_ms)
    assert store.seen == 0, "the hint about the next timer must survive a commit"
