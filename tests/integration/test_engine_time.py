"""Timers on idle partitions. Their time moves no further than all inputs have been read."""

from __future__ import annotations

import json
import time

import pytest
from cluster import START_S, Toys
from confluent_kafka import Producer
from ticks import check_ticks

from workers.engine.control import HEADER

pytestmark = pytest.mark.kafka


async def test_a_timer_of_an_idle_partition_fires_when_it_is_due_and_not_before(toys: Toys) -> None:
    await toys.create()
    worker = toys.start()
    await worker.until("partition_opened", times=toys.partitions)
    await toys.produce([{"id": "sets", "key": "k", "due_in_ms": 1_500}])
    await toys.until_done([{"id": "own k"}], START_S)
    async with toys.reader("out") as reader:
        outputs = {json.loads(record.value)["id"]: record for record in await reader.to_end()}
    due_ms = outputs["sets"].timestamp + 1_500
    assert json.loads(outputs["own k"].value)["due_ms"] == due_ms
    assert outputs["own k"].timestamp == due_ms
    async with toys.reader("log") as reader:
        ticks = [record for record in await reader.to_end() if (HEADER, b"tick") in record.headers]
    assert [tick.timestamp >= due_ms for tick in ticks] == [True]


async def test_a_deadline_is_not_reported_while_its_cancellation_is_unread_upstream(toys: Toys) -> None:
    """The cancellation waits behind slow records of another partition upstream. Its stamp is before the due time."""
    await toys.create()
    slow, fast = keys_of_partitions(toys)[:2]
    worker = toys.start(is_chained=True, slow_ms=150, slow_partition=slow[1])
    await worker.until("partition_opened", times=2 * toys.partitions)
    now_ms = time.time_ns() // 1_000_000
    due_ms = now_ms + 1_500
    stamp = {"timestamp_ms": now_ms}
    await toys.produce([{"id": f"slow{n}", "key": slow[0]} for n in range(30)], **stamp)
    await toys.produce([{"id": "cancels", "key": slow[0], "tells": "case"}], **stamp)
    await toys.produce(
        [
            {"id": "sets", "key": fast[0], "tells": "case", "told_due_ms": due_ms},
            {"id": "sets another", "key": fast[0], "tells": "another", "told_due_ms": due_ms},
        ],
        **stamp,
    )
    await toys.until_done([{"id": "overdue another"}])
    toys.kill_all()
    assert "overdue case" not in {output["id"] for output in await toys.outputs()}
    await check_ticks(toys)


async def test_a_deadline_is_reported_although_transactions_have_failed(toys: Toys) -> None:
    """No newer stamp comes when all is read, so no later watermark would replace one that was lost."""
    await toys.create()
    stamp_ms = time.time_ns() // 1_000_000 - 60_000
    sets = {"id": "sets", "key": "k", "tells": "case", "told_due_ms": stamp_ms + 1_500}
    await toys.produce([sets], timestamp_ms=stamp_ms)
    await toys.produce([{"id": "later", "key": "k"}], timestamp_ms=stamp_ms + 5_000)
    worker = toys.start(
        is_chained=True,
        follows_stamps=True,
        bounds={"restart_backoff_s": 0.01, "restart_backoff_max_s": 0.01},
        orders={"flaky_percent": 100, "flaky_most": 8, "flaky_places": ["written"]},
    )
    await toys.until_done([{"id": "overdue case"}])
    assert worker.moments.failures == 8
    await check_ticks(toys)


def keys_of_partitions(toys: Toys) -> list[tuple[str, int]]:
    """Return a key for each partition, found with librdkafka's murmur2."""
    found: dict[int, str] = {}
    producer = Producer({"bootstrap.servers": toys.bootstrap, "partitioner": "murmur2"})
    for n in range(200):
        producer.produce(
            toys.topic("dead"),
            b"{}",
            f"k{n}".encode(),
            on_delivery=lambda _, put: found.setdefault(put.partition(), put.key().decode()),
        )
    assert producer.flush(START_S) == 0
    return [(key, partition) for partition, key in sorted(found.items())]
