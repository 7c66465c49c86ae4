"""The crash marker finds the record that kills the worker. That record is buried, and no other."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.engine.api import Timer
from workers.engine.marker import CrashMarker, Verdict

Log = list[tuple[str, int]]


class CrashError(Exception):
    """The process has crashed and lost its memory."""


class Worker:
    """A worker that decides a log in batches of at most ten, and crashes at each record for which ``is_deadly`` is true."""

    def __init__(self, path: Path, is_deadly: Callable[[str, int], bool]) -> None:
        self.path = path
        self.is_deadly = is_deadly
        self.handled: Log = []
        self.buried: Log = []
        self.verdicts: list[str] = []
        self.starts = 0

    def run(self, log: Log) -> None:
        """Decide the log. Restart after every crash."""
        while len(self.handled) + len(self.buried) < len(log):
            self.starts += 1
            assert self.starts < 100, "the worker crashes for ever"
            marker = CrashMarker(self.path)
            try:
                self.work(marker, log)
            except CrashError:
                marker.close()

    def work(self, marker: CrashMarker, log: Log) -> None:
        while rest := log[len(self.handled) + len(self.buried) :]:
            verdict = marker.verdict(*rest[0])
            self.verdicts.append(verdict)
            if verdict is Verdict.BURY:
                self.buried.append(rest[0])
                continue
            batch = rest[:10] if verdict is Verdict.NORMAL else rest[:1]
            spans: dict[str, tuple[int, int]] = {}
            for topic, offset in batch:
                spans[topic] = (min(offset, spans.get(topic, (offset, 0))[0]), offset)
            marker.mark(spans)
            for topic, offset in batch:
                if self.is_deadly(topic, offset):
                    raise CrashError
            marker.clear()
            self.handled += batch


def log_of(records: int) -> Log:
    return [("t", n) for n in range(records)]


def test_without_a_crash_every_batch_is_taken_as_it_comes(tmp_path: Path) -> None:
    worker = Worker(tmp_path / "marker", lambda _topic, _offset: False)
    worker.run(log_of(100))
    assert set(worker.verdicts) == {"normal"}


@pytest.mark.parametrize("deadly", [{0}, {5}, {9}, {10}, {14, 16}, {3, 4, 5}, {0, 99}])
def test_each_deadly_record_is_buried_and_nothing_else(tmp_path: Path, deadly: set[int]) -> None:
    worker = Worker(tmp_path / "marker", lambda _, offset: offset in deadly)
    worker.run(log_of(100))
    assert [offset for _, offset in worker.buried] == sorted(deadly)
    assert sorted(worker.handled + worker.buried) == log_of(100)


def test_a_deadly_record_is_seen_three_times_and_costs_two_crashes(tmp_path: Path) -> None:
    worker = Worker(tmp_path / "marker", lambda _, offset: offset == 5)
    worker.run(log_of(30))
    assert worker.starts == 3
    assert worker.verdicts == ["normal", *["one_by_one"] * 6, "bury", *["one_by_one"] * 4, "normal", "normal"]


def test_one_crash_that_does_not_come_again_buries_nothing(tmp_path: Path) -> None:
    crashes = iter([True])
    worker = Worker(tmp_path / "marker", lambda _, offset: offset == 25 and next(crashes, False))
    worker.run(log_of(100))
    assert worker.buried == []
    assert worker.verdicts.count("one_by_one") == 10
    assert worker.verdicts[-1] == "normal"


def test_a_batch_of_one_is_no_less_innocent_at_its_first_crash(tmp_path: Path) -> None:
    crashes = iter([True])
    worker = Worker(tmp_path / "marker", lambda *_: next(crashes, False))
    worker.run(log_of(1))
    assert worker.buried == []


def test_a_record_of_another_topic_between_the_suspects_is_not_condemned_at_its_first_crash(
    tmp_path: Path,
) -> None:
    marker = CrashMarker(tmp_path / "marker")
    marker.mark({"a": (0, 9)})
    after_first = CrashMarker(tmp_path / "marker")
    assert after_first.verdict("b", 7) is Verdict.ONE_BY_ONE
    after_first.mark({"b": (7, 7)})
    after_second = CrashMarker(tmp_path / "marker")
    assert after_second.verdict("b", 7) is Verdict.ONE_BY_ONE
    assert after_second.verdict("a", 0) is Verdict.ONE_BY_ONE


def test_the_condemned_record_is_buried_even_when_others_come_before_it(tmp_path: Path) -> None:
    marker = CrashMarker(tmp_path / "marker")
    marker.mark({"a": (0, 9), "b": (3, 3)})
    marker = CrashMarker(tmp_path / "marker")
    marker.mark({"b": (3, 3)})
    marker = CrashMarker(tmp_path / "marker")
    marker.verdict("a", 0)
    marker.mark({"a": (0, 0)})
    marker.clear()
    marker = CrashMarker(tmp_path / "marker")
    assert marker.verdict("a", 1) is Verdict.ONE_BY_ONE
    assert marker.verdict("b", 3) is Verdict.BURY


def test_suspects_that_another_worker_has_handled_meanwhile_are_forgotten(tmp_path: Path) -> None:
    CrashMarker(tmp_path / "marker").mark({"t": (0, 9)})
    assert CrashMarker(tmp_path / "marker").verdict("t", 10) is Verdict.NORMAL


def test_suspects_that_never_come_again_do_not_slow_the_partition_for_ever(tmp_path: Path) -> None:
    CrashMarker(tmp_path / "marker").mark({"silent": (0, 9), "t": (0, 9)})
    marker = CrashMarker(tmp_path / "marker")
    verdicts = []
    for offset in range(2_000):
        verdicts.append(marker.verdict("t", offset))
        marker.mark({"t": (offset, offset)})
        marker.clear()
    assert set(verdicts[:20]) == {Verdict.ONE_BY_ONE}
    assert set(verdicts[1_000:]) == {Verdict.NORMAL}


@pytest.mark.parametrize("found", [b"", b"\n", b"{", b'{"deciding":7}\n', b"\x00" * 100])
def test_a_marker_damaged_by_a_power_cut_has_no_suspects(tmp_path: Path, found: bytes) -> None:
    (tmp_path / "marker").write_bytes(found)
    assert CrashMarker(tmp_path / "marker").verdict("t", 0) is Verdict.NORMAL


KILLED = """
import os, signal, sys
from pathlib import Path
from workers.engine.marker import CrashMarker
marker = CrashMarker(Path(sys.argv[1]))
marker.mark({"t": (0, 4)}); marker.clear()
marker.mark({"t": (5, 9)})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_marker_outlives_kill_9(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "marker")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert CrashMarker(tmp_path / "marker").verdict("t", 5) is Verdict.ONE_BY_ONE


