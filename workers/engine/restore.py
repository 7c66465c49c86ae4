"""Restores a partition's rows: reads the changelog from the position of the local copy to its end.

In: the changelog and a local copy. Out: a copy that holds every committed row. Records are read in bulk and
``read_committed``. A copy that cannot be trusted (staleness.py) was deleted before and is rebuilt from the beginning.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiokafka.structs import TopicPartition

    from workers.engine.store import RocksStore

_FETCH_BYTES = 8 << 20
_POLL_MS = 200
_STOP_S = 1.0


def reader(client: Mapping[str, Any]) -> AIOKafkaConsumer:
    """Return a consumer that has no group and sees only committed records."""
    return AIOKafkaConsumer(
        **client,
        group_id=None,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=_POLL_MS,
    )


async def stop_reader(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer of :func:`reader`. Never raises, and takes a second at most.

    Over TLS the event loop gives the end of a connection 30 seconds, and the task would open that much later.
    """
    with suppress(Exception):
        await asyncio.wait_for(consumer.stop(), _STOP_S)


async def read_changelog(
    consumer: AIOKafkaConsumer,
    changelog: TopicPartition,
    store: RocksStore,
    position: int,
    end: int,
    now_ms: int,
    is_closing: Callable[[], bool] = lambda: False,
) -> int:
    """Apply the changelog from ``position`` up to ``end`` to the store. Return the number of records read.

    It ends when the consumer's position reaches the end. Waiting for a record with the last offset could wait for ever:
    the end counts transaction markers, which are never delivered. It ends early if the task is closing.
    """
    consumer.assign([changelog])
    consumer.seek(changelog, position)
    count = 0
    while not is_closing() and await consumer.position(changelog) < end:
        for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            changes = {record.key: record.value for record in records}
            count += len(records)
            store.write(changes, changelog_offset=records[-1].offset + 1, at_ms=now_ms)
    return count
