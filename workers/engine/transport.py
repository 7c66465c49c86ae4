"""Faust's consumer, changed to deliver whole record batches and to seek only between two fetches.

Stock Faust uses two asyncio tasks for each message, and a seek while it fetches loses and doubles records in three ways.
Here one loop does four things in order, inside the consumer's thread: perform the requested seeks, pause the partitions
whose queues are full, fetch, and note the position of every partition.
In: seeks, pauses and releases of the tasks. Out: a :class:`RecordBatch` per partition. It carries the epoch from before
its fetch and the offset from which it was fetched, so that its task can refuse a batch that does not follow.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import faust
import structlog
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from workers.engine.consumer_stop import stop_fully
from workers.engine.fetch_sessions import fetch_in_sessions
from workers.engine.group_errors import GroupErrors
from workers.engine.heartbeats import Heartbeats, note_heartbeats
from workers.engine.unpacking import bound_unpacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workers.engine.api import Record

log = structlog.get_logger(__name__)
_FETCH_TIMEOUT_S = 0.2
_FETCH_WAIT_MS = 200
"""How long the broker holds an empty fetch. A seek waits for it; Faust's 1,500 ms made starts slow. Milliseconds."""
_MAX_POLL_RECORDS = 10_000
_ASK_TIMEOUT_S = 2.0
"""The consumer thread serves two calls at a time. Requests to an unreachable broker would block both and delay shutdown."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """The records of one topic-partition from one fetch."""

    tp: TP
    records: Sequence[Record]
    generation: int
    epoch: int
    start: int
    """All records before this offset were delivered before. Markers and compaction make it smaller than the first offset."""


class BatchSchema(faust.Schema):
    """Passes a batch through. Overriding ``decode`` instead would give the stream a bare value, not an event."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002 - Faust's signature
        """Return no key, because a batch has many."""
        return

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002 - Faust's signature
        """Return the batch."""
        return message.value


@dataclass(frozen=True, slots=True)
class _Fetched:
    records: dict[Any, Sequence[Record]]
    positions: dict[TP, int]
    lost: set[TP]
    """Partitions whose next offset the broker no longer has."""
    denied: set[TP]
    """Partitions of a topic that the user may not read."""


