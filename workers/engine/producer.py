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
    from collections.abc import Iterable, Mapping, Sequence

    from workers.engine.api import Emit

_MAX_BATCH_BYTES = 1 << 19
_CLOSE_TIMEOUT_S = 1.0
_Fields = tuple[int | None, bytes | None, bytes | None, list[tuple[str, bytes]]]
"""Of one record: timestamp_ms, key, value, headers."""


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
        grouped: dict[tuple[str, int], list[_Fields]] = {}
        for emit in outputs:
            partition = emit.partition
            if partition is None:
                partition = partition_of(emit.partition_key or emit.key or b"", self._partitions)
            record = (emit.timestamp_ms, emit.key, emit.value, list(emit.headers))
            grouped.setdefault((emit.topic, partition), []).append(record)
        made = {TopicPartition(*at): self._filled(records) for at, records in grouped.items()}
        if changes:
            rows: Iterable[_Fields] = ((now_ms, key, value, []) for key, value in changes.items())
            made[changelog] = self._filled(rows)
        return made

    def _filled(self, records: Iterable[_Fields]) -> list[Any]:
        """Return batches of the records, in order; an empty batch takes a record of any size."""
        filled = [self._producer.create_batch()]
        for timestamp_ms, key, value, headers in records:
            fields = {"timestamp": timestamp_ms, "key": key, "value": value, "headers": headers}
            if filled[-1].append(**fields) is None:
                filled.append(self._producer.create_batch())
                filled[-1].append(**fields)
        return filled

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
