"""Workers that are killed, frozen, made to fail or stopped at any moment: each event is counted and published once."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from cluster import START_S, Toys, Worker, some_events
from waiting import eventually

pytestmark = pytest.mark.kafka

SMALL_STEPS = {"max_batch_records": 8}
"""Bounds for many small transactions. With the delay of each, the backlog outlasts all kills."""
SLOW: dict[str, Any] = {"bounds": SMALL_STEPS, "orders": {"linger_ms": 40}}
KILLS = 5


async def until_in_transaction(worker: Worker) -> None:
    await eventually(lambda: worker.moments.open_transactions > 0, START_S, "an open transaction")


@pytest.mark.parametrize("seed", [1])
async def test_kill_9_at_seeded_moments_loses_and_doubles_no_event(toys: Toys, seed: int) -> None:
    chance = random.Random(seed)
    events = some_events(20_000)
    await toys.create()
    await toys.produce(events)
    workers = {name: toys.start(name, **SLOW) for name in "ab"}
    inside = 0
    for _ in range(KILLS):
        name = chance.choice("ab")
        victim = workers[name]
        enough = victim.moments.commits + chance.randint(1, 12)
        await eventually(lambda: victim.moments.commits >= enough, START_S, f"{enough} commits")  # noqa: B023
        if chance.random() < 0.8:
            await until_in_transaction(victim)
        inside += victim.kill()
        workers[name] = toys.start(name, **SLOW)
    assert len(await toys.outputs()) < len(events), (
        "all was done before the last kill: the test proves too little"
    )
    toys.kill_all()
    for name in "ab":
        toys.start(name)
    await toys.until_done(events)
    toys.kill_all()
    print(f"{KILLS} kills, {inside} of them inside an open transaction; {len(events)} outputs, each once")  # noqa: T201 - the figures
    assert inside * 2 >= KILLS
    await toys.check_exact(events)


async def test_a_worker_frozen_beyond_its_session_and_woken_changes_nothing(toys: Toys) -> None:
    events = some_events(6_000)
    await toys.create()
    await toys.produce(events)
    frozen = toys.start("a", **SLOW)
    await until_in_transaction(frozen)
    frozen.freeze()
    other = toys.start("b", **SLOW)
    await other.until("partition_opened", times=toys.partitions)
    commits = other.moments.commits
    await eventually(lambda: other.moments.commits > commits + 4, START_S, "the other worker continues")
    frozen.wake()
    await frozen.until("partitions_assigned", times=2)
    assert frozen.events("task_fenced"), (
        "it should resume inside a transaction that the other worker has ended"
    )
    assert frozen.is_alive
    toys.kill_all()
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)


async def test_a_hundred_aborted_transactions_without_a_rebalance_lose_and_double_no_event(
    kafka: str, new_toys: Callable[..., Toys]
) -> None:
    toys = new_toys(kafka, partitions=8)
    events = some_events(8_000)
    await toys.create()
    await toys.produce(events)
    worker = toys.start(
        bounds={"max_batch_records": 40, "restart_backoff_s": 0.01, "restart_backoff_max_s": 0.01},
        orders={"flaky_seed": 7, "flaky_percent": 40, "flaky_most": 100},
    )
    await toys.until_done(events)
    assert worker.moments.failures == 100
    assert sum(event["error"] == "OrderedError" for event in worker.events("task_restarted")) == 100
    assert len(worker.events("partitions_assigned")) == 1, "there was a rebalance: the test proves too little"
    toys.kill_all()
    await toys.check_exact(events)


async def test_an_announcement_in_a_failed_transaction_is_repeated(toys: Toys) -> None:
    await toys.create()
    worker = toys.start(
        is_announced=True,
        bounds={"restart_backoff_s": 0.01, "restart_backoff_max_s": 0.01},
        orders={"flaky_percent": 100, "flaky_most": 12, "flaky_places": ["written"]},
    )
    expected = [f"ready {partition}" for partition in range(toys.partitions)]
    await toys.until_done([{"id": name} for name in expected])
    assert worker.moments.failures == 12


async def test_a_worker_that_is_stopped_under_load_commits_and_ends_within_ten_seconds(toys: Toys) -> None:
    events = some_events(10_000)
    await toys.create()
    await toys.produce(events)
    worker = toys.start(bounds=SMALL_STEPS, orders={"linger_ms": 20})
    await eventually(lambda: worker.moments.commits > 20, START_S, "20 commits")
    await until_in_transaction(worker)
    worker.terminate()
    assert worker.wait(10.0) == 0
    assert worker.moments.open_transactions == 0
    assert len(await toys.outputs()) < len(events)
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
