"""A record that a foreign partitioner misplaced is forwarded to the partition of its key, once and unchanged."""

from __future__ import annotations

import pytest

from tests.counter_hop import Bench, text_of
from workers.engine.api import Record
from workers.engine.control import HEADER, ORIGIN_HEADER, forward_emit, is_control, origin_of
from workers.engine.partitioner import partition_of

PARTITIONS = 8
HOME = partition_of(b"a", PARTITIONS)
ELSEWHERE = (HOME + 1) % PARTITIONS


def bench_of(partition: int) -> Bench:
    return Bench(partition=partition, partitions=PARTITIONS)


def test_a_record_on_the_wrong_partition_is_forwarded_to_the_own_log_unchanged() -> None:
    bench = bench_of(ELSEWHERE)
    bench.send("count a", 5, headers=(("trace", b"1"),))
    (emit,) = bench.decider.take().outputs
    assert (emit.topic, emit.value, emit.timestamp_ms) == ("log", b"count a", 5)
    assert (emit.key, emit.partition_key, emit.partition) == (b"a", b"a", None)
    assert emit.headers == (("trace", b"1"), (ORIGIN_HEADER, b"in"))
    assert bench.count("a") == 0


def test_a_record_older_than_the_stream_keeps_its_own_stamp() -> None:
    bench = bench_of(ELSEWHERE)
    bench.tick(1000)
    bench.send("count a", 5)
    assert [emit.timestamp_ms for emit in bench.decider.take().outputs] == [5]


def test_a_record_on_its_own_partition_is_handled_there() -> None:
    assert bench_of(HOME).send("count a", 5) == ["a=1 at 5 from in by v1"]


def test_a_record_without_a_key_is_handled_on_any_partition() -> None:
    texts = [bench_of(partition).send("count") for partition in range(PARTITIONS)]
    assert texts == [["count=1 at 0 from in by v1"]] * PARTITIONS


@pytest.mark.parametrize("partition", range(PARTITIONS))
def test_a_forwarded_record_is_handled_where_it_lands_as_one_of_its_origin(partition: int) -> None:
    bench = bench_of(partition)
    texts = bench.send("count a", 5, "log", headers=((ORIGIN_HEADER, b"in"),))
    assert texts == ["a=1 at 5 from in by v1"]
    assert bench.decider.next_offset("log") == 1
    assert bench.decider.next_offset("in") is None


def test_a_record_of_the_own_log_is_never_forwarded() -> None:
    assert bench_of(ELSEWHERE).send("count a", 5, "log") == ["a=1 at 5 from log by v1"]


def test_the_origin_header_of_a_foreign_record_is_ignored() -> None:
    texts = bench_of(HOME).send("count a", 5, headers=((ORIGIN_HEADER, b"elsewhere"),))
    assert texts == ["a=1 at 5 from in by v1"]


def test_a_record_that_cannot_be_parsed_is_not_forwarded() -> None:
    assert bench_of(ELSEWHERE).send("")[0].startswith("counter empty")


def test_a_forwarded_record_never_counts_as_an_engine_record() -> None:
    headers = ((HEADER, b"tick"), (ORIGIN_HEADER, b"somewhere"), ("trace", b"1"))
    emit = forward_emit(Record("in", 1, 2, 3, None, b"count a", headers), "log", b"a")
    landed = Record("log", 0, 0, 3, emit.key, emit.value, emit.headers)
    assert not is_control(landed)
    assert origin_of(landed) == "in"


def test_the_dead_letter_of_a_forwarded_record_names_the_place_where_it_can_be_read() -> None:
    bench = bench_of(HOME)
    bench.send("boom a", 5, "log", headers=((ORIGIN_HEADER, b"in"),))
    (emit,) = bench.decider.take().outputs
    assert emit.key == f"log/{HOME}/0".encode()
    assert text_of(emit).startswith("counter handler_failed")


def test_small_foreign_headers_are_forwarded_and_large_ones_are_not() -> None:
    """A header of 1.5 MB once made the forwarded record too large for the broker, for ever. A null value is legal."""
    bench = bench_of(ELSEWHERE)
    bench.send("count a", headers=(("null", None), ("baggage", b"x" * 2_000), ("trace", b"1")))
    (emit,) = bench.decider.take().outputs
    assert emit.headers == (("null", None), ("trace", b"1"), (ORIGIN_HEADER, b"in"))
