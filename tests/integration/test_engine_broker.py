"""The broker is away, refuses records, has lost records, or holds a dead worker's transaction open."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from cluster import START_S, Toys, some_events
from topics import admin_client
from waiting import eventually

from tests.conftest import IMPATIENT
from workers.engine.faust_app import LEFT_BY_FORCE
from workers.engine.restore import reader, stop_reader
from workers.local_kafka.server import LocalKafka

pytestmark = pytest.mark.kafka

AN_HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def mortal_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A broker that the tests of this file stop and start. It runs at the start of each test."""
    with LocalKafka(tmp_path_factory.mktemp("mortal"), properties=IMPATIENT) as broker:
        yield broker


@pytest.mark.parametrize(
    ("end", "commit_timeout_s"),
    [
        pytest.param(LocalKafka.kill, 30.0, id="back before a commit gives up"),
        pytest.param(LocalKafka.stop, 1.0, id="back after every commit gave up"),
    ],
)
async def test_a_worker_waits_for_a_broker_that_is_away_and_continues(
    mortal_kafka: LocalKafka,
    new_toys: Callable[..., Toys],
    end: Callable[[LocalKafka], None],
    commit_timeout_s: float,
) -> None:
    mortal_kafka.start()
    toys = new_toys(mortal_kafka.bootstrap)
    await toys.create()
    events = some_events(600)
    await toys.produce(events)
    worker = toys.start(
        bounds={"max_batch_records": 8, "commit_timeout_s": commit_timeout_s, "lag_every_s": 0.1},
        orders={"linger_ms": 40},
    )
    await eventually(lambda: worker.moments.commits > 8, START_S, "8 commits")
    await eventually(lambda: worker.moments.open_transactions > 0, START_S, "an open transaction")
    end(mortal_kafka)
    seen = len(worker.log_text())
    await eventually(
        lambda: "Unable connect" in worker.log_text()[seen:],
        START_S,
        "the worker logs that the broker is away",
    )
    if commit_timeout_s < START_S:
        await worker.until("task_restarted", times=2 * toys.partitions)
    mortal_kafka.start()
    more = some_events(100, start=600)
    await toys.produce(more)
    await toys.until_done(events + more)
    assert worker.is_alive
    toys.kill_all()
    await toys.check_exact(events + more)


async def test_a_worker_that_is_stopped_while_the_broker_is_away_still_leaves(
    mortal_kafka: LocalKafka, new_toys: Callable[..., Toys]
) -> None:
    mortal_kafka.start()
    toys = new_toys(mortal_kafka.bootstrap)
    await toys.create()
    await toys.produce(some_events(600))
    worker = toys.start(bounds={"max_batch_records": 8, "lag_every_s": 0.1}, orders={"linger_ms": 40})
    await eventually(lambda: worker.moments.commits > 8, START_S, "8 commits")
    mortal_kafka.kill()
    seen = len(worker.log_text())
    await eventually(
        lambda: "Unable connect" in worker.log_text()[seen:],
        START_S,
        "the worker logs that the broker is away",
    )
    worker.terminate()
    assert worker.wait(10.0) in {0, LEFT_BY_FORCE}


async def test_a_reader_stops_although_one_of_its_fetches_waits_because_the_broker_is_away(
    mortal_kafka: LocalKafka, new_toys: Callable[..., Toys]
) -> None:
    mortal_kafka.start()
    toys = new_toys(mortal_kafka.bootstrap)
    await toys.create()
    consumer = reader({"bootstrap_servers": mortal_kafka.bootstrap})
    await consumer.start()
    consumer.assign([TopicPartition(toys.topic("in"), 0)])
    await consumer.seek_to_beginning()
    mortal_kafka.kill()
    await asyncio.sleep(0.5)  # each fetch fails at once, and waits for 0.1 s

    await stop_reader(consumer)

    assert consumer._client._sync_task is None


