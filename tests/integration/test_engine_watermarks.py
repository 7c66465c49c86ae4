"""Watermarks between workers: what a worker writes at rest, workers of an earlier release, stopped and frozen tasks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition
from cluster import SESSION_TIMEOUT_S, START_S, Toys, Worker
from faust.types import TP
from ticks import check_ticks
from waiting import eventually

from workers.engine.context import watermark_topic
from workers.engine.control import Watermark, control_emit
from workers.engine.partitioner import partition_of
from workers.engine.watermark_board import WatermarkBoard
from workers.engine.watermark_channel import WatermarkChannel

pytestmark = pytest.mark.kafka

STOP_AT = 5
"""Dead letters in a row that stop a partition."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def key_of(toys: Toys, partition: int) -> str:
    """Return a key that belongs to this partition."""
    return next(f"k{n}" for n in range(1000) if partition_of(f"k{n}".encode(), toys.partitions) == partition)


def deadline(toys: Toys, name: str, partition: int = 1, due_in_ms: int = 2_000) -> dict[str, object]:
    """Return an event of one partition that sets a deadline downstream."""
    return {
        "id": name,
        "key": key_of(toys, partition),
        "tells": f"case-{name}",
        "told_due_ms": now_ms() + due_in_ms,
    }


async def until_reported(toys: Toys, name: str, within_s: float = 20.0) -> None:
    """Wait until the deadline ``name`` is reported."""
    async with toys.reader("out") as reader:
        await reader.until_ids([f"overdue case-{name}"], within_s)


async def ends(toys: Toys) -> dict[TopicPartition, int]:
    """Return the ends of the logs and changelogs of both agents."""
    found: dict[TopicPartition, int] = {}
    for kind in ("log", "told", toys.changelog, f"{toys.app_id}-teller-changelog"):
        async with toys.reader(kind) as reader:
            found |= await reader.ends()
    return found


async def test_a_worker_at_rest_writes_one_report_every_two_seconds_and_nothing_else(toys: Toys) -> None:
    await toys.create()
    worker = toys.start(is_chained=True)
    await worker.until("partition_opened", times=2 * toys.partitions)
    await toys.produce([deadline(toys, "first")])
    await until_reported(toys, "first")
    await asyncio.sleep(2)
    before = await ends(toys)
    reports = TopicPartition(watermark_topic(toys.app_id), 0)
    async with reading(toys.bootstrap) as consumer:
        first = (await consumer.end_offsets([reports]))[reports]
        await asyncio.sleep(8)
        written = (await consumer.end_offsets([reports]))[reports] - first
    assert await ends(toys) == before
    assert 2 <= written <= 5


