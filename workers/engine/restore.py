"""Restores a partition's rows: reads the changelog from the position of the local copy to its end.

In: the changelog and a local copy. Out: a copy that holds every committed row. Records are read in bulk and
``read_committed``. A copy that cannot be trusted (staleness.py) was deleted before and is rebuilt from the beginning.
It runs in a thread (state_thread.py), because unpacking and writing millions of rows would hold the event loop.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer

from workers.engine.consumer_stop import stop_fully
from workers.engine.unpacking import unpack_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aiokafka.structs import TopicPartition

    from workers.engine.state_thread import StateThread
    from workers.engine.store import RocksStore

_FETCH_BYTES = 4 << 20
_POLL_MS = 200
_STOP_S = 1.0
_MOST_RECORDS = 2_000
"""Records that are unpacked and written at a time. Between two portions another changelog is read."""
_MOST_PORTIONS = 4
"""Portions that are unpacked while RocksDB writes its buffers to files."""
_STALL_S = 0.005


def reader(client: Mapping[str, Any], fetch_bytes: int = _FETCH_BYTES) -> AIOKafkaConsumer:
    """Return a consumer that has no group and sees only committed records. ``fetch_bytes``: of one partition."""
    return AIOKafkaConsumer(
        **client,
        group_id=None,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=fetch_bytes,
        fetch_max_bytes=_FETCH_BYTES * 4,
        fetch_max_wait_ms=_POLL_MS,
    )


async def stop_reader(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer of :func:`reader`. Never raises, and takes a second at most.

    Over TLS the event loop gives the end of a connection 30 seconds, and the task would open that much later.
    """
    with suppress(Exception):
        await asyncio.wait_for(stop_fully(consumer.stop(), consumer), _STOP_S)


async def restore(  # noqa: PLR0917 - one call
    thread: StateThread,
    client: Mapping[str, Any],
    changelog: TopicPartition,
    store: RocksStore,
    position: int,
    end: int,
    now_ms: int,
    is_closing: Callable[[], bool] = lambda: False,
    report_left: Callable[[int], None] = lambda _: None,
) -> int:
    """Apply the changelog from ``position`` up to ``end`` to the store, in the thread. Return the number of records read.

    It ends when the consumer's position reaches the end. Waiting for a record with the last offset could wait for ever:
    the end counts transaction markers, which are never delivered. It ends early, within a second, if the task is closing.
    ``report_left`` is called with the number of offsets that are left.
    """
    report_left(max(0, end - position))
    if position >= end:
        return 0

    async def read() -> int:
        while thread.readers.locked():
            if is_closing():
                return 0
            await asyncio.sleep(_POLL_MS / 1000)
        async with thread.readers:
            consumer = reader(client)
            try:
                await consumer.start()
                unpack_rows(consumer)
                return await _read_changelog(
                    consumer, changelog, store, position, end, now_ms, is_closing, report_left
                )
            finally:
                await stop_reader(consumer)

    return await thread.run(read())


async def _read_changelog(
    consumer: AIOKafkaConsumer,
    changelog: TopicPartition,
    store: RocksStore,
    position: int,
    end: int,
    now_ms: int,
    is_closing: Callable[[], bool],
    report_left: Callable[[int], None],
) -> int:
    consumer.assign([changelog])
    consumer.seek(changelog, position)
    portions: asyncio.Queue[Sequence[Any]] = asyncio.Queue(_MOST_PORTIONS)
    count = 0

    async def write() -> None:
        while portion := await portions.get():
            await load(store, portion, now_ms)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(write())
            while not is_closing() and (at := await consumer.position(changelog)) < end:
                report_left(end - at)
                fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
                for records in fetched.values():
                    count += len(records)
                    await portions.put(records)
            await portions.put(())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    store.settle()
    report_left(0)
    return count


async def load(store: RocksStore, records: Sequence[Any], at_ms: int | None) -> None:
    """Apply records of the changelog to the store. Wait while RocksDB writes its buffers to files."""
    changes = {record.key: record.value for record in records}
    while not store.load(changes, records[-1].offset + 1, at_ms):  # noqa: ASYNC110 - RocksDB has no such event
        await asyncio.sleep(_STALL_S)