class _Thread(driver.AIOKafkaConsumerThread):
    """The consumer's thread. It reads ``read_committed``, uses Faust's co-partitioning assignor, and has one call per fetch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lost: set[TP] = set()
        self._group_errors = GroupErrors()
        self.heartbeats = Heartbeats(self.app.conf.broker_session_timeout)

    def _create_worker_consumer(self, transport: Any) -> Any:
        self.consumer.in_transaction = True  # only to choose isolation_level=read_committed
        try:
            consumer = super()._create_worker_consumer(transport)
        finally:
            self.consumer.in_transaction = False
        self._assignor = self.app.assignor
        # Without tables and standbys the driver chooses aiokafka's round robin, which does not co-partition.
        consumer._partition_assignment_strategy = (self._assignor,)  # noqa: SLF001
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001
        return consumer

    async def on_start(self) -> None:
        """Start the consumer. Before it joins its group, note its heartbeats, and let it unpack in bounds and fetch in sessions."""
        await super().on_start()
        note_heartbeats(self._ensure_consumer(), self.heartbeats)
        bound_unpacking(self._ensure_consumer())
        fetch_in_sessions(self._ensure_consumer())

    async def on_thread_stop(self) -> None:
        """Stop the consumer, also if a fetch waits after an error."""
        await stop_fully(super().on_thread_stop(), self._consumer)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: Faust's alarm about missing commits is false, because the offsets are in the rows."""

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit the group's offsets, for lag monitors only. Return whether it worked; in Faust a failure ends the worker."""
        consumer = self._ensure_consumer()
        mine = {TopicPartition(*tp): at for tp, at in offsets.items() if tp in self.assignment()}
        if not mine:
            return False
        try:
            await asyncio.wait_for(consumer.commit(mine), _ASK_TIMEOUT_S)
        except (KafkaError, TimeoutError) as error:  # a rebalance or no broker: the next report has it
            log.debug("lag_not_told", error=type(error).__name__)
            return False
        return True

    async def fetch(self, seeks: dict[TP, int], held: set[TP], timeout: float) -> _Fetched:  # noqa: ASYNC109
        """Seek, pause, fetch and note the positions. The loop in BatchConsumer calls it, one call at a time."""
        return await self.call_thread(self._fetch, seeks, held, timeout)  # type: ignore[no-any-return]

    async def _fetch(self, seeks: dict[TP, int], held: set[TP], timeout: float) -> _Fetched:  # noqa: ASYNC109
        consumer = self._ensure_consumer()
        assigned = consumer.assignment()  # of TopicPartition, which as a tuple equals Faust's TP
        for tp, offset in seeks.items():
            if tp in assigned:
                consumer.seek(TopicPartition(*tp), offset)
                self._refuse_reset(consumer, tp)
        paused = consumer.paused()
        for tp in assigned & held - paused:
            consumer.pause(TopicPartition(*tp))
        for tp in paused - held:
            consumer.resume(TopicPartition(*tp))
        wanted = assigned - held
        records: dict[Any, Sequence[Record]] = {}
        denied: set[TP] = set()
        if wanted:
            try:
                records = await self._fetch_records(
                    consumer, wanted, timeout=timeout, max_records=_MAX_POLL_RECORDS
                )
            except (
                TopicAuthorizationFailedError
            ) as error:  # it names one topic; another one comes with the next fetch
                denied = {TP(*tp) for tp in wanted if tp[0] in error.args}
            except KafkaError:
                if consumer._coordinator._pending_exception is None:  # noqa: SLF001
                    raise
                await asyncio.sleep(timeout)  # it is one of the group, and its watch finds it, too
        else:
            await asyncio.sleep(timeout)
        lost, self._lost = self._lost & assigned, set()
        return _Fetched(records, _positions(consumer, assigned), lost, denied)

    def _refuse_reset(self, consumer: Any, tp: TP) -> None:
        """Note the loss of a sought offset instead of continuing at the oldest record that is left.

        aiokafka resets a position that the broker no longer has, in its own background task. The setting that forbids it
        also forbids the first position of a partition without committed offsets, which the tasks need until they seek.
        """
        state = consumer._subscription.subscription.assignment.state_value(TopicPartition(*tp))  # noqa: SLF001

        def note_lost(_strategy: Any) -> None:
            self._lost.add(tp)
            state.pause()  # otherwise the same offset is fetched without a break

        state.await_reset = note_lost

    def final_error(self, now_s: float) -> BaseException | None:
        """Return the error for which the worker must leave the group, if there is one."""
        if self._consumer is None:
            return None
        state = self._consumer, self.thread_loop, now_s
        return self.heartbeats.final_error(*state) or self._group_errors.final_error(*state)

    def fetched_ends(self) -> dict[TP, int]:
        """Return the end of each assigned partition as the latest fetch has it: the offset after its last stable record."""
        consumer = self._consumer
        assignment = None if consumer is None else consumer._subscription.subscription.assignment  # noqa: SLF001
        if assignment is None:
            return {}
        found = {TP(*tp): assignment.state_value(tp) for tp in assignment.tps}
        return {tp: state.lso for tp, state in found.items() if state is not None and state.lso is not None}

    async def ends(self, tps: Sequence[TP]) -> dict[TP, int]:
        """Return the end of each partition: the offset after its last stable record."""

        async def ask() -> dict[TP, int]:
            asked = self._ensure_consumer().end_offsets([TopicPartition(*tp) for tp in tps])
            found = await asyncio.wait_for(asked, _ASK_TIMEOUT_S)
            return {TP(*tp): at for tp, at in found.items()}

        return await self.call_thread(ask)  # type: ignore[no-any-return]


def _positions(consumer: Any, assigned: Iterable[TopicPartition]) -> dict[TP, int]:
    assignment = consumer._subscription.subscription.assignment  # noqa: SLF001
    found: dict[TP, int] = {}
    for tp in assigned:
        state = assignment.state_value(tp) if assignment is not None else None
        if state is not None and state.has_valid_position:
            found[tp] = state._position  # noqa: SLF001 - the property is a coroutine
    return found


