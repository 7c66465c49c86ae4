"""A record that cannot be decided becomes a dead letter without its values. Too many dead letters stop a partition."""

from __future__ import annotations

import msgspec
import pytest

from tests.counter_hop import SECRET, Bench, CountRow, text_of
from workers.engine.batch import Limits, RowTooLargeError
from workers.engine.control import HEADER, Tick
from workers.engine.memory import MemoryStore
from workers.engine.quarantine import QuarantineLimits, QuarantineRow, count_record
from workers.engine.rows import row_key
from workers.engine.state_errors import RowUnreadableError, StoreDamagedError
from workers.engine.timers import TimerRow, next_cursor, next_timer

SMALL = Limits(max_record_bytes=1000, max_output_bytes=500)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "empty: a value was expected"),
        (None, "empty: a value was expected"),
        (b"\xff", "handler_failed: UnicodeDecodeError at tests.counter_hop:"),
        ("boom a", "handler_failed: ValueError at tests.counter_hop:"),
        ("refuse a", "unknown_handoff: there is none"),
        ("x" * 1001, "too_large: 1001 bytes, at most 1000 are read"),
        ("longoutput 500 a", "output_too_large: 501 bytes for out, at most 500 fit"),
        ("longrow 500 a", "output_too_large: a row of "),
        ("at never a", "handler_failed: ValueError at tests.counter_hop:"),
    ],
)
def test_a_bad_record_becomes_a_dead_letter_with_its_reason_and_the_next_one_is_decided(
    value: str | bytes | None, expected: str
) -> None:
    bench = Bench(limits=SMALL)
    (letter,) = bench.send(value, 5)
    assert letter.startswith(f"counter {expected}")
    assert bench.decider.next_offset("in") == 1
    assert bench.send("count a", 6) == ["a=1 at 6 from in by v1"]


@pytest.mark.parametrize("value", ["boom a", "refuse a", "longoutput 500 a", "longrow 500 a"])
def test_a_failed_record_leaves_no_partial_changes(value: str) -> None:
    bench = Bench(limits=SMALL)
    bench.send("count a", 4)
    bench.send(value, 5)
    assert bench.count("a") == 1
    assert next_timer(bench.decider.rows, 5) is None
    assert bench.send("count a", 6) == ["a=2 at 6 from in by v1"]


@pytest.mark.parametrize("value", ["longoutput 499 a", "longrow 480 a", "count" + " " * 994 + "a"])
def test_a_record_at_the_size_limit_is_decided(value: str) -> None:
    bench = Bench(limits=SMALL)
    assert not any(text.startswith("counter ") for text in bench.send(value))


def test_no_dead_letter_holds_the_text_of_an_error() -> None:
    bench = Bench()
    texts = [
        *bench.send(f"boom {SECRET}", 1),
        *bench.send("at 2 boom", 1),
        *bench.send(f"cursor {SECRET}", 3),
        *bench.send(f"at {SECRET} a", 4),
    ]
    letters = [text for text in texts if text.startswith("counter ")]
    assert len(letters) == 4
    assert not any(SECRET in text for text in letters)


def test_a_dead_letter_is_stamped_with_the_time_of_the_decision() -> None:
    bench = Bench(limits=SMALL)
    for value in ("boom a", "x" * 1001):
        bench.send(value, 7)
    bench.decider.bury(bench.record("count a", 7), "crashed_worker", "it did")
    assert [emit.timestamp_ms for emit in bench.decider.take().outputs] == [7, 7, 7]


def test_a_timer_that_fails_becomes_a_dead_letter_and_the_others_still_fire() -> None:
    bench = Bench()
    bench.send("at 10 boom")
    bench.send("at 10 cat")
    failed, good, count = bench.send("count a", 20)
    assert failed.startswith("counter handler_failed: ValueError at ")
    assert (good, count) == ("timers=1 cat due 10 at 10 by v1", "a=1 at 20 from in by v1")
    assert bench.tick(30) == ["timers=2 of a due 20 at 20 by v1"]


def test_a_cursor_that_fails_becomes_a_dead_letter_and_ends() -> None:
    bench = Bench()
    texts = bench.send("cursor a")
    assert [text.split(":")[0] for text in texts] == ["a=1 at 0 from in by v1", "counter handler_failed"]
    assert next_cursor(bench.decider.rows) is None
    assert bench.count("cursors") == 0


def test_a_record_that_kills_the_worker_is_buried_undecided() -> None:
    bench = Bench()
    bench.decider.bury(bench.record("count a"), "crashed_worker", "it did")
    assert bench.count("a") == 0
    assert bench.decider.next_offset("in") == 1
    assert text_of(bench.decider.take().outputs[0]).startswith("counter crashed_worker: it did")


def test_an_engine_row_that_is_too_large_fails_the_batch_and_the_error_names_the_row() -> None:
    bench = Bench(limits=Limits(max_output_bytes=200))
    bench.decider.checks_rows = False
    bench.send("count a")
    bench.decider.decide(bench.record("longrow 150 a"))
    bench.decider.take()
    bench.decider.decide(bench.record("longrow 250 b"))
    with pytest.raises(RowTooLargeError, match="text"):
        bench.decider.take()


def test_an_undecodable_engine_record_becomes_a_dead_letter_and_moves_no_time() -> None:
    bench = Bench()
    (letter,) = bench.send("rubbish", 50, "log", headers=((HEADER, b"tick"),))
    assert letter == "counter breaks_contract: not an engine record at 0"
    assert bench.decider.next_offset("log") == 1


