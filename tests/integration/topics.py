"""Reads and writes the toy's topics as another system would: ordinary clients, read_committed."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import InvalidReplicationFactorError
from aiokafka.structs import TopicPartition

Event = Mapping[str, Any]
_REGISTERED_S = 15.0


@asynccontextmanager
async def admin_client(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Start an admin client, and close it at the end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def create_topics(
    bootstrap: str, names: Iterable[str], partitions: int, configs: Mapping[str, Mapping[str, str]]
) -> None:
    """Create topics. Raises AssertionError with the broker's errors."""
    wanted = [NewTopic(name, partitions, 1, topic_configs=dict(configs.get(name, {}))) for name in names]
    give_up_at = time.monotonic() + _REGISTERED_S
    async with admin_client(bootstrap) as admin:
        while wanted:
            answer = await admin.create_topics(wanted)
            refused = {name: (code, text) for name, code, text in answer.topic_errors if code}
            wanted = [topic for topic in wanted if topic.name in refused]
            # For a moment after its return a broker is not registered.
            is_early = {code for code, _ in refused.values()} == {InvalidReplicationFactorError.errno}
            assert not refused or (is_early and time.monotonic() < give_up_at), refused


async def produce(bootstrap: str, topic: str, events: Iterable[Event | bytes], **more: Any) -> None:
    """Write events in order, with their `key` as the key, on the partitions that the Java client would choose."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5) as producer:
        futures = []
        for event in events:
            is_raw = isinstance(event, bytes)
            value = event if is_raw else json.dumps(event).encode()
            key = None if is_raw else str(event["key"]).encode()
            futures.append(await producer.send(topic, value, key, **more))
        for future in futures:
            await future


class Reader:
    """A read_committed subscriber of one topic that keeps all records. An async context manager."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self.records: list[Any] = []
        self._tps = [TopicPartition(topic, partition) for partition in range(partitions)]
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=4 << 20,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign(self._tps)
        await self._consumer.seek_to_beginning(*self._tps)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def _more(self) -> None:
        for records in (await self._consumer.getmany(timeout_ms=50, max_records=20_000)).values():
            self.records += records

    async def ends(self) -> dict[TopicPartition, int]:
        """Return the end offset of each partition."""
        found: dict[TopicPartition, int] = await self._consumer.end_offsets(self._tps)
        return found

    async def to_end(self) -> list[Any]:
        """Return all records that are visible now."""
        ends = await self._consumer.end_offsets(self._tps)
        while any([await self._consumer.position(tp) < ends[tp] for tp in self._tps]):
            await self._more()
        return self.records

    async def until(self, holds: Callable[[list[Any]], bool], within_s: float, what: str) -> None:
        """Read until ``holds`` is true of all records. Raises AssertionError with ``what`` after ``within_s``."""
        give_up_at = time.monotonic() + within_s
        while not holds(self.records):
            assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {what}"
            await self._more()

    async def until_count(self, count: int, within_s: float) -> None:
        """Read until there are ``count`` records. Raises AssertionError after ``within_s``."""
        await self.until(lambda seen: len(seen) >= count, within_s, f"{count} records")

    async def until_ids(self, ids: Iterable[str], within_s: float) -> None:
        """Read until each of these ids has a record. Raises AssertionError after ``within_s``."""
        wanted = set(ids)
        seen = 0
        give_up_at = time.monotonic() + within_s
        while True:
            wanted -= {json.loads(record.value)["id"] for record in self.records[seen:]}
            seen = len(self.records)
            if not wanted:
                return
            assert time.monotonic() < give_up_at, (
                f"not within {within_s:g} s: {len(wanted)} outputs, {min(wanted)} among them"
            )
            await self._more()
