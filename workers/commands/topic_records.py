"""Read topics for a command. Only committed records are read, as by every subscriber. No consumer group is joined."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import TopicAuthorizationFailedError

from workers.broker.clients import client_arguments
from workers.commands.errors import CommandError
from workers.settings import Settings


async def read_topics(
    settings: Settings, names: tuple[str, ...], *, from_start: bool, to_end: bool
) -> AsyncIterator[Any]:
    """Yield the records of all partitions of topics. Each partition keeps its order.

    Args:
        settings: the settings of the installation.
        names: the topics.
        from_start: whether to begin with the oldest record. Otherwise only new records are yielded.
        to_end: whether to stop at the end of the topics at the time of the call.

    Raises:
        CommandError: a topic does not exist.
        aiokafka.errors.TopicAuthorizationFailedError: the user may not read a topic.
    """
    consumer = AIOKafkaConsumer(
        **client_arguments(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest" if from_start else "latest",
    )
    async with consumer:
        partitions = [
            TopicPartition(name, partition)
            for name in names
            for partition in sorted(await partitions_of(consumer, name))
        ]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions) if to_end else {}
        while not to_end or await _is_behind(consumer, ends):
            for found in (await consumer.getmany(timeout_ms=500)).values():
                for record in found:
                    yield record


async def partitions_of(consumer: Any, name: str) -> set[int]:
    """Return the partitions of a topic. Raises CommandError if it does not exist."""
    await consumer._client.add_topic(name)  # noqa: SLF001 - the consumer fetches no metadata for a topic before it is assigned
    found: set[int] | None = consumer.partitions_for_topic(name)
    if name in consumer._client.cluster.unauthorized_topics:  # noqa: SLF001 - it is not public
        raise TopicAuthorizationFailedError(name)
    if not found:
        raise CommandError(f"topic {name} does not exist; create the topics with `lead-router topics create`")
    return found


async def _is_behind(consumer: Any, ends: dict[Any, int]) -> bool:
    """Return whether a partition is not yet read up to its end offset in ``ends``.

    The consumer's positions are compared, not the offsets of records. The last offsets of a partition may be transaction
    markers, which are never delivered as records.
    """
    return any([await consumer.position(partition) < end for partition, end in ends.items()])
