"""A Kafka transaction in three round trips: add the partitions, write one batch to each of them, end.

aiokafka's own way is an event loop inside the event loop, which wakes for every batch and takes half of a small
transaction's time (docs/adr/0018). Here its client, its requests and its record batches are used, and the order of things
is ours; fencing (InitProducerId) stays the library's. Each answer is read, partition by partition, before the end is
asked for: a transaction of which one record was refused is never committed.

What may be tried again is tried again, with the same sequence numbers, so that the broker knows a repeat for what it is
(KIP-98). Whoever calls bounds the time; after any error the producer id is worth nothing any more.
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
"""After a commit the markers are still being written (KAFKA-5477): the next transaction of this id waits for them."""
_BACKOFF_S = 0.02
"""Brokers from 4.0 answer NOT_ENOUGH_REPLICAS while a transaction is verified (KIP-890); 20 ms was right, 5 was worse."""
_PRODUCE_TIMEOUT_MS = 30_000
_ALL_REPLICAS = -1
_NOBODY = -1
_PASSING = frozenset({ConcurrentTransactions, OperationNotAttempted})
"""Of these the library does not say that they pass; where one partition was not added, the others were not tried."""
_SEQUENCES = 2**31


class Transactions:
    """The transactions of one started producer, one after the other.

    Raises ProducerFenced where another holder has taken the id, else what aiokafka raises for the broker's code.
    """

    def __init__(self, producer: AIOKafkaProducer, transactional_id: str) -> None:
        self._client = producer.client
        self._id = transactional_id
        held = producer._txn_manager  # noqa: SLF001 - what the fence brought
        self._producer_id: int = held.producer_id
        self._epoch: int = held.producer_epoch
        self._coordinator: int | None = None
        self._sequences: dict[TopicPartition, int] = {}
        self._topics: set[str] = set()
        self.is_open = False
        """Whether the broker may know of a transaction that has not ended."""

    async def begin(self, partitions: Collection[TopicPartition]) -> None:
        """Add the partitions: from here on the transaction is open."""
        by_topic: dict[str, list[int]] = defaultdict(list)
        for tp in partitions:
            by_topic[tp.topic].append(tp.partition)
        for topic in by_topic.keys() - self._topics:
            await self._client._wait_on_metadata(topic)  # noqa: SLF001 - raises for a topic that there is not
            self._topics.add(topic)
        request = AddPartitionsToTxnRequest(
            transactional_id=self._id,
            producer_id=self._producer_id,
            producer_epoch=self._epoch,
            topics=list(by_topic.items()),
        )
        self.is_open = True
        await self._ask_coordinator(request, _codes_of_added)

    async def write(self, batches: Mapping[TopicPartition, Any]) -> dict[TopicPartition, int]:
        """Write one batch to each partition and return the offset of its first record."""
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
                by_leader[_NOBODY if leader is None else leader][tp] = batch
            is_unled = bool(by_leader.pop(_NOBODY, None))
            for written in await asyncio.gather(*(self._produce(*asked) for asked in by_leader.items())):
                offsets |= written
            left = {tp: batch for tp, batch in left.items() if tp not in offsets}
            if not left:
                return offsets
            if is_unled:
                await self._client.force_metadata_update()
            await asyncio.sleep(_BACKOFF_S)

    async def end(self, *, commits: bool) -> None:
        """Commit, or abort."""
        request = EndTxnRequest(
            transactional_id=self._id,
            producer_id=self._producer_id,
            producer_epoch=self._epoch,
            transaction_result=commits,
        )
        await self._ask_coordinator(request, _code_of_end)
        self.is_open = False

    async def _ask_coordinator(self, request: Any, codes_of: Any) -> None:
        while True:
            codes = await self._answered_by_coordinator(request, codes_of)
            errors = {for_code(code) for code in codes} - {NoError}
            if not errors:
                return
            _refuse_fenced(errors)
            final = next((error for error in errors if not _is_passing(error)), None)
            if final is not None:
                raise final
            if not errors <= {ConcurrentTransactions, OperationNotAttempted}:
                self._coordinator = None
            await asyncio.sleep(_MARKERS_BACKOFF_S if self._coordinator is not None else _BACKOFF_S)

    async def _answered_by_coordinator(self, request: Any, codes_of: Any) -> Collection[int]:
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
        """Ask one broker; return the offsets of what was written, leaving out what is to be tried again."""
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
                _refuse_fenced({refusal})
                if not refusal.retriable:
                    raise refusal
                if refusal.invalid_metadata:
                    await self._client.force_metadata_update()
        return written


def _codes_of_added(answer: Any) -> Collection[int]:
    return {code for _, partitions in answer.errors for _, code in partitions}


def _code_of_end(answer: Any) -> Collection[int]:
    return (answer.error_code,)


def _is_passing(error: type[KafkaError]) -> bool:
    return error.retriable or error in _PASSING


def _refuse_fenced(errors: Collection[type[KafkaError]]) -> None:
    if any(issubclass(error, InvalidProducerEpoch | ProducerFenced) for error in errors):
        raise ProducerFenced