def test_a_closed_marker_keeps_the_records_that_were_being_decided(tmp_path: Path) -> None:
    marker = CrashMarker(tmp_path / "marker")
    marker.mark({"t": (0, 9)})
    marker.close()
    marker.close()
    assert CrashMarker(tmp_path / "marker").verdict("t", 0) is Verdict.ONE_BY_ONE


DUE = Timer("overdue", "bank.example", 5_000)


def crash_in(timer: Timer, path: Path) -> CrashMarker:
    """Crash the process while it runs a timer before record 3. Return the marker of the next start."""
    marker = CrashMarker(path)
    marker.mark({"t": (3, 9)})
    marker.mark_timer(timer)
    marker.close()
    return CrashMarker(path)


def test_a_timer_is_condemned_by_its_second_crash_and_no_record_is_suspected(tmp_path: Path) -> None:
    first = crash_in(DUE, tmp_path / "marker")
    assert (first.is_condemned(DUE), first.verdict("t", 3)) == (False, Verdict.NORMAL)
    second = crash_in(DUE, tmp_path / "marker")
    assert (second.is_condemned(DUE), second.verdict("t", 3)) == (True, Verdict.NORMAL)


@pytest.mark.parametrize(
    "other", [Timer("overdue", "bank.example", 6_000), Timer("overdue", "ship.example", 5_000)]
)
def test_another_timer_is_not_condemned_by_the_crash_of_one(tmp_path: Path, other: Timer) -> None:
    """A timer that is set again has another due time."""
    crash_in(DUE, tmp_path / "marker")
    marker = crash_in(other, tmp_path / "marker")
    assert not marker.is_condemned(DUE)
    assert not marker.is_condemned(other)


def test_a_record_that_crashes_behind_a_timer_is_the_suspect(tmp_path: Path) -> None:
    marker = CrashMarker(tmp_path / "marker")
    marker.mark({"t": (3, 9)})
    marker.mark_timer(DUE)
    marker.clear_timer()
    marker = CrashMarker(tmp_path / "marker")
    assert marker.verdict("t", 3) is Verdict.ONE_BY_ONE
    marker.mark({"t": (3, 3)})
    marker.mark_timer(DUE)
    marker.clear_timer()
    marker = CrashMarker(tmp_path / "marker")
    assert (marker.is_condemned(DUE), marker.verdict("t", 3)) == (False, Verdict.BURY)


def test_suspected_timers_outlive_batches_and_are_forgotten_in_time(tmp_path: Path) -> None:
    crash_in(DUE, tmp_path / "marker")
    marker = crash_in(DUE, tmp_path / "marker")
    marker.mark({"t": (3, 9)})
    marker.clear()
    marker = CrashMarker(tmp_path / "marker")
    assert marker.is_condemned(DUE)
    marker.mark({"t": (10, 2_000)})
    marker.clear()
    assert not CrashMarker(tmp_path / "marker").is_condemned(DUE)
