"""One fenced transactional producer per (agent, partition): a batch's outputs and changed rows, all or nothing.

In: what a batch commits. Out: record batches, one or more for each partition, written and ended in one transaction; or an
error, after which the producer is worth nothing any more and is discarded.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from workers.engine.partitioner import partition_of
from workers.engine.transaction import Transactions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engine.api import Emit

_MAX_BATCH_BYTES = 1 << 19
_CLOSE_TIMEOUT_S = 1.0


class SendFailedError(Exception):
    """A record of the transaction was not written; the transaction was aborted."""


class TransactionalWriter:
    """Writes batches of one task. Not usable after an error."""

    def __init__(
        self, transactional_id: str, client: Mapping[str, Any], partitions: int, timeout_ms: int
    ) -> None:
        self._partitions = partitions
        self._id = transactional_id
        self._transactions: Transactions | None = None
        self._producer = AIOKafkaProducer(
            **client,
            transactional_id=transactional_id,
            transaction_timeout_ms=timeout_ms,
            acks="all",
            max_batch_size=_MAX_BATCH_BYTES,
        )

    async def fence(self) -> None:
        """Start: from here on no earlier holder of the id can write anything visible."""
        await self._producer.start()
        self._transactions = Transactions(self._producer, self._id)

    async def commit(
        self,
        outputs: Sequence[Emit],
        changelog: TopicPartition,
        changes: Mapping[bytes, bytes | None],
        now_ms: int,
    ) -> int | None:
        """Write all in one transaction and return the changelog's next offset (None without changes).

        Raises SendFailedError, ProducerFenced, or what aiokafka raises; the writer must then be discarded.
        """
        transactions = self._started()
        try:
            batches = self._batches(outputs, changelog, changes, now_ms)
            await transactions.begin(batches)
            behind = await self._write(transactions, batches)
            await transactions.end(commits=True)
        except BaseException:
            await self._abort(transactions)
            raise
        return behind.get(changelog)

    async def _write(
        self, transactions: Transactions, batches: Mapping[TopicPartition, Sequence[Any]]
    ) -> dict[TopicPartition, int]:
        """Write all batches, each partition's in order; return the offset behind the last record of each."""
        behind: dict[TopicPartition, int] = {}
        for number in range(max(map(len, batches.values()))):
            now = {tp: of_tp[number] for tp, of_tp in batches.items() if number < len(of_tp)}
            for tp, offset in (await transactions.write(now)).items():
                if offset < 0:
                    raise SendFailedError("the broker gave a record no offset")
                behind[tp] = offset + now[tp].record_count()
        return behind

    def _batches(
        self,
        outputs: Sequence[Emit],
        changelog: TopicPartition,
        changes: Mapping[bytes, bytes | None],
        now_ms: int,
    ) -> dict[TopicPartition, list[Any]]:
        made: dict[TopicPartition, list[Any]] = {}
        for emit in outputs:
            partition = emit.partition
            if partition is None:
                partition = partition_of(emit.partition_key or emit.key or b"", self._partitions)
            tp = TopicPartition(emit.topic, partition)
            self._add(made, tp, emit.timestamp_ms, emit.key, emit.value, list(emit.headers))
        for key, row in changes.items():
            self._add(made, changelog, now_ms, key, row, [])
        return made

    def _add(
        self,
        made: dict[TopicPartition, list[Any]],
        tp: TopicPartition,
        timestamp_ms: int | None,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes]],
    ) -> None:
        """Append a record to the last batch of its partition, or to a new one, which takes a record of any size."""
        batches = made.get(tp)
        if batches is None:
            batches = made[tp] = [self._producer.create_batch()]
        if batches[-1].append(timestamp=timestamp_ms, key=key, value=value, headers=headers) is None:
            batches.append(self._producer.create_batch())
            batches[-1].append(timestamp=timestamp_ms, key=key, value=value, headers=headers)

    def _started(self) -> Transactions:
        if self._transactions is None:
            raise RuntimeError("the writer has not fenced")
        return self._transactions

    async def _abort(self, transactions: Transactions) -> None:
        if transactions.is_open:
            with contextlib.suppress(
                Exception
            ):  # what cannot be aborted is aborted by the next holder's fence
                await asyncio.wait_for(transactions.end(commits=False), _CLOSE_TIMEOUT_S)

    async def close(self) -> None:
        """Let go of the connections; never raises."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._producer.stop(), _CLOSE_TIMEOUT_S)
