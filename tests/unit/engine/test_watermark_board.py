"""The board: a partition waits for the slowest upstream task that has not been released."""

from __future__ import annotations

import pytest

from workers.engine import watermark_board
from workers.engine.watermark_board import (
    AgentReport,
    WatermarkBoard,
    WorkerReport,
    decode_report,
    encode_report,
)
from workers.engine.watermarks import Slowest, WatermarkRow

UPSTREAM = ("left",)


def board_of(*reports: WorkerReport) -> WatermarkBoard:
    made = WatermarkBoard(2)
    for report in reports:
        published = decode_report(encode_report(report))
        assert published == report
        made.apply(published)
    return made


def report(
    generation: int, *reached_ms: int, partitions: tuple[int, ...] = (0, 1), released: tuple[int, ...] = ()
) -> WorkerReport:
    return WorkerReport(
        generation, [AgentReport("left", "left.log", list(partitions), list(reached_ms), list(released))]
    )


def test_the_time_of_a_partition_is_unknown_until_every_upstream_task_has_a_watermark() -> None:
    assert board_of(report(1, 50, partitions=(0,))).slowest(UPSTREAM, {}) == Slowest(0, "left", 1)
    assert board_of(report(1, 50, 40)).slowest(UPSTREAM, {}) == Slowest(40, "left", 1)


def test_the_watermark_of_an_earlier_owner_takes_nothing_back() -> None:
    """A worker that was frozen has lost its partitions, and publishes what it knew."""
    board = board_of(report(5, 90, 90), report(4, 20, 20))
    assert board.slowest(UPSTREAM, {}) == Slowest(90, "left", 0)


def test_a_worker_takes_its_own_watermark_before_it_is_published() -> None:
    board = board_of(report(1, 50, 60))
    board.reach("left", 0, 70)
    assert board.slowest(UPSTREAM, {}) == Slowest(60, "left", 1)
    assert board.reached_ms("left", 0) == 70


def test_the_later_of_a_watermark_in_the_log_and_a_reported_one_counts() -> None:
    """In a rolling upgrade some tasks write into the log, the others report, and a task that moved has done both."""
    board = board_of(report(1, 50, 60))
    in_log = {("left", 0): WatermarkRow(80, 2), ("left", 1): WatermarkRow(10, 2)}
    assert board.slowest(UPSTREAM, in_log) == Slowest(60, "left", 1)
    assert WatermarkBoard(2).slowest(UPSTREAM, in_log) == Slowest(10, "left", 1)


@pytest.mark.parametrize(
    ("reports", "slowest"),
    [
        pytest.param([report(3, 10, 60, released=(0,))], Slowest(60, "left", 1), id="is not waited for"),
        pytest.param(
            [report(3, 10, 60, released=(0, 1))], None, id="if all are released there is nothing to wait for"
        ),
        pytest.param(
            [report(3, 10, 60, released=(0,)), report(3, 10, 60)], Slowest(10, "left", 0), id="until it runs"
        ),
        pytest.param(
            [report(4, 10, 60), report(3, 10, 60, released=(0,))],
            Slowest(10, "left", 0),
            id="an earlier owner cannot release it",
        ),
        pytest.param(
            [report(4, 10, 60, released=(0,)), report(3, 10, 60)],
            Slowest(60, "left", 1),
            id="an earlier owner cannot end the release",
        ),
        pytest.param(
            [report(4, 10, 60), report(5, 10, 60, released=(0,))],
            Slowest(60, "left", 1),
            id="a later owner can",
        ),
    ],
)
def test_a_released_task(reports: list[WorkerReport], slowest: Slowest | None) -> None:
    assert board_of(*reports).slowest(UPSTREAM, {}) == slowest


def test_a_log_is_covered_while_workers_of_this_release_report_its_partitions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 1_000.0
    monkeypatch.setattr(watermark_board.time, "monotonic", lambda: now_s)
    board = WatermarkBoard(3)
    assert board.uncovered("left.log") == [0, 1, 2]
    board.apply(report(1, 0, 0))
    assert board.uncovered("left.log") == [2]
    assert board.uncovered("right.log") == [0, 1, 2]
    now_s += 31
    assert board.uncovered("left.log") == [0, 1, 2]


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b'{"generation": 1}'])
def test_an_undecodable_report_decodes_to_none(raw: bytes) -> None:
    assert decode_report(raw) is None


def test_a_field_of_a_later_release_is_ignored() -> None:
    raw = encode_report(report(1, 50, 60)).replace(b"{", b'{"later": 1, ', 1)
    assert decode_report(raw) == report(1, 50, 60)
