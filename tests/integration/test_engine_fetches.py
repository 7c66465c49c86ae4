"""Fetches in sessions on a real Kafka: aiokafka knows what it would know without them."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from cluster import Toys, some_events
from waiting import eventually

from workers.engine.fetch_sessions import fetch_in_sessions

pytestmark = pytest.mark.kafka


async def test_the_end_of_a_partition_is_known_although_it_was_sought_during_the_first_fetch(
    toys: Toys,
) -> None:
    await toys.create()
    await toys.produce(some_events(40))
    tps = [TopicPartition(toys.topic("in"), partition) for partition in range(toys.partitions)]
    async with AIOKafkaConsumer(
        bootstrap_servers=toys.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=50
    ) as consumer:
        fetch_in_sessions(consumer)
        ends = await consumer.end_offsets(tps)
        consumer.assign(tps)
        for tp in tps:
            consumer.seek(tp, 0)
        while not consumer._fetcher._in_flight:  # noqa: ASYNC110 - aiokafka has no event for it
            await asyncio.sleep(0)
        for tp in tps:
            consumer.seek(tp, ends[tp])

        await eventually(
            lambda: {tp: consumer.last_stable_offset(tp) for tp in tps} == ends,
            10,
            "the end of each partition",
        )
