"""Runs Kafka transactions in two or three round trips. It is step 8 of a batch (:class:`workers.engine.task.PartitionTask`).

In: record batches by partition. Out: their offsets, committed together, or an error. It never commits a transaction of
which the broker has refused a record. One transaction, in order:

1. ``begin`` asks the coordinator to add all partitions (AddPartitionsToTxn). The transaction is open from here on.
   Where the second transaction version is active (KIP-890, Kafka 4.0), nothing is sent: the leaders add the partitions.
2. ``write`` sends one batch per partition to the leaders (Produce) and reads each partition's answer. It is called once
   more for each further batch of a partition.
3. ``end`` asks the coordinator to commit or abort (EndTxn). The transaction is committed when the coordinator answers.
   With the second version the answer has the epoch of the next transaction.

A request that may succeed later is repeated. A batch keeps its sequence numbers, so the broker recognises a repeat
(KIP-98). With the first version all transactions have one epoch. An EndTxn that was never answered and is repeated could
then still arrive during the next transaction, and commit half of it. So no transaction begins after such a repeat.

The caller limits the time (``commit_timeout_s``) and must discard the producer after any error. ProducerFenced
means that the broker has given the id to a newer producer, or has aborted the transaction because it was open for longer
than ``transaction_timeout_ms``. Its answers are listed in ``_FENCED``.

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
    IncompatibleBrokerVersion,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    InvalidTxnState,
    KafkaError,
    NodeNotReadyError,
    NoError,
    OperationNotAttempted,
    ProducerFenced,
    for_code,
)
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, EndTxnRequest

from workers.engine.transaction_version import (
    AddingProduceRequest,
    FeaturesRequest,
    RenewingEndRequest,
    has_second_version,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiokafka import AIOKafkaProducer
    from aiokafka.structs import TopicPartition

    from workers.engine.outgoing_batch import OutgoingBatch

_MARKERS_BACKOFF_S = 0.005
"""Pause before a repeated request to the coordinator. After a commit it still writes markers (KAFKA-5477). Seconds."""
_BACKOFF_S = 0.02
"""Pause before other repeats. Brokers from 4.0 answer NOT_ENOUGH_REPLICAS while they verify (KIP-890): 20 ms beat 5 ms."""
_PRODUCE_TIMEOUT_MS = 30_000
_ALL_REPLICAS = -1
_NO_LEADER = -1
_ALSO_RETRIABLE = frozenset({ConcurrentTransactions, OperationNotAttempted})
"""Errors that aiokafka does not call retriable. OperationNotAttempted: another partition of the request failed."""
_FENCED = frozenset({ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping, InvalidTxnState})
"""Errors that mean a fenced producer. InvalidProducerIdMapping: after 32,767 transactions of the second version the newer
producer has another id; or the broker has forgotten the id after seven days without a transaction. InvalidTxnState: a
transaction of the second version that the broker has aborted cannot be committed."""
_SEQUENCES = 2**31
_PRODUCER_FENCED = 90
"""The code of a fenced producer in newer answers, which aiokafka does not know. Older ones have InvalidProducerEpoch."""


class UnansweredEndError(Exception):
    """The end of the last transaction was requested more than once. A request may still arrive, so none may begin."""


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
        self.has_second_version = False
        """Whether the second transaction version is active in the cluster."""
        self._has_unanswered_end = False
        """Whether an EndTxn was sent of which the connection broke before its answer."""
        self.is_open = False
        """Whether the broker may have an open transaction of this producer."""
        self._unanswered_writes = 0
        """Produce requests of the open transaction that have no answer."""

    @property
    def must_be_fenced(self) -> bool:
        """Whether an open transaction must be left to the fence of the next producer instead of being aborted.

        A write that has no answer may still arrive. Brokers before 3.6 accept it after an abort of the same epoch, as a record
        of no transaction. No marker ever follows it, and readers wait for ever (KIP-890). A fence aborts with a new epoch.
        """
        return self._unanswered_writes > 0 and not self.has_second_version

    async def choose_version(self) -> None:
        """Ask the coordinator for the transaction version of the cluster. It must be called before the first transaction.

        Raises an error of aiokafka if the coordinator does not answer.
        """
        lookup = self._client.coordinator_lookup(CoordinationType.TRANSACTION, self._id)
        try:
            answer = await self._client.send(
                await lookup, FeaturesRequest(), group=ConnectionGroup.COORDINATION
            )
        except (IncompatibleBrokerVersion, NotImplementedError):  # brokers before 2.4 report no features
            return
        self.has_second_version = has_second_version(answer)

    async def begin(self, partitions: Collection[TopicPartition]) -> None:
        """Begin a transaction over these partitions.

        Raises UnansweredEndError if a request of the last one may still arrive.
        """
        by_topic: dict[str, list[int]] = defaultdict(list)
        for tp in partitions:
            by_topic[tp.topic].append(tp.partition)
        for topic in by_topic.keys() - self._topics:
            await self._client._wait_on_metadata(topic)  # noqa: SLF001 - raises if the topic does not exist
            self._topics.add(topic)
        self._unanswered_writes = 0  # a repeat of an earlier transaction is recognised by its sequence number
        if self.has_second_version:
            self.is_open = True
            return
        if self._has_unanswered_end:
            raise UnansweredEndError
        request = AddPartitionsToTxnRequest(
            transactional_id=self._id,
            producer_id=self._producer_id,
            producer_epoch=self._epoch,
            topics=list(by_topic.items()),
        )
        self.is_open = True
        await self._call_coordinator(request, _codes_of_added)

    async def write(self, batches: Mapping[TopicPartition, OutgoingBatch]) -> dict[TopicPartition, int]:
        """Write one batch to each partition. Return the offset of its first record, by partition."""
        left = dict(batches)
        for tp, batch in batches.items():
            sequence = self._sequences.get(tp, 0)
            batch.number(self._producer_id, self._epoch, sequence)
            self._sequences[tp] = (sequence + batch.count) % _SEQUENCES
        offsets: dict[TopicPartition, int] = {}
        while True:
            by_leader: dict[int, dict[TopicPartition, OutgoingBatch]] = defaultdict(dict)
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
        producer = (self._id, self._producer_id, self._epoch)
        if self.has_second_version:
            answer = await self._call_coordinator(
                RenewingEndRequest(*producer, commits=commits), _code_of_end
            )
            self._producer_id, self._epoch = answer.producer_id, answer.producer_epoch
            self._sequences.clear()
        else:
            await self._call_coordinator(EndTxnRequest(*producer, commits), _code_of_end)
        self.is_open = False

    async def _call_coordinator(self, request: Any, codes_of: Any) -> Any:
        """Send the request until the coordinator has done it. Raises the first error that a repeat cannot cure."""
        while True:
            answer = await self._send_to_coordinator(request)
            codes = (CoordinatorNotAvailableError.errno,) if answer is None else codes_of(answer)
            errors = {_error_of(code) for code in codes} - {NoError}
            if not errors:
                return answer
            _raise_if_fenced(errors)
            final = next((error for error in errors if not _is_retriable(error)), None)
            if final is not None:
                raise final
            if not errors <= {ConcurrentTransactions, OperationNotAttempted}:
                self._coordinator = None
            await asyncio.sleep(_MARKERS_BACKOFF_S if self._coordinator is not None else _BACKOFF_S)

    async def _send_to_coordinator(self, request: Any) -> Any:
        """Send the request once. Return the answer, or None if the coordinator cannot be reached now."""
        may_be_sent = False
        try:
            if self._coordinator is None:
                lookup = self._client.coordinator_lookup(CoordinationType.TRANSACTION, self._id)
                self._coordinator = await lookup
            may_be_sent = True
            return await self._client.send(self._coordinator, request, group=ConnectionGroup.COORDINATION)
        except KafkaError as error:
            if not error.retriable:
                raise
            if (
                may_be_sent
                and isinstance(request, EndTxnRequest)
                and not isinstance(error, NodeNotReadyError)
            ):
                self._has_unanswered_end = True
            self._coordinator = None
            await self._client.force_metadata_update()
            return None

    async def _produce(
        self, leader: int, batches: Mapping[TopicPartition, OutgoingBatch]
    ) -> dict[TopicPartition, int]:
        """Send batches to one broker. Return the offsets of those written; the missing ones must be sent again."""
        by_topic: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        named: dict[tuple[str, int], TopicPartition] = {}
        for tp, batch in batches.items():
            by_topic[tp.topic].append((tp.partition, batch.build()))
            named[tp.topic, tp.partition] = tp
        settings = (self._id, _ALL_REPLICAS, _PRODUCE_TIMEOUT_MS)
        request: Any = (
            AddingProduceRequest(*settings, by_topic)
            if self.has_second_version
            else ProduceRequest(*settings, list(by_topic.items()))
        )
        self._unanswered_writes += 1
        try:
            answer = await self._client.send(leader, request)
        except KafkaError as error:
            if not error.retriable:
                raise
            await self._client.force_metadata_update()
            return {}
        self._unanswered_writes -= 1
        written = {}
        for topic, partitions, *_tags in answer.topics:
            for partition, code, offset, *_ in partitions:
                refusal = _error_of(code)
                if refusal is NoError:
                    written[named[topic, partition]] = offset
                    continue
                _raise_if_fenced({refusal})
                if not _is_retriable(refusal):
                    raise refusal
                if refusal.invalid_metadata:
                    await self._client.force_metadata_update()
        return written


def _codes_of_added(answer: Any) -> Collection[int]:
    return {code for _, partitions in answer.errors for _, code in partitions}


def _code_of_end(answer: Any) -> Collection[int]:
    return (answer.error_code,)


def _error_of(code: int) -> type[KafkaError]:
    error: type[KafkaError] = ProducerFenced if code == _PRODUCER_FENCED else for_code(code)
    return error


def _is_retriable(error: type[KafkaError]) -> bool:
    return error.retriable or error in _ALSO_RETRIABLE


def _raise_if_fenced(errors: Collection[type[KafkaError]]) -> None:
    if not _FENCED.isdisjoint(errors):
        raise ProducerFenced