def test_only_the_own_log_holds_engine_records_whatever_headers_foreign_ones_carry() -> None:
    bench = Bench()
    bench.send("at 500 cat", 1)
    texts = bench.decide(bench.control(Tick(1_000_000), 2, topic="in"))
    assert bench.decider.now_ms == 2
    assert not any("due" in text for text in texts)


# The two limits: a share of the recent records, and a run of dead letters.


def counts_after(letters: str, limits: QuarantineLimits) -> QuarantineRow:
    """Return the counts after a sequence of records: '.' is decided, 'x' is a dead letter."""
    row = QuarantineRow()
    for letter in letters:
        row = count_record(row, limits, is_dead=letter == "x")
    return row


LIMITS = QuarantineLimits(share_percent=50, window=10, run=4)


@pytest.mark.parametrize(
    ("letters", "is_stopped"),
    [
        ("xxx", False),
        ("xxxx", True),
        ("xxx.xxx", False),
        ("xx.xx.xx.", False),  # the window is not full yet
        ("xx.xx.xx.x", True),  # 7 of 10
        ("x.x.x.x.x.", False),  # 5 of 10 is not more than half
        ("..........", False),
        (".........." + "xxx.xxx...", False),  # 6 of the last 10, but the 10 before them still count
        (".........." * 5 + "xxx.xxx.xxx.", True),
        ("xxxx" + "." * 50, True),  # stopped stays stopped until resumed
    ],
)
def test_a_partition_stops_past_a_run_or_a_share_of_dead_letters(letters: str, is_stopped: bool) -> None:
    assert bool(counts_after(letters, LIMITS).stopped) is is_stopped


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("xxxx", "4 dead letters in a row (limit 4)"),
        ("xx.xx.xx.x", "7 of the last 10 records are dead letters (limit 50 %)"),
    ],
)
def test_the_reason_of_a_stop_holds_its_numbers(letters: str, why: str) -> None:
    assert counts_after(letters, LIMITS).stopped == why


@pytest.mark.parametrize("restart_after", range(1, 4))
def test_a_run_of_dead_letters_outlives_a_restart(restart_after: int) -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    for number in range(4):
        assert not bench.decider.quarantine.stopped
        bench.send("refuse a")
        if number == restart_after - 1:
            bench.commit()
            bench.restart()
    assert bench.decider.quarantine.stopped


def test_a_stopped_partition_is_still_stopped_after_a_restart_and_runs_again_when_resumed() -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    for _ in range(4):
        bench.send("refuse a")
    bench.commit()
    bench.restart()
    assert bench.decider.quarantine.stopped == "4 dead letters in a row (limit 4)"
    bench.decider.resume(17)
    bench.commit()
    bench.restart()
    assert bench.decider.quarantine == QuarantineRow(resumed_offset=17)
    bench.send("refuse a")
    assert not bench.decider.quarantine.stopped


def test_the_engines_own_records_make_no_run_shorter() -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    for number in range(4):
        bench.send("refuse a")
        bench.tick(number)
    assert bench.decider.quarantine.run == 4


def test_failed_timers_stop_the_partition_at_the_limit_and_the_others_stay() -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    for number in range(8):
        bench.send(f"at {number + 10} boom{number}")
    assert bench.decider.advance(bench.record("count a", 100)) is False
    assert bench.decider.quarantine.stopped == "4 dead letters in a row (limit 4)"
    assert len(bench.decider.rows.scan(TimerRow, limit=100)) == 4
    assert bench.decider.dead_letters == {"handler_failed": 4}


def test_a_timer_that_succeeds_does_not_end_a_run_of_dead_letters() -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    bench.send("at 10 a")
    for number in range(4):
        bench.send("refuse a", at_ms=number * 10)
    assert bench.decider.quarantine.run == 4


def test_a_resume_that_answers_an_earlier_stop_is_not_looked_for() -> None:
    bench = Bench(limits=Limits(quarantine=LIMITS))
    for _ in range(4):
        bench.send("refuse a")
    bench.decider.expect_resume(23)
    bench.commit()
    bench.restart()
    assert bench.decider.quarantine.answers_from == 23
    bench.decider.resume(25)
    assert bench.decider.quarantine == QuarantineRow(resumed_offset=25)


class FailingStore(MemoryStore):
    """A store that cannot read the row of the key `a`."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or fail as a damaged copy does."""
        if key == row_key(CountRow, ("a",)):
            raise StoreDamagedError("a damaged block")
        return super().get(key)


def test_a_record_is_not_blamed_for_a_copy_that_cannot_be_read() -> None:
    bench = Bench(FailingStore())
    with pytest.raises(StoreDamagedError):
        bench.send("count a")
    assert not bench.decider.dead_letters
    assert bench.decider.next_offset("in") is None


def test_a_record_is_not_blamed_for_a_row_of_a_newer_version() -> None:
    store = MemoryStore()
    store.write({row_key(CountRow, ("a",)): msgspec.msgpack.encode({"n": "many"})})
    bench = Bench(store)
    with pytest.raises(RowUnreadableError, match=r"of the type CountRow \(prefix 'count'\).*at \$\.n"):
        bench.send("count a")
    assert not bench.decider.dead_letters