@contextlib.asynccontextmanager
async def reading(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def test_the_end_of_a_partition_is_behind_the_records_of_open_transactions(toys: Toys) -> None:
    """A commit is answered before its markers are in the logs. Until then it looks as an open transaction does."""
    await toys.create()
    place = TP(toys.topic("told"), 1)
    channel = WatermarkChannel(
        {"bootstrap_servers": toys.bootstrap},
        watermark_topic(toys.app_id),
        WatermarkBoard(toys.partitions),
        lambda: None,
    )
    running = asyncio.create_task(channel.run())
    producer = AIOKafkaProducer(bootstrap_servers=toys.bootstrap, transactional_id=f"{toys.app_id}-open")
    await producer.start()
    try:
        await producer.begin_transaction()
        await producer.send_and_wait(place.topic, b"{}", partition=place.partition)
        async with reading(toys.bootstrap) as consumer:
            committed = await consumer.end_offsets([TopicPartition(*place)])
        assert list(committed.values()) == [0]
        await eventually(lambda: channel._asker is not None, START_S, "the channel is connected")
        assert await channel.ends([place]) == {place: 1}
        await producer.abort_transaction()
    finally:
        running.cancel()
        await producer.stop()


async def test_a_deadline_is_reported_by_a_worker_that_has_no_task_upstream(toys: Toys) -> None:
    await toys.create()
    upstream = toys.start("a", is_chained=True, only="counter")
    downstream = toys.start("b", is_chained=True, only="teller")
    for worker in (upstream, downstream):
        await worker.until("partition_opened", times=toys.partitions)
    await toys.produce([deadline(toys, name, partition) for partition, name in enumerate("pqrs")])
    for name in "pqrs":
        await until_reported(toys, name)
    await check_ticks(toys)


async def test_a_stopped_partition_holds_back_the_deadlines_of_others_for_a_while_only(toys: Toys) -> None:
    await toys.create()
    worker = toys.start(is_chained=True, quarantine={"run": STOP_AT}, bounds={"stopped_hold_s": 6.0})
    await worker.until("partition_opened", times=2 * toys.partitions)
    await toys.produce([deadline(toys, "before")])
    await until_reported(toys, "before")
    await stop_partition(toys, worker, 2)
    stopped_ms = now_ms()
    await toys.produce([deadline(toys, "after")])
    await until_reported(toys, "after")
    assert now_ms() - stopped_ms >= 5_000
    released = worker.events("stopped_partition_released")
    assert [(event["agent"], event["partition"]) for event in released] == [("counter", 2)]


async def stop_partition(toys: Toys, worker: Worker, partition: int) -> None:
    """Stop one partition upstream with records that are not JSON, and wait until it has stopped."""
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        for _ in range(STOP_AT):
            await producer.send_and_wait(toys.topic("in"), b"not JSON", partition=partition)
    await worker.until("partition_stopped", partition=partition)


async def test_a_partition_that_lags_holds_back_the_deadlines_of_others_until_it_has_caught_up(
    toys: Toys,
) -> None:
    """Only a stopped partition is released. The cancellation waits for 6 s, three times the hold of a stopped one."""
    await toys.create()
    worker = toys.start(is_chained=True, slow_ms=200, slow_partition=2, bounds={"stopped_hold_s": 2.0})
    await worker.until("partition_opened", times=2 * toys.partitions)
    stamp = {"timestamp_ms": now_ms()}
    await toys.produce([{"id": f"slow{n}", "key": key_of(toys, 2)} for n in range(30)], **stamp)
    await toys.produce([{"id": "cancels", "key": key_of(toys, 2), "tells": "case-answered"}], **stamp)
    await toys.produce([deadline(toys, "answered", 1, 1_000), deadline(toys, "open", 1, 1_000)], **stamp)
    await until_reported(toys, "open", 30)
    assert "overdue case-answered" not in {output["id"] for output in await toys.outputs()}
    await check_ticks(toys)


async def test_a_reader_of_an_earlier_release_gets_watermarks_in_its_log(toys: Toys) -> None:
    """It never reports its partitions. A worker of this release that takes them over ends that traffic."""
    await toys.create()
    upstream = toys.start("a", is_chained=True, only="counter", bounds={"log_watermark_every_s": 1.0})
    await upstream.until("partition_opened", times=toys.partitions)
    expected = {(reader, task) for reader in range(toys.partitions) for task in range(toys.partitions)}
    async with toys.reader("told") as reader:
        await reader.until(
            lambda records: (
                {(record.partition, json.loads(record.value)["partition"]) for record in records} == expected
            ),
            20,
            "a watermark of each task in each partition",
        )
        assert {json.loads(record.value)["type"] for record in reader.records} == {"watermark"}
        downstream = toys.start("b", is_chained=True, only="teller")
        await downstream.until("partition_opened", times=toys.partitions)
        await asyncio.sleep(5)
        before = await reader.ends()
        await asyncio.sleep(4)
        assert await reader.ends() == before


async def test_watermarks_of_an_earlier_release_in_the_log_are_enough(toys: Toys) -> None:
    """The test writes what a worker of an earlier release writes: outputs, and a watermark of each task per partition."""
    await toys.create()
    downstream = toys.start(is_chained=True, only="teller")
    await downstream.until("partition_opened", times=toys.partitions)
    told, due_ms = toys.topic("told"), now_ms() + 1_000
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        for partition in range(toys.partitions):
            case = json.dumps({"key": f"case-{partition}", "due_ms": due_ms}).encode()
            await producer.send_and_wait(told, case, partition=partition, timestamp_ms=now_ms())
            for task in range(toys.partitions):
                mark = Watermark("counter", task, toys.partitions, due_ms + 1_000 + task)
                emit = control_emit(told, partition, mark, due_ms)
                await producer.send_and_wait(
                    told, emit.value, partition=partition, headers=list(emit.headers), timestamp_ms=now_ms()
                )
    async with toys.reader("out") as reader:
        await reader.until_ids([f"overdue case-{partition}" for partition in range(toys.partitions)], 20)
    assert await check_ticks(toys) == toys.partitions


async def test_no_tick_overtakes_an_output_when_partitions_move_between_workers(toys: Toys) -> None:
    """A worker is frozen until it has lost its partitions, and wakes with its old watermarks."""
    await toys.create()
    bounds = {"idle_every_s": 0.02}
    first, second = (toys.start(name, is_chained=True, bounds=bounds) for name in "ab")
    await eventually(lambda: bool(first.events("partition_opened")), START_S, "the first worker opens")
    names = iter(range(1_000))
    sent: list[str] = []

    async def produce_for(seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            name = f"d{next(names)}"
            sent.append(name)
            await toys.produce([deadline(toys, name, len(sent) % toys.partitions, 300)])
            await asyncio.sleep(0.05)

    await produce_for(3)
    for frozen in (first, second):
        frozen.freeze()
        await produce_for(SESSION_TIMEOUT_S + 4)
        frozen.wake()
        await produce_for(2)
    for name in sent:
        await until_reported(toys, name, 60)
    reported = [output["id"] for output in await toys.outputs() if output["id"].startswith("overdue")]
    assert sorted(reported) == sorted(f"overdue case-{name}" for name in sent)
    await check_ticks(toys)