class BatchConsumer(driver.Consumer):
    """Delivers record batches to ``callback``. Tasks request seeks, and hold and release partitions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epochs: dict[TP, int] = {}
        self.held: set[TP] = set()
        """Partitions that are not fetched: their queue is full, or no task reads them."""
        self.settled: dict[TP, int] = {}
        """The position after the latest fetch, markers included. Every record before it was delivered."""
        self.delivered: dict[TP, int] = {}
        """The offset after the last record delivered since the last seek."""
        self.lost: dict[TP, int] = {}
        """Sought offsets that the broker no longer has. A partition stays here until it is sought again."""
        self.denied: set[TP] = set()
        """Partitions of a topic that the user may not read. They are held until they are sought again."""
        self._seeks: dict[TP, int] = {}

    def reseek(self, tp: TP, offset: int) -> int:
        """Request a new position. Return the epoch of the batches that will be fetched from there."""
        self._seeks[tp] = offset
        self.delivered[tp] = offset
        self.epochs[tp] = self.epochs.get(tp, 0) + 1
        self.settled.pop(tp, None)
        self.lost.pop(tp, None)
        self.denied.discard(tp)
        self.held.discard(tp)
        return self.epochs[tp]

    def hold(self, tps: set[TP]) -> None:
        """Stop fetching these partitions until they are released or sought."""
        self.held |= tps

    def release(self, tps: set[TP]) -> None:
        """Fetch these partitions again."""
        self.held -= tps

    @property
    def thread(self) -> _Thread:
        """The consumer's thread."""
        thread: _Thread = self._thread
        return thread

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:
        def is_stopped() -> bool:
            return bool(self._stopped.is_set() or fetcher._stopped.is_set())  # noqa: SLF001

        try:
            while not is_stopped():
                if not self.flow_active:
                    await self.wait(self.can_resume_flow)
                    continue
                await self._drain_once()
        except self.consumer_stopped_errors:
            if self.transport.app.should_stop:
                return
            raise
        except asyncio.CancelledError:
            if self.transport.app.should_stop:
                return
            raise

    async def _drain_once(self) -> None:
        seeks, self._seeks = self._seeks, {}
        epochs = dict(self.epochs)  # as they were before the fetch
        generation = self.app.consumer_generation_id
        fetched = await self.thread.fetch(seeks, set(self.held), _FETCH_TIMEOUT_S)
        is_void = self.should_stop or generation != self.app.consumer_generation_id
        for raw_tp, records in fetched.records.items():
            tp = TP(raw_tp[0], raw_tp[1])
            epoch = epochs.get(tp, 0)
            if not records or tp not in self.delivered or epoch != self.epochs.get(tp, 0):
                continue
            batch = RecordBatch(tp, records, generation, epoch, self.delivered[tp])
            # If the batch is lost after this line, its task sees a gap and seeks again.
            self.delivered[tp] = records[-1].offset + 1
            if not is_void:
                await self.wait_first(self.callback(_message(batch)), self.suspend_flow.wait())
        if is_void:
            self._seeks = {**seeks, **self._seeks}
            return
        self.denied |= fetched.denied
        self.held |= fetched.denied
        for tp in fetched.lost:
            if epochs.get(tp, 0) == self.epochs.get(tp, 0) and tp in self.delivered:
                self.lost[tp] = self.delivered[tp]
        for tp, position in fetched.positions.items():
            if epochs.get(tp, 0) == self.epochs.get(tp, 0) and tp not in self._seeks:
                self.settled[tp] = position


def _message(batch: RecordBatch) -> ConsumerMessage:
    last = batch.records[-1]
    return ConsumerMessage(
        batch.tp.topic,
        batch.tp.partition,
        last.offset,
        last.timestamp_ms / 1000,
        None,
        (),
        None,
        batch,
        None,
        0,
        0,
        batch.tp,
        generation_id=batch.generation,
    )


class BatchTransport(driver.Transport):
    """Faust's aiokafka transport with :class:`BatchConsumer`."""

    Consumer = BatchConsumer
