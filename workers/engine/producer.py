"""The transactional producer of one (agent, partition). It writes a batch's outputs and changed rows, all or nothing.

In: the outputs and changed rows of a batch. Out: one or more Kafka record batches per partition, in one transaction.
After any error the producer must be discarded. The next one fences it and aborts what it left open.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from workers.engine.outgoing_batch import OutgoingBatch
from workers.engine.partitioner import partition_of
from workers.engine.transaction import Transactions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engine.api import Emit

_CLOSE_TIMEOUT_S = 1.0


class SendFailedError(Exception):
    """A record of the transaction was not written. The transaction was aborted."""


class TransactionalWriter:
    """Writes the batches of one task. It must be discarded after an error."""

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
        )

    async def fence(self) -> None:
        """Start the producer. From then on no earlier producer with the same transactional id can commit anything."""
        await self._producer.start()
        transactions = Transactions(self._producer, self._id)
        await transactions.choose_version()
        self._transactions = transactions

    async def commit(
        self,
        outputs: Sequence[Emit],
        changelog: TopicPartition,
        changes: Mapping[bytes, bytes | None],
        now_ms: int,
    ) -> int | None:
        """Write all in one transaction. Return the changelog's next offset, or None if no row has changed.

        Raises SendFailedError, ProducerFenced, or an error of aiokafka. The writer must then be discarded.
        """
        transactions = self._started()
        try:
            batches = self._batches(outputs, changelog, changes, now_ms)
            await transactions.begin(batches)
            next_offsets = await self._write(transactions, batches)
            await transactions.end(commits=True)
        except BaseException:
            await self._abort(transactions)
            raise
        return next_offsets.get(changelog)

    async def _write(
        self, transactions: Transactions, batches: Mapping[TopicPartition, Sequence[OutgoingBatch]]
    ) -> dict[TopicPartition, int]:
        """Write all batches, those of one partition one after the other. Return the next offset of each partition."""
        next_offsets: dict[TopicPartition, int] = {}
        for number in range(max(map(len, batches.values()))):
            one_each = {tp: of_tp[number] for tp, of_tp in batches.items() if number < len(of_tp)}
            for tp, offset in (await transactions.write(one_each)).items():
                if offset < 0:
                    raise SendFailedError("the broker returned no offset for a record")
                next_offsets[tp] = offset + one_each[tp].count
        return next_offsets

    def _batches(
        self,
        outputs: Sequence[Emit],
        changelog: TopicPartition,
        changes: Mapping[bytes, bytes | None],
        now_ms: int,
    ) -> dict[TopicPartition, list[OutgoingBatch]]:
        made: dict[TopicPartition, list[OutgoingBatch]] = {}
        known: dict[tuple[str, int], list[OutgoingBatch]] = {}
        for emit in outputs:
            partition = emit.partition
            if partition is None:
                partition = partition_of(emit.partition_key or emit.key or b"", self._partitions)
            batches = known.get((emit.topic, partition))
            record = (emit.timestamp_ms, emit.key, emit.value, [*emit.headers])
            if batches is None:
                batches = made[TopicPartition(emit.topic, partition)] = [_begun(*record)]
                known[emit.topic, partition] = batches
            elif not batches[-1].append(*record):
                batches.append(_begun(*record))
        if changes:
            batches = made[changelog] = [OutgoingBatch()]
            for key, row in changes.items():
                if not batches[-1].append(now_ms, key, row, []):
                    batches.append(_begun(now_ms, key, row, []))
        return made

    def _started(self) -> Transactions:
        if self._transactions is None:
            raise RuntimeError("the writer has not started: call fence() first")
        return self._transactions

    async def _abort(self, transactions: Transactions) -> None:
        if transactions.is_open and not transactions.must_be_fenced:
            with contextlib.suppress(Exception):  # if this fails, the fence of the next producer aborts
                await asyncio.wait_for(transactions.end(commits=False), _CLOSE_TIMEOUT_S)

    async def close(self) -> None:
        """Close the connections. Never raises."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._producer.stop(), _CLOSE_TIMEOUT_S)


def _begun(
    timestamp_ms: int | None, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
) -> OutgoingBatch:
    batch = OutgoingBatch()
    batch.append(timestamp_ms, key, value, headers)
    return batch
