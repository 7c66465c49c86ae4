"""Runs Kafka transactions in three round trips. It is step 8 of a batch (:class:`workers.engine.task.PartitionTask`).

In: record batches by partition. Out: their offsets, committed together, or an error. It never commits a transaction of
which the broker has refused a record. One transaction, in order:

1. ``begin`` asks the coordinator to add all partitions (AddPartitionsToTxn). The transaction is open from here on.
2. ``write`` sends one batch per partition to the leaders (Produce) and reads each partition's answer. It is called once
   more for each further batch of a partition.
3. ``end`` asks the coordinator to commit or abort (EndTxn). The transaction is committed when the coordinator answers.

A request that may succeed later is repeated. A batch keeps its sequence numbers, so the broker recognises a repeat
(KIP-98). The caller limits the time (``commit_timeout_s``) and must discard the producer after any error. ProducerFenced
means that the broker has given the id to a newer producer, or has aborted the transaction because it was open for longer
than ``transaction_timeout_ms``.

aiokafka's own sender is an event loop in the event loop. It wakes for every batch and takes half of a small transaction's
time (docs/adr/0018). Only its client, requests, record batches and fencing (InitProducerId) are used here.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.errors import (
    ConcurrentTransactions,
    CoordinatorNotAvailableError,
    InvalidProducerEpoch,
    KafkaError,
    NoError,
    OperationNotAttempted,
    ProducerFenced,
    for_code,
)
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, EndTxnRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiokafka import AIOKafkaProducer
    from aiokafka.structs import TopicPartition

_MARKERS_BACKOFF_S = 0.005
"""Pause before a repeated request to the coordinator. After a commit it still writes markers (KAFKA-5477). Seconds."""
_BACKOFF_S = 0.02
"""Pause before other repeats. Brokers from 4.0 answer NOT_ENOUGH_REPLICAS while they verify (KIP-890): 20 ms beat 5 ms."""
_PRODUCE_TIMEOUT_MS = 30_000
_ALL_REPLICAS = -1
_NO_LEADER = -1
_ALSO_RETRIABLE = frozenset({ConcurrentTransactions, OperationNotAttempted})
"""Errors that aiokafka does not call retriable. OperationNotAttempted: another partition of the request failed."""
_SEQUENCES = 2**31


class Transactions:
    """The transactions of one started producer, one after the other.

    Raises ProducerFenced if the broker no longer accepts the producer, else aiokafka's error for the broker's code.
    """

    def __init__(self, producer: AIOKafkaProducer, transactional_id: str) -> None:
        self._client = producer.client
        self._id = transactional_id
        manager = producer._txn_manager  # noqa: SLF001 - it has the id and the epoch from InitProducerId
        self._producer_id: int = manager.producer_id
        self._epoch: int = manager.producer_epoch
        self._coordinator: int | None = None
        self._sequences: dict[TopicPartition, int] = {}
        self._topics: set[str] = set()
        self.is_open = False
        """Whether the broker may have an open transaction of this producer."""

    async def begin(self, partitions: Collection[TopicPartition]) -> None:
        """Add the partitions to the transaction. It is open from here on."""
        by_topic: dict[str, list[int]] = defaultdict(list)
        for tp in partitions:
            by_topic[tp.topic].append(tp.partition)
        for topic in by_topic.keys() - self._topics:
            await self._client._wait_on_metadata(topic)  # noqa: SLF001 - raises if the topic does not exist
            self._topics.add(topic)
        request = AddPartitionsToTxnRequest(
            transactional_id=self._id,
            producer_id=self._producer_id,
            producer_epoch=self._epoch,
            topics=list(by_topic.items()),
        )
        self.is_open = True
        await self._call_coordinator(request, _codes_of_added)

    async def write(self, batches: Mapping[TopicPartition, Any]) -> dict[TopicPartition, int]:
        """Write one batch to each partition. Return the offset of its first record, by partition."""
        left = dict(batches)
        for tp, batch in batches.items():
            sequence = self._sequences.get(tp, 0)
            batch._set_producer_state(self._producer_id, self._epoch, sequence)  # noqa: SLF001 - no public way
            self._sequences[tp] = (sequence + batch.record_count()) % _SEQUENCES
        offsets: dict[TopicPartition, int] = {}
        while True:
            by_leader: dict[int, dict[TopicPartition, Any]] = defaultdict(dict)
            for tp, batch in left.items():
                leader = self._client.cluster.leader_for_partition(tp)
                by_leader[_NO_LEADER if leader is None else leader][tp] = batch
            lacks_leader = bool(by_leader.pop(_NO_LEADER, None))
            for written in await asyncio.gather(*(self._produce(*asked) for asked in by_leader.items())):
                offsets |= written
            left = {tp: batch for tp, batch in left.items() if tp not in offsets}
            if not left:
                return offsets
            if lacks_leader:
                await self._client.force_metadata_update()
            await asyncio.sleep(_BACKOFF_S)

    async def end(self, *, commits: bool) -> None:
        """Commit or abort the transaction."""
        request = EndTxnRequest(
            transactional_id=self._id,
            producer_id=self._producer_id,
            producer_epoch=self._epoch,
            transaction_result=commits,
        )
        await self._call_coordinator(request, _code_of_end)
        self.is_open = False

    async def _call_coordinator(self, request: Any, codes_of: Any) -> None:
        """Send the request until the coordinator has done it. Raises the first error that a repeat cannot cure."""
        while True:
            codes = await self._send_to_coordinator(request, codes_of)
            errors = {for_code(code) for code in codes} - {NoError}
            if not errors:
                return
            _raise_if_fenced(errors)
            final = next((error for error in errors if not _is_retriable(error)), None)
            if final is not None:
                raise final
            if not errors <= {ConcurrentTransactions, OperationNotAttempted}:
                self._coordinator = None
            await asyncio.sleep(_MARKERS_BACKOFF_S if self._coordinator is not None else _BACKOFF_S)

    async def _send_to_coordinator(self, request: Any, codes_of: Any) -> Collection[int]:
        """Send the request once. Return the error codes of the answer."""
        try:
            if self._coordinator is None:
                lookup = self._client.coordinator_lookup(CoordinationType.TRANSACTION, self._id)
                self._coordinator = await lookup
            answer = await self._client.send(self._coordinator, request, group=ConnectionGroup.COORDINATION)
        except KafkaError as error:
            if not error.retriable:
                raise
            self._coordinator = None
            await self._client.force_metadata_update()
            return (CoordinatorNotAvailableError.errno,)
        found: Collection[int] = codes_of(answer)
        return found

    async def _produce(self, leader: int, batches: Mapping[TopicPartition, Any]) -> dict[TopicPartition, int]:
        """Send batches to one broker. Return the offsets of those written; the missing ones must be sent again."""
        by_topic: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        named: dict[tuple[str, int], TopicPartition] = {}
        for tp, batch in batches.items():
            by_topic[tp.topic].append((tp.partition, batch._build()))  # noqa: SLF001 - no public way
            named[tp.topic, tp.partition] = tp
        request = ProduceRequest(
            transactional_id=self._id,
            required_acks=_ALL_REPLICAS,
            timeout=_PRODUCE_TIMEOUT_MS,
            topics=list(by_topic.items()),
        )
        try:
            answer = await self._client.send(leader, request)
        except KafkaError as error:
            if not error.retriable:
                raise
            await self._client.force_metadata_update()
            return {}
        written = {}
        for topic, partitions in answer.topics:
            for partition, code, offset, *_ in partitions:
                refusal = for_code(code)
                if refusal is NoError:
                    written[named[topic, partition]] = offset
                    continue
                _raise_if_fenced({refusal})
                if not refusal.retriable:
                    raise refusal
                if refusal.invalid_metadata:
                    await self._client.force_metadata_update()
        return written


def _codes_of_added(answer: Any) -> Collection[int]:
    return {code for _, partitions in answer.errors for _, code in partitions}


def _code_of_end(answer: Any) -> Collection[int]:
    return (answer.error_code,)


def _is_retriable(error: type[KafkaError]) -> bool:
    return error.retriable or error in _ALSO_RETRIABLE


def _raise_if_fenced(errors: Collection[type[KafkaError]]) -> None:
    if any(issubclass(error, InvalidProducerEpoch | ProducerFenced) for error in errors):
        raise ProducerFenced
