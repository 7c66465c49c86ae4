"""Fetches in sessions on a real Kafka: aiokafka knows what it would know without them, whatever ends a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.client import ConnectionGroup
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.structs import TopicPartition
from cluster import Toys, some_events
from waiting import eventually

from workers.engine.fetch_sessions import _SessionRequest, fetch_in_sessions

pytestmark = pytest.mark.kafka

EVENTS = 40


@pytest.fixture
async def consumer(toys: Toys) -> AsyncIterator[AIOKafkaConsumer]:
    """Return a consumer that fetches in sessions. The topic has records."""
    await toys.create()
    await toys.produce(some_events(EVENTS))
    async with AIOKafkaConsumer(
        bootstrap_servers=toys.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=50
    ) as consumer:
        fetch_in_sessions(consumer)
        yield consumer


def partitions(toys: Toys) -> list[TopicPartition]:
    return [TopicPartition(toys.topic("in"), partition) for partition in range(toys.partitions)]


def assign(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
    consumer.assign(list(offsets))
    for tp, offset in offsets.items():
        consumer.seek(tp, offset)


async def until_ends_are_known(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
    await eventually(
        lambda: {tp: consumer.last_stable_offset(tp) for tp in ends} == ends, 10, "the end of each partition"
    )


async def until_in_flight(consumer: AIOKafkaConsumer) -> None:
    while not consumer._fetcher._in_flight:  # noqa: ASYNC110 - aiokafka has no event for it
        await asyncio.sleep(0)


async def read(consumer: AIOKafkaConsumer, expected: int) -> list[bytes]:
    found: list[bytes] = []
    async with asyncio.timeout(10):
        while len(found) < expected:
            for records in (await consumer.getmany(timeout_ms=50)).values():
                found += [record.value for record in records]
    return found


async def test_the_end_of_a_partition_is_known_although_it_was_sought_during_the_first_fetch(
    toys: Toys, consumer: AIOKafkaConsumer
) -> None:
    ends = await consumer.end_offsets(partitions(toys))
    assign(consumer, dict.fromkeys(ends, 0))
    await until_in_flight(consumer)
    for tp, end in ends.items():
        consumer.seek(tp, end)

    await until_ends_are_known(consumer, ends)


async def test_the_end_of_a_partition_is_known_after_each_assignment(
    toys: Toys, consumer: AIOKafkaConsumer
) -> None:
    ends = await consumer.end_offsets(partitions(toys))
    assign(consumer, ends)
    await until_ends_are_known(consumer, ends)
    consumer.pause(*ends)  # so that no fetch is in flight, whose end would end the session
    await eventually(lambda: not consumer._fetcher._in_flight, 10, "the end of the latest fetch")

    assign(consumer, ends)

    await until_ends_are_known(consumer, ends)


@pytest.mark.parametrize("cause", ["forgotten", "connection lost"])
async def test_records_are_read_after_the_end_of_a_session(
    toys: Toys, consumer: AIOKafkaConsumer, cause: str
) -> None:
    ends = await consumer.end_offsets(partitions(toys))
    assign(consumer, ends)
    await until_ends_are_known(consumer, ends)
    client: Any = consumer._fetcher._client
    ((node_id, session),) = client._sessions.items()
    session_id = session._id
    await eventually(lambda: session._epoch > 1, 10, "an incremental request")
    if cause == "forgotten":
        await end_session(toys, node_id, session_id)
    else:
        connection = client._conns[node_id, ConnectionGroup.DEFAULT]
        # A fetch that is not sent yet would continue the session on the next connection.
        while not connection._requests:  # noqa: ASYNC110 - aiokafka has no event for it
            await asyncio.sleep(0)
        connection.close()
    await eventually(lambda: session._id != session_id, 10, "another session")
    await toys.produce(some_events(EVENTS, start=EVENTS))

    assert len(await read(consumer, EVENTS)) == EVENTS


async def end_session(toys: Toys, node_id: int, session_id: int) -> None:
    """Let the broker forget the session, by a complete request of another client that names it."""
    nothing = FetchRequest(0, 0, 1, 0, [])
    async with AIOKafkaConsumer(bootstrap_servers=toys.bootstrap) as other:
        await other._client.send(node_id, _SessionRequest(nothing, [], (session_id, 0), []))
