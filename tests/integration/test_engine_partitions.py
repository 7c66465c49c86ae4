"""Partitions side by side: their assignment, their offsets, and a slow one that does not delay the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import TopicPartition
from cluster import DONE_S, START_S, Toys, Worker, some_events
from topics import admin_client
from waiting import eventually

pytestmark = pytest.mark.kafka


async def test_each_partition_has_all_its_topics_on_one_of_three_workers(
    kafka: str, new_toys: Callable[..., Toys]
) -> None:
    toys = new_toys(kafka, partitions=8)
    await toys.create()
    workers = [toys.start(name, is_chained=True) for name in "abc"]

    def tasks(worker: Worker) -> int:
        assigned = worker.events("partitions_assigned")
        return int(assigned[-1]["tasks"]) if assigned else 0

    def are_all_assigned() -> bool:
        found = [tasks(worker) for worker in workers]
        return sum(found) == 2 * toys.partitions and all(found)  # two agents, each with a task per partition

    await eventually(are_all_assigned, START_S, "each task has a worker and each worker a task")
    assert not [event for worker in workers for event in worker.events("partition_incomplete")]
    events = some_events(2_000)
    await toys.produce(events)
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)


async def test_a_slow_partition_delays_no_other_and_its_queue_stays_bounded(toys: Toys) -> None:
    await toys.create()
    backlog: list[dict[str, Any]] = [event | {"text": "x" * 1_000} for event in some_events(16_000)]
    await toys.produce(backlog)
    worker = toys.start(slow_ms=20, slow_partition=0, bounds={"max_waiting_records": 200})
    async with toys.reader("in") as inputs:
        records = await inputs.to_end()
    slow = sum(record.partition == 0 for record in records)
    others = len(records) - slow
    async with toys.reader("out") as outputs:
        await outputs.until(
            lambda seen: sum(record.partition != 0 for record in seen) >= others, DONE_S, "all of the others"
        )
        done = sum(record.partition == 0 for record in outputs.records)
    assert 0 < done < slow // 2, "the slow partition was too fast: the test proves too little"
    most = worker.moments.most_waiting
    print(f"{others} records of others decided, {done} of {slow} slow ones; at most {most} waited")  # noqa: T201 - the figures
    assert most < slow // 2


async def test_the_group_commits_its_offsets_for_lag_monitors_and_creates_no_topic(toys: Toys) -> None:
    await toys.create()
    toys.start(bounds={"lag_every_s": 0.2})
    events = some_events(400)
    await toys.produce(events)
    await toys.until_done(events)
    tps = [TopicPartition(toys.topic(kind), p) for kind in ("in", "log") for p in range(toys.partitions)]
    lag: dict[TopicPartition, int] = {}
    async with admin_client(toys.bootstrap) as admin:
        async with toys.reader("in") as inputs, toys.reader("log") as log:
            for _ in range(200):
                committed = await admin.list_consumer_group_offsets(toys.app_id)
                ends = await inputs.ends() | await log.ends()
                lag = {tp: ends[tp] - committed[tp].offset if tp in committed else ends[tp] for tp in tps}
                if not any(lag.values()):
                    break
        mine = [name for name in await admin.list_topics() if name.startswith(toys.app_id)]
    assert not any(lag.values()), lag
    assert len(mine) == 9, (
        "expected only the nine topics of the test, and none that Faust creates for a leader or a table"
    )


async def test_a_worker_that_the_group_refuses_ends_and_logs_the_reason(toys: Toys) -> None:
    await toys.create()
    worker = toys.start(session_timeout_s=0.2)
    assert worker.wait(START_S) != 0
    assert "InvalidSessionTimeoutError" in worker.log_text()


async def test_a_worker_joins_its_group_again_after_an_error_that_passes(toys: Toys) -> None:
    await toys.create()
    worker = toys.start(group_error="Unexpected exception in heartbeat task: UnknownError()")
    await worker.until("group_error")
    await worker.until("partitions_assigned", times=2)
    events = some_events(200)
    await toys.produce(events)
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
