"""Input of other systems: undecodable records, wrong partitions, records that kill a worker. All others are decided."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from cluster import START_S, Toys, some_events
from confluent_kafka import Producer
from toy import DEADLY_EXIT

from workers.engine.control import Resume, control_emit

pytestmark = pytest.mark.kafka

RUBBISH: list[bytes] = [b"", b"not JSON", b"\xff\xfe\x00", b'["no", "object"]', b'{"key": 7}']


async def place(toys: Toys, partition: int, values: list[bytes | dict[str, Any]]) -> list[int]:
    """Write values to one partition; return their offsets."""
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        raws = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
        futures = [await producer.send(toys.topic("in"), raw, partition=partition) for raw in raws]
        return [(await future).offset for future in futures]


async def test_misplaced_records_are_forwarded_and_each_event_is_counted_on_its_own_partition(
    toys: Toys,
) -> None:
    await toys.create()
    events = some_events(3_000, keys=200)
    foreign = Producer(
        {"bootstrap.servers": toys.bootstrap}
    )  # its default partitioner differs from the Java client's
    for event in events:
        foreign.produce(toys.topic("in"), json.dumps(event).encode(), event["key"].encode())
    assert foreign.flush(START_S) == 0
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
    murmur2 = Producer({"bootstrap.servers": toys.bootstrap, "partitioner": "murmur2"})
    home: dict[
        bytes, int
    ] = {}  # each key's own partition, from records on a topic that no agent of this test reads
    for key in {event["key"].encode() for event in events}:
        murmur2.produce(
            toys.topic("told"),
            b"",
            key,
            on_delivery=lambda _, put: home.update({put.key(): put.partition()}),
        )
    assert murmur2.flush(START_S) == 0
    async with toys.reader("in") as inputs, toys.reader("out") as outputs:
        misplaced = sum(home[record.key] != record.partition for record in await inputs.to_end())
        assert all(home[record.key] == record.partition for record in await outputs.to_end())
    print(f"{misplaced} of {len(events)} records were on another partition than their key's")  # noqa: T201 - the figure
    assert misplaced > len(events) // 2, (
        "most records were on their key's partition already: the test does not prove that the others are forwarded"
    )


async def test_records_of_an_aborted_foreign_transaction_are_never_counted(toys: Toys) -> None:
    await toys.create()
    events = some_events(100)
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap, transactional_id=toys.app_id) as producer:
        await producer.begin_transaction()
        for event in some_events(100, start=100):
            await producer.send(toys.topic("in"), json.dumps(event).encode(), event["key"].encode())
        await producer.flush()
        await producer.abort_transaction()
    await toys.produce(events)
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)


async def test_undecodable_records_become_dead_letters_with_their_place_and_the_others_are_decided(
    toys: Toys,
) -> None:
    await toys.create()
    events = some_events(200)
    await toys.produce(events[:100])
    expected = {
        (1, offset) for offset in await place(toys, 1, [*RUBBISH, {"id": "bad", "key": "k", "is_bad": True}])
    }
    # Partition 1 may not be the one of the bad event's key. Then the event is forwarded first, and fails in the own log.
    await toys.produce(events[100:])
    toys.start()
    await toys.until_done(events)
    async with toys.reader("dead") as reader:
        await reader.until_count(len(expected), START_S)
        letters = [json.loads(record.value) for record in reader.records]
    toys.kill_all()
    await toys.check_exact(events)
    of_input = {
        (letter["partition"], letter["offset"]) for letter in letters if letter["topic"] == toys.topic("in")
    }
    assert of_input <= expected
    assert len(letters) == len(expected)
    reasons = Counter(letter["reason"] for letter in letters)
    assert reasons == {"not_json": 3, "breaks_contract": 2, "handler_failed": 1}


async def test_too_many_dead_letters_in_a_row_stop_a_partition_until_an_operator_resumes_it(
    toys: Toys,
) -> None:
    await toys.create()
    events = some_events(400)
    await place(toys, 2, [b"rubbish"] * 5)
    await toys.produce(events)
    async with toys.reader("in") as inputs:
        blocked = {
            json.loads(r.value)["id"] for r in await inputs.to_end() if r.partition == 2 and r.offset >= 5
        }
    others = [event for event in events if event["id"] not in blocked]
    assert blocked
    for _ in range(2):  # the stop survives a restart
        worker = toys.start(quarantine={"run": 5})
        await worker.until("partition_stopped", partition=2)
        await toys.until_done(others)
        assert not blocked & {output["id"] for output in await toys.outputs()}
        worker.terminate()
        assert worker.wait(10.0) == 0
    assert "5 dead letters in a row (limit 5)" in worker.events("partition_stopped")[0]["why"]
    worker = toys.start(quarantine={"run": 5})
    await worker.until("partition_stopped", partition=2)
    resume = control_emit(toys.topic("log"), 2, Resume("counter"), 0)
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        await producer.send_and_wait(resume.topic, resume.value, partition=2, headers=list(resume.headers))
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
    assert len(await toys.outputs("dead")) == 5


async def test_a_record_that_kills_the_worker_twice_becomes_a_dead_letter_at_the_third_start(
    toys: Toys,
) -> None:
    await toys.create()
    events = some_events(300)
    await toys.produce(events[:150])
    await toys.produce([{"id": "deadly", "key": "k1", "is_deadly": True}])
    await toys.produce(events[150:])
    for _ in range(2):
        assert toys.start().wait(START_S) == DEADLY_EXIT
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
    letters = await toys.outputs("dead")
    assert [letter["reason"] for letter in letters] == ["crashed_worker"]


async def test_a_timer_that_kills_the_worker_twice_is_buried_and_the_records_behind_it_are_decided(
    toys: Toys,
) -> None:
    """It once took the records behind it along, one by one, each as the one that was decided alone."""
    await toys.create()
    events = some_events(300)
    sets = {"id": "sets", "key": "deadly", "due_in_ms": 1_000}
    now_ms = time.time_ns() // 1_000_000 - 60_000
    await toys.produce([sets], timestamp_ms=now_ms)
    await toys.produce(events, timestamp_ms=now_ms + 2_000)
    for _ in range(2):
        assert toys.start().wait(START_S) == DEADLY_EXIT
    toys.start()
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact([*events, sets])
    letters = await toys.outputs("dead")
    assert [(letter["reason"], letter["offset"]) for letter in letters] == [("crashed_worker", -1)]