async def test_records_of_others_are_visible_at_once_after_a_killed_worker_left_a_transaction_open(
    toys: Toys,
) -> None:
    await toys.create()
    await toys.produce(some_events(400))
    patient = {"bounds": {"transaction_timeout_ms": 120_000}}
    victim = toys.start("a", orders={"linger_ms": 60_000}, **patient)
    await eventually(
        lambda: victim.moments.open_transactions == toys.partitions, START_S, "all transactions open"
    )
    assert victim.kill()
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        for partition in range(toys.partitions):
            value = json.dumps({"id": f"other{partition}"}).encode()
            await producer.send_and_wait(toys.topic("out"), value, partition=partition)
    assert await toys.outputs() == [], (
        "no open transaction hides the others' records: the test proves too little"
    )
    # It is too slow to write soon, so only the fence on assignment can end the open transaction.
    heir = toys.start("b", slow_ms=15_000, **patient)
    await heir.until("partitions_assigned")
    began = time.monotonic()
    async with toys.reader("out") as reader:
        await reader.until_ids([f"other{partition}" for partition in range(toys.partitions)], 5.0)
    print(f"visible {time.monotonic() - began:.2f} s after the assignment")  # noqa: T201 - the figure
    assert heir.moments.commits == 0


async def set_max_message_bytes(toys: Toys, topic: str, most: int) -> None:
    async with admin_client(toys.bootstrap) as admin:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(most)})
        await admin.alter_configs([resource])


async def test_a_transaction_with_a_refused_record_is_invisible_until_the_broker_accepts_it(
    toys: Toys,
) -> None:
    await toys.create({"out": {"max.message.bytes": "30000"}})
    fine, too_large = some_events(40), [{"id": "large", "key": "k1", "padding": 50_000}]
    worker = toys.start(bounds={"restart_backoff_s": 0.1, "restart_backoff_max_s": 0.1})
    await toys.produce(fine)
    await toys.until_done(fine)
    counted = await toys.counts()
    await toys.produce(too_large)
    await worker.until("task_restarted", times=2, error="MessageSizeTooLargeError")
    await toys.check_exact(fine)
    assert await toys.counts() == counted
    await set_max_message_bytes(toys, toys.topic("out"), 1_000_000)
    await toys.until_done(too_large)
    toys.kill_all()
    await toys.check_exact(fine + too_large)


async def test_a_future_dated_record_moves_time_no_further_than_the_broker_accepts(toys: Toys) -> None:
    await toys.create({"in": {"message.timestamp.after.max.ms": str(100 * AN_HOUR_MS)}})
    now_ms = time.time_ns() // 1_000_000
    ahead, later = [{"id": "ahead", "key": "k"}], [{"id": "later", "key": "k"}]
    await toys.produce(ahead, timestamp_ms=now_ms + 10 * AN_HOUR_MS)
    await toys.produce(later)
    toys.start()
    await toys.until_done(ahead + later, START_S)
    async with toys.reader("out") as reader:
        assert all(record.timestamp < now_ms + AN_HOUR_MS for record in await reader.to_end())


async def test_a_partition_stops_instead_of_skipping_records_that_were_deleted_unread(toys: Toys) -> None:
    await toys.create()
    events = some_events(400)
    await toys.produce(events)
    worker = toys.start()
    await toys.until_done(events)
    worker.terminate()
    assert worker.wait(10.0) == 0
    more = some_events(400, start=400)
    await toys.produce(more)
    async with toys.reader("in") as reader:
        records = await reader.to_end()
        gone = {json.loads(r.value)["id"] for r in records if r.partition == 1} & {
            event["id"] for event in more
        }
        end = max(record.offset for record in records if record.partition == 1) - 5
    async with admin_client(toys.bootstrap) as admin:
        await admin.delete_records({TopicPartition(toys.topic("in"), 1): RecordsToDelete(before_offset=end)})
    worker = toys.start()
    await worker.until("partition_stopped", partition=1)
    await toys.until_done([event for event in more if event["id"] not in gone])
    why = worker.events("partition_stopped")[0]["why"]
    assert f"{toys.topic('in')}/1: the rows continue at offset" in why
    assert f"the topic has {end} to" in why
    toys.kill_all()
    assert not gone & {output["id"] for output in await toys.outputs()}
