"""A canary: a newer config that a partition tries on a part of its keys, from one record of its log on."""

from __future__ import annotations

import dataclasses

import pytest

from tests.counter_hop import SPEC, V1, Bench, CounterHop, dead_letter
from workers.engine.api import Canary, Config
from workers.engine.config_guard import (
    CanaryRow,
    ConfigConflictError,
    ConfigRow,
    ConfigUnreadableError,
    read_config,
    write_config,
)
from workers.engine.control import CanaryChange, ConfigChange, change_to, next_config, report_key
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows

V2 = Config("rules", 2, "hash2", "v2")
V3 = Config("rules", 3, "hash3", "v3")


def canary(config: Config, share: str, step: int = 1, present: int = 1) -> CanaryChange:
    return CanaryChange(config.name, config.version, config.hash, config.text, share, step, present)


def taken_over(bench: Bench, config: Config = V1) -> Bench:
    """Commit, and let another worker take the partition."""
    bench.commit()
    return Bench(bench.store, config)


def test_a_canary_is_begun_widened_and_ended_while_the_config_stays() -> None:
    bench = Bench()
    assert bench.decide(bench.control(canary(V2, "10%"))) == ["canaries=1 from '-' to '10%' by v1"]
    bench = taken_over(bench)
    assert bench.decider.config == dataclasses.replace(V1, canary=canary(V2, "10%").canary)
    assert bench.decide(bench.control(canary(V2, "30%", 2))) == ["canaries=2 from '10%' to '30%' by v1"]
    assert bench.decide(bench.control(canary(V2, "", 3))) == ["canaries=3 from '30%' to '' by v1"]
    assert bench.send("count a")[-1] == "a=1 at 0 from in by v1"


@pytest.mark.parametrize(
    "late",
    [
        canary(V2, "10%"),
        canary(V2, "30%", 2),
        ConfigChange("rules", 1, "hash1", "v1"),
    ],
    ids=["an earlier step", "the same step", "the followed config"],
)
def test_a_record_that_is_not_later_changes_nothing(late: CanaryChange | ConfigChange) -> None:
    bench = Bench()
    bench.decide(bench.control(canary(V2, "10%")))
    bench.decide(bench.control(canary(V2, "30%", 2)))
    before = bench.decider.config
    assert bench.decide(bench.control(late)) == []
    assert bench.decider.config == before


@pytest.mark.parametrize("config", [V2, V3], ids=["its version", "a later version"])
def test_a_config_for_all_ends_the_canary_and_it_does_not_return(config: Config) -> None:
    bench = Bench()
    bench.decide(bench.control(canary(V2, "10%")))
    assert bench.decide(bench.control(change_to(config)))[-1] == f"configs=1 changed by {config.text}"
    assert bench.decide(bench.control(canary(V2, "50%", 9))) == []
    assert bench.decide(bench.control(canary(Config("rules", 4, "hash4", "v4"), "50%"))) == []
    bench = taken_over(bench)
    assert (bench.decider.config, bench.decider.rows.get(CanaryRow)) == (config, None)


def test_a_later_canary_replaces_the_present_one() -> None:
    bench = Bench()
    bench.decide(bench.control(canary(V2, "10%", 5)))
    assert bench.decide(bench.control(canary(V3, "5%"))) == ["canaries=2 from '10%' to '5%' by v1"]
    assert bench.decide(bench.control(canary(V2, "20%", 6))) == []


@pytest.mark.parametrize("share", ["10%", ""], ids=["runs", "is over"])
def test_a_worker_with_the_file_of_a_canary_does_not_publish_it_for_all(share: str) -> None:
    bench = Bench()
    bench.decide(bench.control(canary(V2, share)))
    assert not taken_over(bench, V2).decider.wants_config_record
    assert taken_over(bench, V3).decider.wants_config_record


def test_a_worker_with_another_text_of_the_version_of_a_canary_is_refused() -> None:
    other = dataclasses.replace(V2, hash="other")
    bench = Bench()
    bench.decide(bench.control(canary(V2, "10%")))
    with pytest.raises(
        ConfigConflictError, match=r"follows policy rules version 2 \(hash2\).*version 2 \(other\)"
    ):
        taken_over(bench, other)
    bench = Bench(config=V1)
    bench = taken_over(bench, other)
    with pytest.raises(ConfigConflictError, match="another text"):
        bench.decide(bench.control(canary(V2, "10%")))


def make_hop_without_canary(config: Config) -> CounterHop:
    if config.canary is not None:
        raise ValueError("rules:7: a key of a later release")
    return CounterHop(config)


def test_a_canary_that_the_program_cannot_read_is_refused_before_its_record() -> None:
    bench = Bench()
    bench.commit()
    spec = dataclasses.replace(SPEC, make_hop=make_hop_without_canary)
    bench.decider = Decider(spec, 0, 1, bench.store, V1, dead_letter)
    with pytest.raises(
        ConfigUnreadableError,
        match=r"version 1 \(hash1\) with version 2 \(hash2\) as its canary, which this release",
    ):
        bench.decide(bench.control(canary(V2, "10%")))
    assert bench.decider.config == V1, "nothing is followed halfway"


def test_rows_of_an_earlier_release_are_read_as_a_config_without_a_canary() -> None:
    store = MemoryStore()
    rows = Rows(store)
    rows.put(ConfigRow(name="rules", version=2, hash="hash2", text="v2"))
    rows.keep()
    store.write(rows.changes())
    assert list(store.dump()) == [b"~config\x00"]
    assert read_config(Rows(store)) == V2
    bench = Bench(store, V1)
    assert bench.decide(bench.control(canary(V3, "10%", present=2))) == ["canaries=1 from '-' to '10%' by v2"]


def test_a_config_is_read_as_it_was_written() -> None:
    rows = Rows(MemoryStore())
    for config in (V1, dataclasses.replace(V1, canary=Canary("rules", 2, "hash2", "v2", "10%", 3)), V2):
        assert read_config(rows) != config
        assert write_config(rows, config) == config == read_config(rows)


def test_the_record_of_a_config_brings_a_partition_to_it() -> None:
    tried = dataclasses.replace(V1, canary=canary(V2, "10%").canary)
    wider = dataclasses.replace(V1, canary=canary(V2, "30%", 2).canary)
    for before, after in ((V1, tried), (tried, wider), (V1, wider), (wider, V2), (tried, V3), (V1, V2)):
        assert next_config(before, change_to(after, before)) == after
        assert next_config(after, change_to(after, before)) is None


def test_the_report_names_the_canary_and_its_step() -> None:
    tried = dataclasses.replace(V1, canary=canary(V2, "30%", 2).canary)
    assert report_key(V1) == "1 hash1"
    assert report_key(tried) == "1 hash1 2 hash2 2"
