"""Only records and ticks move time. Watermarks in the log, which earlier releases write, survive a restart."""

from __future__ import annotations

import pytest

from tests.counter_hop import V1, Bench
from workers.engine.control import Resume, Tick, Watermark
from workers.engine.watermark_board import WatermarkBoard
from workers.engine.watermarks import Slowest


@pytest.mark.parametrize(
    ("stamps", "now_ms"),
    [([5], 5), ([5, 3], 5), ([5, 3, 9], 9), ([-1], 0), ([], 0)],
)
def test_stream_time_is_the_largest_stamp_of_a_handled_record(stamps: list[int], now_ms: int) -> None:
    bench = Bench()
    for stamp in stamps:
        bench.send("refuse a", stamp)
    bench.commit()
    bench.restart()
    assert bench.decider.now_ms == now_ms


def test_a_tick_moves_time_to_its_value_and_not_to_its_stamp() -> None:
    bench = Bench()
    bench.decide(bench.control(Tick(50), stamp_ms=900))
    assert bench.decider.now_ms == 50
    bench.tick(40)
    assert bench.decider.now_ms == 50


@pytest.mark.parametrize("control", [Watermark("left", 0, 1, 900), Resume("counter")])
def test_no_other_engine_record_moves_time(control: Watermark | Resume) -> None:
    bench = Bench()
    bench.decide(bench.control(control, stamp_ms=900))
    assert bench.decider.now_ms == 0
    assert bench.decider.next_offset("log") == 1


def read_in_log(bench: Bench, *values: tuple[str, int, int]) -> Slowest | None:
    """Let the partition read these watermarks in its log. Return its slowest upstream task; each agent has two."""
    for agent, partition, at_ms in values:
        bench.decide(bench.control(Watermark(agent, partition, 2, at_ms)))
    return slowest(bench)


def slowest(bench: Bench) -> Slowest | None:
    return WatermarkBoard(2).slowest(("left", "right"), bench.decider.watermarks.known)


ALL = (("left", 0, 500), ("left", 1, 300), ("right", 0, 900), ("right", 1, 900))


@pytest.mark.parametrize(
    ("watermarks", "expected"),
    [
        pytest.param((), Slowest(0, "left", 0), id="no task has sent one"),
        pytest.param(ALL[:3], Slowest(0, "right", 1), id="one task of four has sent none"),
        pytest.param(ALL, Slowest(300, "left", 1), id="the smallest of all tasks"),
        pytest.param((*ALL, ("left", 1, 600)), Slowest(500, "left", 0), id="a later one counts"),
        pytest.param((*ALL, ("left", 0, 10)), Slowest(300, "left", 1), id="a smaller one does not"),
        pytest.param((*ALL, ("stranger", 0, 1)), Slowest(300, "left", 1), id="other agents do not"),
    ],
)
@pytest.mark.parametrize("is_restarted", [False, True])
def test_watermarks_in_the_log_bound_time_as_in_earlier_releases(
    watermarks: tuple[tuple[str, int, int], ...], expected: Slowest, is_restarted: bool
) -> None:
    bench = Bench()
    assert read_in_log(bench, *watermarks) == expected
    bench.commit()
    if is_restarted:
        bench.restart()
    assert slowest(bench) == expected


def test_the_rows_know_the_next_offset_of_every_source() -> None:
    bench = Bench(config=V1)
    assert (bench.decider.next_offset("in"), bench.decider.next_offset("log")) == (None, None)
    bench.send("count a", offset=41)
    bench.send("boom a", offset=44)
    bench.tick(5)
    bench.commit()
    bench.restart()
    assert (bench.decider.next_offset("in"), bench.decider.next_offset("log")) == (45, 1)
