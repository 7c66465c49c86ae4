"""How a command reads topics: as every subscriber must, with read_committed, and without a group of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from workers.broker.clients import client_arguments
from workers.commands.errors import CommandError
from workers.settings import Settings


async def read_topics(
    settings: Settings, names: tuple[str, ...], *, from_start: bool, to_end: bool
) -> AsyncIterator[Any]:
    """Give what stands in all partitions of topics, each in its order; with ``to_end`` up to what is the end now.

    Raises CommandError where there is no such topic.
    """
    consumer = AIOKafkaConsumer(
        **client_arguments(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest" if from_start else "latest",
    )
    async with consumer:
        places = [
            TopicPartition(name, partition)
            for name in names
            for partition in sorted(await _partitions(consumer, name))
        ]
        consumer.assign(places)
        ends = await consumer.end_offsets(places) if to_end else {}
        while not to_end or await _is_behind(consumer, ends):
            for found in (await consumer.getmany(timeout_ms=500)).values():
                for record in found:
                    yield record


async def _partitions(consumer: Any, name: str) -> set[int]:
    await consumer._client.add_topic(name)  # noqa: SLF001 - the consumer fetches no metadata of what it was not assigned
    found: set[int] | None = consumer.partitions_for_topic(name)
    if not found:
        raise CommandError(f"there is no topic {name}; create the topics with: lead-router topics create")
    return found


async def _is_behind(consumer: Any, ends: dict[Any, int]) -> bool:
    """Whether a partition is not read to its end; the end counts transaction markers, so positions are compared."""
    return any([await consumer.position(place) < end for place, end in ends.items()])
