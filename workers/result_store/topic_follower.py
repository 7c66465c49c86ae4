"""Reads committed records from all partitions of the topics of a store, and gives them to it in batches.

The store's offsets count, so no consumer group is joined and no offset is committed to the broker. The follower waits for topics
that do not exist yet, and survives restarts of the broker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from workers.broker.clients import client_arguments
from workers.engine.access_errors import ACCESS_ERRORS
from workers.engine.api import Record
from workers.engine.restore import stop_reader
from workers.engine.topic_ids import topic_ids
from workers.shadow import topic_names

if TYPE_CHECKING:
    from workers.result_store.store_file import Place, ResultStore
    from workers.settings import Settings

Changed = Callable[[frozenset[str]], None]
"""Called after each commit with the topics whose records were stored."""

_log = structlog.get_logger(__name__)
_POLL_MS: Final = 200
_MOST_RECORDS: Final = 2_000
_CHECK_IDS_S: Final = 15.0
_AGAIN_S: Final = 1.0


async def follow(settings: Settings, store: ResultStore, changed: Changed) -> None:
    """Store all records of the topics, then each new one within a moment, until the task is cancelled.

    Raises:
        aiokafka.errors.KafkaError: the user may not read a topic, or the login fails.
    """
    names = {(topic_names().get(name, name) if settings.shadow else name): name for name in store.topics}
    was_logged = False
    while True:
        try:
            await _follow_once(settings, store, names, changed)
            was_logged = False
        except ACCESS_ERRORS:
            raise
        except (KafkaError, OSError) as error:
            if not was_logged:
                _log.warning("results_not_read", why=f"{type(error).__name__}: {error}")
            was_logged = True
        await asyncio.sleep(_AGAIN_S)


async def _follow_once(
    settings: Settings, store: ResultStore, names: dict[str, str], changed: Changed
) -> None:
    """Read until a topic has another id. Raises KafkaError if the broker cannot be read."""
    consumer = AIOKafkaConsumer(
        **client_arguments(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        ids = await topic_ids(consumer, names)
        await _begin(consumer, store, names, ids)
        checked_s = time.monotonic()
        while time.monotonic() - checked_s < _CHECK_IDS_S or await topic_ids(consumer, names) == ids:
            if time.monotonic() - checked_s >= _CHECK_IDS_S:
                checked_s = time.monotonic()
            found = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
            records = [_record(raw, names) for batch in found.values() for raw in batch]
            if records:
                await asyncio.to_thread(store.apply, records)
                changed(frozenset(record.topic for record in records))
    finally:
        await stop_reader(consumer)


async def _begin(
    consumer: AIOKafkaConsumer, store: ResultStore, names: dict[str, str], ids: dict[str, str]
) -> None:
    """Assign all partitions, each at the offset that the store names."""
    partitions = [
        TopicPartition(name, partition)
        for name in names
        for partition in sorted(await _partitions_of(consumer, name))
    ]
    consumer.assign(partitions)
    first, end = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    bounds: dict[Place, tuple[int, int]] = {
        (names[one.topic], one.partition): (first[one], end[one]) for one in partitions
    }
    offsets = store.begin({names[name]: found for name, found in ids.items()}, bounds)
    for one in partitions:
        consumer.seek(one, offsets[names[one.topic], one.partition])


async def _partitions_of(consumer: Any, name: str) -> Iterable[int]:
    await consumer._client.add_topic(name)  # noqa: SLF001 - no metadata is fetched for a topic before it is assigned
    return consumer.partitions_for_topic(name) or ()


def _record(raw: Any, names: dict[str, str]) -> Record:
    """Return a read record with its topic's name in the contract."""
    return Record(
        names.get(raw.topic, raw.topic),
        raw.partition,
        raw.offset,
        raw.timestamp,
        raw.key,
        raw.value,
        tuple(raw.headers),
    )
