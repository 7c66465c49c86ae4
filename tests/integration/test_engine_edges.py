"""The edges of the engine: deleted records, topics and changelogs that are created again, a full disk, stops and resumes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import time
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition
from cluster import Toys, Worker, some_events
from topics import admin_client
from waiting import eventually

from workers.engine.control import Resume, control_emit
from workers.engine.partitioner import partition_of

pytestmark = pytest.mark.kafka

STOP_AT = 5
"""Dead letters in a row that stop a partition, in the tests that stop one."""
PARTITION = 2
"""The partition that is stopped, or that the fault concerns."""


def key_of(toys: Toys, partition: int) -> str:
    """Return a key that belongs to this partition."""
    return next(f"k{n}" for n in range(1000) if partition_of(f"k{n}".encode(), toys.partitions) == partition)


async def place(toys: Toys, partition: int, values: list[bytes], headers: Any = None) -> None:
    """Write values into one partition of the input, whatever their keys."""
    async with AIOKafkaProducer(
        bootstrap_servers=toys.bootstrap, compression_type="gzip", max_request_size=400_000_000
    ) as producer:
        for value in values:
            await producer.send_and_wait(toys.topic("in"), value, partition=partition, headers=headers)


async def stop_partition(toys: Toys, worker: Worker, bad_records: int = STOP_AT) -> None:
    """Stop one partition with records that are not JSON, and wait until it has stopped."""
    await place(toys, PARTITION, [b"not JSON"] * bad_records)
    await worker.until("partition_stopped", partition=PARTITION)


async def resume(toys: Toys, times: int = 1) -> None:
    """Resume the stopped partition as `lead-router resume` does."""
    emit = control_emit(toys.topic("log"), PARTITION, Resume("counter"), 0)
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        for _ in range(times):
            await producer.send_and_wait(
                emit.topic, emit.value, partition=PARTITION, headers=list(emit.headers)
            )


async def recreate_topic(toys: Toys, topic: str, **configs: str) -> None:
    """Delete a topic and create it again, as some deployments do."""
    admin = AIOKafkaAdminClient(bootstrap_servers=toys.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        wanted = NewTopic(topic, toys.partitions, 1, topic_configs=configs)
        give_up_at = time.monotonic() + 15
        while any(code for _, code, _ in (await admin.create_topics([wanted])).topic_errors):
            assert time.monotonic() < give_up_at, f"{topic} cannot be created again"
            await asyncio.sleep(0.2)
    finally:
        await admin.close()


async def decided(toys: Toys, events: list[dict[str, Any]], within_s: float) -> set[str]:
    """Return the ids of the events whose output has come; waits for all of them, at most ``within_s`` seconds."""
    with contextlib.suppress(AssertionError):
        await toys.until_done(events, within_s)
    ids = {output["id"] for output in await toys.outputs()}
    return {event["id"] for event in events} & ids


async def until_served(worker: Worker, tasks: int) -> None:
    """Wait until every task has opened or has stopped with a reason."""
    names = ("partition_opened", "partition_stopped")
    await eventually(
        lambda: len({event["partition"] for name in names for event in worker.events(name)}) >= tasks,
        30,
        f"{tasks} partitions opened or stopped",
    )


async def test_records_deleted_while_the_worker_runs_stop_the_partition(toys: Toys) -> None:
    """The worker once continued at the oldest record that was left: 2,995 of 4,000 events were skipped without a word."""
    await toys.create()
    worker = toys.start(quarantine={"run": STOP_AT})
    await stop_partition(toys, worker)
    key = key_of(toys, PARTITION)
    events = [{"id": f"{n:06d}", "key": key, "filler": "x" * 3000} for n in range(4_000)]
    await toys.produce(events)
    admin = AIOKafkaAdminClient(bootstrap_servers=toys.bootstrap)
    await admin.start()
    await admin.delete_records(
        {TopicPartition(toys.topic("in"), PARTITION): RecordsToDelete(before_offset=3_000)}
    )
    await admin.close()
    await resume(toys)
    await worker.until("partition_resumed", partition=PARTITION)
    found = await decided(toys, events, within_s=12)
    stops = [stop["why"] for stop in worker.events("partition_stopped")][1:]
    assert stops, (
        f"{len(events) - len(found)} of {len(events)} events skipped, and the worker reports nothing"
    )


async def test_a_topic_that_was_recreated_is_not_taken_for_the_old_one(toys: Toys) -> None:
    """When only offsets were compared, the first records of the new topic counted as seen: 400 of 600 were skipped."""
    await toys.create()
    worker = toys.start()
    old = some_events(400)
    await toys.produce(old)
    await toys.until_done(old)
    worker.terminate()
    worker.wait(12)
    await recreate_topic(toys, toys.topic("in"))
    new = some_events(600, start=10_000)
    await toys.produce(new)
    later = toys.start()
    await until_served(later, toys.partitions)
    missing = len(new) - len(await decided(toys, new, within_s=10))
    stops = later.events("partition_stopped")
    assert stops or not missing, (
        f"{missing} of {len(new)} new records skipped, and the worker reports nothing"
    )


async def test_tasks_survive_a_full_disk(toys: Toys) -> None:
    """A limit on the size of the worker's files replaces the full disk. Each task once ended at its first restart."""
    await toys.create()
    worker = toys.start()
    first = some_events(100)
    await toys.produce(first)
    await toys.until_done(first)
    pid = worker._child.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    events = [{"id": f"{n:06d}", "key": f"k{n}-" + "y" * 300} for n in range(1_000, 9_000)]
    await toys.produce(events)
    await worker.until("task_restarted", times=1)
    await asyncio.sleep(5)  # the disk stays full for a while
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    found = await decided(toys, events, within_s=30)
    opened = len(worker.events("partition_opened")) - toys.partitions
    missing = len(events) - len(found)
    assert not missing, (
        f"{missing} of {len(events)} undecided 30 s after space was freed; tasks opened again: {opened}"
    )


