"""A config changes at one place in the log. A worker that must not decide is refused, with the reason."""

from __future__ import annotations

import dataclasses

import pytest

from tests.counter_hop import SPEC, V1, Bench, CounterHop, dead_letter
from workers.engine.api import Config
from workers.engine.config_guard import ConfigConflictError, ConfigRow, ConfigUnreadableError
from workers.engine.control import ConfigChange
from workers.engine.decide import Decider

V2 = Config("rules", 2, "hash2", "v2")
V3 = Config("rules", 3, "hash3", "v3")
V2_CHANGED = dataclasses.replace(V2, hash="other", text="v2 changed")


def change(config: Config) -> ConfigChange:
    return ConfigChange(config.name, config.version, config.hash, config.text)


def taken_over(bench: Bench, config: Config) -> Bench:
    """Commit, and let another worker take the partition."""
    bench.commit()
    return Bench(bench.store, config)


def test_the_first_worker_of_a_partition_sets_its_config() -> None:
    bench = taken_over(Bench(config=V2), V2)
    assert bench.decider.rows.get(ConfigRow) == ConfigRow(name="rules", version=2, hash="hash2", text="v2")
    assert not bench.decider.wants_config_record


def test_a_newer_worker_decides_by_the_older_config_until_the_record_is_read_and_follows_in_place() -> None:
    bench = taken_over(Bench(config=V1), V2)
    assert bench.decider.wants_config_record
    assert bench.send("count a") == ["a=1 at 0 from in by v1"]
    assert bench.decide(bench.control(change(V2)))[-1] == "configs=1 changed by v2"
    assert bench.send("count a")[-1] == "a=2 at 0 from in by v2"
    assert not bench.decider.wants_config_record


def test_the_followed_config_outlives_a_restart() -> None:
    bench = Bench(config=V2)
    bench.decide(bench.control(change(V2)))
    bench = taken_over(bench, V2)
    assert bench.send("count a") == ["a=1 at 0 from in by v2"]


@pytest.mark.parametrize("repeated", [V1, V2])
def test_a_config_that_is_not_newer_changes_nothing(repeated: Config) -> None:
    bench = Bench(config=V2)
    assert bench.decide(bench.control(change(repeated))) == []
    assert bench.decider.config == V2


def test_a_worker_with_another_text_of_the_followed_version_is_refused_at_its_start() -> None:
    bench = Bench(config=V2)
    with pytest.raises(
        ConfigConflictError,
        match=r"counter/0 follows policy rules version 2 \(hash2\); this worker has version 2 \(other\)",
    ):
        taken_over(bench, V2_CHANGED)


def test_a_worker_that_reads_another_text_of_its_own_version_is_refused() -> None:
    bench = taken_over(Bench(config=V1), V2_CHANGED)
    with pytest.raises(ConfigConflictError, match="version 2"):
        bench.decide(bench.control(change(V2)))


@pytest.mark.parametrize("held", [V2, V3], ids=["older", "much older"])
def test_a_worker_with_an_older_config_decides_by_the_followed_one(held: Config) -> None:
    bench = taken_over(Bench(config=held), V1)
    assert bench.send("count a") == [f"a=1 at 0 from in by {held.text}"]
    assert not bench.decider.wants_config_record


def test_a_worker_follows_a_published_config_that_it_does_not_have() -> None:
    bench = taken_over(Bench(config=V1), V1)
    assert bench.send("count a") == ["a=1 at 0 from in by v1"]
    assert bench.decide(bench.control(change(V2)))[-1] == "configs=1 changed by v2"
    assert bench.send("count a")[-1] == "a=2 at 0 from in by v2"
    bench = taken_over(bench, V1)
    assert bench.send("count a")[-1] == "a=3 at 0 from in by v2"


def make_hop_of_this_release(config: Config) -> CounterHop:
    if config.version > 2:
        raise ValueError("rules:7: a key of a later release")
    return CounterHop(config)


def test_a_config_that_the_program_cannot_read_is_refused_and_no_record_is_decided_by_another() -> None:
    bench = taken_over(Bench(config=V1), V1)
    old = dataclasses.replace(SPEC, make_hop=make_hop_of_this_release)
    bench.decider = Decider(old, 0, 1, bench.store, V1, dead_letter)
    unreadable = bench.control(change(V3))
    with pytest.raises(
        ConfigUnreadableError,
        match=r"counter/0 follows policy rules version 3 \(hash3\), which this release of the program cannot read"
        r" \(ValueError: rules:7: a key of a later release\)\. Run the release that published it",
    ):
        bench.decide(unreadable)
    assert bench.decider.config == V1, "nothing is followed halfway"
    bench = Bench(bench.store, V1)
    bench.decide(unreadable)
    bench.commit()
    with pytest.raises(ConfigUnreadableError, match="counter/0 follows policy rules version 3"):
        Decider(old, 0, 1, bench.store, V1, dead_letter)


def test_a_worker_skips_no_version_that_the_log_has() -> None:
    bench = taken_over(Bench(config=V1), V3)
    bench.decide(bench.control(change(V2)))
    assert bench.send("count a")[-1] == "a=1 at 0 from in by v2"
    assert bench.decider.wants_config_record
    bench.decide(bench.control(change(V3)))
    assert bench.decider.config == V3
