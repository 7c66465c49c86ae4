"""Only records and ticks move time, and time never passes the smallest watermark of the upstream tasks."""

from __future__ import annotations

import pytest

from tests.counter_hop import V1, Bench
from workers.engine.control import Resume, Tick, Watermark
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


def marks(*values: tuple[str, int, int, int]) -> list[Watermark]:
    return [Watermark(*value) for value in values]


@pytest.mark.parametrize(
    ("watermarks", "reached_ms"),
    [
        pytest.param(marks(), 0, id="no task has sent one"),
        pytest.param(marks(("left", 0, 1, 50)), 0, id="the other agent has sent none"),
        pytest.param(marks(("left", 0, 2, 50), ("right", 0, 1, 60)), 0, id="one task of two has sent none"),
        pytest.param(marks(("left", 0, 1, 50), ("right", 0, 1, 60)), 50, id="the smallest"),
        pytest.param(
            marks(("left", 0, 2, 50), ("left", 1, 2, 30), ("right", 0, 1, 60)),
            30,
            id="the smallest of all tasks",
        ),
        pytest.param(
            marks(("left", 0, 1, 50), ("right", 0, 1, 60), ("left", 0, 1, 80)), 60, id="a later one counts"
        ),
        pytest.param(
            marks(("left", 0, 1, 50), ("right", 0, 1, 60), ("left", 0, 1, 10)),
            50,
            id="a smaller one does not",
        ),
        pytest.param(
            marks(("left", 0, 1, 50), ("right", 0, 1, 60), ("stranger", 0, 1, 1)),
            50,
            id="other agents do not",
        ),
        pytest.param(marks(("left", 0, 1, 0), ("right", 0, 1, 60)), 0, id="a task at the beginning of time"),
    ],
)
@pytest.mark.parametrize("is_restarted", [False, True])
def test_the_reached_time_is_the_smallest_watermark_of_all_upstream_tasks(
    watermarks: list[Watermark], reached_ms: int, is_restarted: bool
) -> None:
    bench = Bench()
    for watermark in watermarks:
        bench.decide(bench.control(watermark))
    bench.commit()
    if is_restarted:
        bench.restart()
    assert bench.decider.reached_ms() == reached_ms


def test_the_rows_know_the_next_offset_of_every_source() -> None:
    bench = Bench(config=V1)
    assert (bench.decider.next_offset("in"), bench.decider.next_offset("log")) == (None, None)
    bench.send("count a", offset=41)
    bench.send("boom a", offset=44)
    bench.tick(5)
    bench.commit()
    bench.restart()
    assert (bench.decider.next_offset("in"), bench.decider.next_offset("log")) == (45, 1)


def test_the_upstream_task_that_holds_back_time_is_named() -> None:
    bench = Bench()
    for watermark in marks(("left", 0, 2, 500), ("left", 1, 2, 300), ("right", 0, 1, 900)):
        bench.decide(bench.control(watermark))
    assert bench.decider.watermarks.slowest() == Slowest(300, "left", 1)