async def test_large_headers_do_not_block_a_partition(toys: Toys) -> None:
    """The record is in another partition than its key's, so it is forwarded. With its headers it would be too large."""
    await toys.create()
    worker = toys.start()
    big = json.dumps({"id": "big", "key": key_of(toys, 1)}).encode()
    await place(toys, PARTITION, [big], headers=[("baggage", b"a" * 1_500_000)])
    behind = [{"id": "behind", "key": key_of(toys, PARTITION)}]
    await toys.produce(behind)
    found = await decided(toys, behind, within_s=20)
    errors = [event["error"] for event in worker.events("task_restarted")]
    assert found, f"the record behind is not decided within 20 s; task_restarted: {errors}"


async def test_a_lost_changelog_is_not_taken_for_a_first_start(toys: Toys) -> None:
    """Otherwise every input is decided and published again: 400 outputs for 200 events."""
    await toys.create()
    worker = toys.start()
    events = some_events(200)
    await toys.produce(events)
    await toys.until_done(events)
    await asyncio.sleep(6)  # the group's offsets are reported every 5 s
    worker.terminate()
    worker.wait(12)
    await recreate_topic(toys, toys.changelog, **{"cleanup.policy": "compact"})
    later = toys.start()
    await until_served(later, toys.partitions)
    await asyncio.sleep(6)
    outputs = [output["id"] for output in await toys.outputs()]
    assert len(outputs) == len(set(outputs)), f"{len(outputs)} outputs for {len(set(outputs))} events"


async def test_a_partition_whose_records_were_all_deleted_unread_opens_again(toys: Toys) -> None:
    """The group once had its offset without a row in the changelog, which then counted as lost."""
    await toys.create()
    await toys.produce(some_events(40))
    async with toys.reader("in") as reader, admin_client(toys.bootstrap) as admin:
        ends = await reader.ends()
        await admin.delete_records({tp: RecordsToDelete(before_offset=end) for tp, end in ends.items()})
    for _ in range(2):
        worker = toys.start(bounds={"lag_every_s": 0.1})
        await until_served(worker, toys.partitions)
        await asyncio.sleep(2)  # some reports for lag monitors
        worker.terminate()
        assert worker.wait(12) == 0
        assert not worker.events("partition_stopped")


async def test_a_record_that_arrives_while_a_partition_stops_is_decided_after_the_resume(
    toys: Toys,
) -> None:
    """It was once dropped, and read only when another record came to the same topic and partition."""
    await toys.create()
    worker = toys.start(quarantine={"run": STOP_AT})
    key = key_of(toys, PARTITION)
    first = [{"id": "first", "key": key}]
    await toys.produce(first)
    await toys.until_done(first)
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        for attempt in range(4):
            for _ in range(STOP_AT):
                await producer.send(toys.topic("in"), b"not JSON", partition=PARTITION)
            await producer.flush()
            await worker.until("partition_stopped", times=attempt + 1, partition=PARTITION)
            good = {"id": f"good{attempt}", "key": key}
            await producer.send_and_wait(toys.topic("in"), json.dumps(good).encode(), partition=PARTITION)
            await asyncio.sleep(1)  # it is fetched
            await resume(toys)
            await worker.until("partition_resumed", times=attempt + 1)
            assert await decided(toys, [good], within_s=15), "not decided within 15 s of the resume"


async def test_a_second_resume_does_not_count_for_the_next_stop(toys: Toys) -> None:
    """A resume that was given twice once answered the next stop too: all 12 bad records became dead letters."""
    await toys.create()
    worker = toys.start(quarantine={"run": STOP_AT})
    await worker.until("partition_opened", times=toys.partitions)
    await stop_partition(toys, worker, bad_records=12)
    await asyncio.sleep(1)
    await resume(toys, times=2)
    await worker.until("partition_stopped", times=2, partition=PARTITION)
    await asyncio.sleep(8)  # a stopped partition looks for a resume every 2 s
    letters = len(await toys.outputs("dead"))
    resumes = len(worker.events("partition_resumed"))
    assert (resumes, letters) == (1, 2 * STOP_AT), f"{resumes} resumes, {letters} dead letters"


async def test_a_stopped_partition_is_released_before_the_worker_would_cancel_it(toys: Toys) -> None:
    """All partitions of the worker wait for it at every rebalance. It once waited for 2 s at a time."""
    await toys.create()
    worker = toys.start(quarantine={"run": STOP_AT}, bounds={"release_timeout_s": 1.5})
    await stop_partition(toys, worker)
    await asyncio.sleep(1)
    worker.terminate()
    assert worker.wait(30) == 0
    assert [event["cancelled"] for event in worker.events("partitions_released")][-1] == 0
