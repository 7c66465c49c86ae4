"""Outputs and rows are the same to the byte, wherever batches end, abort and restart."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.counter_hop import V1, Bench, run
from workers.engine.api import Config, Record
from workers.engine.batch import Limits
from workers.engine.control import ConfigChange, Tick, Watermark
from workers.engine.quarantine import QuarantineLimits
from workers.engine.store import RocksStore

V2 = Config("rules", 2, "hash2", "v2")
LIMITS = Limits(
    max_record_bytes=200,
    max_output_bytes=150,
    quarantine=QuarantineLimits(share_percent=90, window=8, run=99),
)
KEYS = ["a", "b", "cé", "boom", "again", "againagain"]
TIMES = st.integers(0, 60)

WORDS = st.one_of(
    st.builds("count {}".format, st.sampled_from(KEYS)),
    st.builds("tally {} {}".format, st.sampled_from(["z", "x", "y"]), st.sampled_from(KEYS)),
    st.builds("at {} {}".format, TIMES, st.sampled_from(KEYS)),
    st.builds("cancel {}".format, st.sampled_from(KEYS)),
    st.sampled_from(
        ["each", "boom a", "refuse a", "cursor b", "longoutput 200 a", "longrow 200 a", "x" * 201, ""]
    ),
)
CONTROLS = st.one_of(
    st.builds(Tick, TIMES),
    st.builds(Watermark, st.just("left"), st.integers(0, 1), st.just(2), TIMES),
    st.just(ConfigChange(V2.name, V2.version, V2.hash, V2.text)),
)
STEPS = st.lists(st.tuples(st.one_of(WORDS, CONTROLS), TIMES, st.sampled_from(["in", "log"])), max_size=25)


def records_of(bench: Bench, steps: list[tuple[object, int, str]]) -> list[Record]:
    return [
        bench.record(what, at_ms, topic) if isinstance(what, str) else bench.control(what, at_ms)
        for what, at_ms, topic in steps
    ]


def at_v1(store: object = None, partition: int = 0) -> Bench:
    """Return a partition that follows version 1, taken by a worker with version 2."""
    first = Bench(store, V1, LIMITS, partition, partitions=2)
    first.commit()
    return Bench(first.store, V2, LIMITS, partition, partitions=2)


@settings(max_examples=150, deadline=None)
@given(
    steps=STEPS,
    partition=st.integers(0, 1),
    cuts=st.lists(st.sampled_from(["", "", "commit", "abort"]), max_size=80),
    slice_=st.integers(1, 3),
)
def test_commits_and_aborts_after_any_step_change_no_output_and_no_row(
    steps: list[tuple[object, int, str]], partition: int, cuts: list[str], slice_: int
) -> None:
    whole, cut = at_v1(partition=partition), at_v1(partition=partition)
    records = records_of(whole, steps)
    run(whole, records, timers=1000)

    following = iter(cuts)
    now = ""

    def aborts() -> bool:
        nonlocal now
        now = next(following, "")
        return now == "abort"

    run(cut, records, commits=lambda: now == "commit", aborts=aborts, timers=slice_)
    assert cut.outputs == whole.outputs
    assert cut.store.dump() == whole.store.dump()


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, every=st.integers(1, 4))
def test_rows_on_disk_and_rows_in_memory_give_the_same(
    steps: list[tuple[object, int, str]], every: int
) -> None:
    memory = at_v1()
    records = records_of(memory, steps)
    run(memory, records)
    with tempfile.TemporaryDirectory() as folder:
        store = RocksStore(Path(folder) / "rows", "changelog")
        disk = at_v1(store)
        count = iter(range(10_000))
        run(disk, records, commits=lambda: next(count) % every == 0)
        assert disk.outputs == memory.outputs
        assert dict(store.scan(b"", b"\xff")) == memory.store.dump()
        store.close()


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_every_record_moves_its_offset_and_has_at_most_one_dead_letter(
    steps: list[tuple[object, int, str]],
) -> None:
    bench = at_v1()
    records = records_of(bench, steps)
    run(bench, records)
    for topic in ("in", "log"):
        last = max((record.offset for record in records if record.topic == topic), default=None)
        assert bench.decider.next_offset(topic) == (None if last is None else last + 1)
    letters = [emit for emit in bench.outputs if emit.topic == "dead.letters"]
    of_records = [emit for emit in letters if not (emit.key or b"").endswith(b"/-1")]
    assert len({emit.key for emit in of_records}) == len(of_records)
    assert bench.decider.dead_letters.total() == len(letters)
    assert all(emit.timestamp_ms is not None for emit in bench.outputs)
