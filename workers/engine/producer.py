"""One fenced transactional producer per (agent, partition): a batch's outputs and changed rows, all or nothing.

aiokafka's ``commit_transaction`` succeeds although a produce of that transaction failed, so every send future is
awaited and read here before the commit; after any exception the producer is worth nothing any more and is discarded.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from workers.engine.partitioner import partition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engine.api import Emit

_MAX_BATCH_BYTES = 1 << 19
_RETRY_BACKOFF_MS = 20
"""Brokers from 4.0 answer NOT_ENOUGH_REPLICAS while a transaction is verified; the default of 100 ms ruins latency."""
_CLOSE_TIMEOUT_S = 1.0


class SendFailedError(Exception):
    """A record of the transaction was not written; the transaction was aborted."""


class TransactionalWriter:
    """Writes batches of one task. Not usable after an error."""

    def __init__(
        self, transactional_id: str, client: Mapping[str, Any], partitions: int, timeout_ms: int
    ) -> None:
        self._partitions = partitions
        self._producer = AIOKafkaProducer(
            **client,
            transactional_id=transactional_id,
            transaction_timeout_ms=timeout_ms,
            acks="all",
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=8 << 20,
            retry_backoff_ms=_RETRY_BACKOFF_MS,
            linger_ms=0,
        )

    async def fence(self) -> None:
        """Start: from here on no earlier holder of the id can write anything visible."""
        await self._producer.start()

    async def commit(
        self,
        outputs: Sequence[Emit],
        changelog: TopicPartition,
        changes: Mapping[bytes, bytes | None],
        now_ms: int,
    ) -> int | None:
        """Write all in one transaction and return the changelog's next offset (None without changes).

        Raises SendFailedError, or what aiokafka raises; the writer must then be discarded.
        """
        await self._producer.begin_transaction()
        try:
            futures = await self._send(outputs)
            rows, counts = await self._send_rows(changelog, changes, now_ms)
            written = await asyncio.gather(*futures, *rows)
        except BaseException:
            await self._abort()
            raise
        if any(meta is None or meta.offset < 0 for meta in written):
            await self._abort()
            msg = "the broker gave a record no offset"
            raise SendFailedError(msg)
        await self._producer.commit_transaction()
        return written[-1].offset + counts[-1] if rows else None

    async def _send(self, outputs: Sequence[Emit]) -> list[asyncio.Future[Any]]:
        grouped: dict[tuple[str, int], list[Emit]] = {}
        for emit in outputs:
            partition = emit.partition
            if partition is None:
                partition = partition_of(emit.partition_key or emit.key or b"", self._partitions)
            grouped.setdefault((emit.topic, partition), []).append(emit)
        futures = []
        for (topic, partition), emits in grouped.items():
            records = [(emit.key, emit.value, emit.timestamp_ms, list(emit.headers)) for emit in emits]
            futures += (await self._send_records(TopicPartition(topic, partition), records))[0]
        return futures

    async def _send_rows(
        self, changelog: TopicPartition, changes: Mapping[bytes, bytes | None], now_ms: int
    ) -> tuple[list[asyncio.Future[Any]], list[int]]:
        if not changes:
            return [], []
        return await self._send_records(
            changelog, [(key, value, now_ms, []) for key, value in changes.items()]
        )

    async def _send_records(
        self, tp: TopicPartition, records: list[Any]
    ) -> tuple[list[asyncio.Future[Any]], list[int]]:
        producer = self._producer
        futures, counts = [], []
        batch = producer.create_batch()
        for key, value, timestamp_ms, headers in records:
            if batch.append(timestamp=timestamp_ms, key=key, value=value, headers=headers) is None:
                counts.append(batch.record_count())
                futures.append(await producer.send_batch(batch, tp.topic, partition=tp.partition))
                batch = producer.create_batch()
                if batch.append(timestamp=timestamp_ms, key=key, value=value, headers=headers) is None:
                    msg = f"a record for {tp.topic} is larger than a batch"
                    raise SendFailedError(msg)
        batch.close()
        counts.append(batch.record_count())
        futures.append(await producer.send_batch(batch, tp.topic, partition=tp.partition))
        return futures, counts

    async def _abort(self) -> None:
        with contextlib.suppress(Exception):  # what cannot be aborted is aborted by the next holder's fence
            await asyncio.wait_for(self._producer.abort_transaction(), _CLOSE_TIMEOUT_S)

    async def close(self) -> None:
        """Let go of the connections; never raises."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._producer.stop(), _CLOSE_TIMEOUT_S)
