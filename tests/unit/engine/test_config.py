"""A config changes at one place in the log. A worker that must not decide is refused, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.counter_hop import V1, Bench
from workers.engine.api import Config
from workers.engine.config_guard import ConfigConflictError, ConfigRow
from workers.engine.control import ConfigChange

V2 = Config("rules", 2, "hash2", "v2")
V3 = Config("rules", 3, "hash3", "v3")
V2_CHANGED = replace(V2, hash="other", text="v2 changed")


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


@pytest.mark.parametrize(
    ("held", "mine"), [(V2, V1), (V3, V1), (V2, V2_CHANGED)], ids=["older", "much older", "changed text"]
)
def test_a_worker_that_must_not_decide_is_refused_at_its_start(held: Config, mine: Config) -> None:
    bench = Bench(config=held)
    with pytest.raises(
        ConfigConflictError,
        match=rf"counter/0 follows policy rules version {held.version} \({held.hash}\); "
        rf"this worker has version {mine.version} \({mine.hash}\)",
    ):
        taken_over(bench, mine)


@pytest.mark.parametrize(
    ("mine", "received"), [(V1, V2), (V2, V3), (V2_CHANGED, V2)], ids=["newer", "newer yet", "changed text"]
)
def test_a_worker_that_reads_a_config_it_does_not_have_is_refused(mine: Config, received: Config) -> None:
    bench = taken_over(Bench(config=V1), mine)
    with pytest.raises(ConfigConflictError, match=f"version {received.version}"):
        bench.decide(bench.control(change(received)))


def test_a_worker_skips_no_version_that_the_log_has() -> None:
    bench = taken_over(Bench(config=V1), V3)
    bench.decide(bench.control(change(V2)))
    assert bench.send("count a")[-1] == "a=1 at 0 from in by v2"
    assert bench.decider.wants_config_record
    bench.decide(bench.control(change(V3)))
    assert bench.decider.config == V3
