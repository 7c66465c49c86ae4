"""The task of one (agent, partition): it opens the partition, decides and commits batches, and closes it.

In: record batches of its sources. Out: Kafka transactions of outputs and changed rows. It owns one transactional producer
and one RocksDB. It never decides from memory that is not committed: the rows hold the next offset of every source, and
after any error the task drops what it has and starts again from them.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from aiokafka.errors import ProducerFenced, TopicAuthorizationFailedError
from aiokafka.structs import TopicPartition
from faust.types import TP

from workers.engine.access_errors import ACCESS_ERRORS, AccessDeniedError, missing_right, refuse_unreadable
from workers.engine.config_guard import ConfigConflictError
from workers.engine.control import archive_emit, change_to, control_emit
from workers.engine.decide import Decider
from workers.engine.inbox import GapError, Inbox
from workers.engine.marker import Verdict
from workers.engine.metrics import TaskMeters
from workers.engine.opening import ChangelogLostError, OffsetLostError, Opened, lost_offset, open_partition
from workers.engine.resuming import find_resume
from workers.engine.row_watch import RowWatch
from workers.engine.state_errors import RowUnreadableError, StateError, StoreDamagedError
from workers.engine.watermarks import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engine.api import AgentSpec, Config, Emit
    from workers.engine.batch import Decided
    from workers.engine.context import Context
    from workers.engine.store import RocksStore
    from workers.engine.transport import BatchConsumer, RecordBatch
    from workers.engine.watermarks import Slowest

log = structlog.get_logger(__name__)
_SETTLE_RECORDS = 200
_MAX_GATHER_FACTOR = 6
_HELD_TOO_LONG_MS = 60_000
_HEARTBEAT_POLL_S = 0.2


class TaskState(StrEnum):
    """The phase of a task."""

    OPENING = "opening"
    RUNNING = "running"
    WAITING = "waiting"
    """The task waits after an error before it starts again."""
    STOPPED = "stopped"
    """The task waits for an operator: too many dead letters, a lost offset, or a config that this worker does not have."""
    CLOSED = "closed"


class PartitionTask:
    """The task of one (agent, partition) while it is assigned to this process.

    One batch, from fetch to commit, takes nine calls:

    1. ``BatchConsumer._drain_once`` (transport.py) performs seeks and fetches: one ``RecordBatch`` per topic-partition.
    2. ``Runtime.submit`` gets each batch of the current group generation from Faust's agent, and finds its task.
    3. ``PartitionTask.submit`` adds it to the ``Inbox``. It drops a batch of another epoch, seeks again after a gap, and
       holds a partition whose queue is full.
    4. ``PartitionTask._run_batch`` begins, some milliseconds after records are waiting, so that small ones are gathered.
    5. ``CrashMarker.mark`` writes the offsets to be decided to a file. It is cleared after step 6, also on an error.
    6. ``Decider.advance`` fires the due timers of a record, and ``Decider.decide`` decides it, for each record in the
       order of stamps. Each decision runs in ``Attempts.run`` (attempt.py): a failed one becomes a dead letter.
    7. ``Decider.take`` returns the outputs and changed rows. The next offsets and the stream time are rows too.
    8. ``TransactionalWriter.commit`` writes them in one Kafka transaction (transaction.py): begin, write, end. It is
       committed when the broker has answered the end.
    9. ``RocksStore.write`` applies the rows to the local copy, together with the changelog's next offset. Then
       ``Decider.committed`` begins the next batch.

    While a broker is away, step 8 repeats its requests for at most ``commit_timeout_s``. After an error in steps 4 to 9
    the task waits (``_wait_for_close``), closes (``_close_partition``), opens again, and continues at the offsets in its
    rows. Opening fences the old producer. If the broker had committed, the restored changelog has the rows of the batch,
    and its records are not decided again. If not, the broker aborts the transaction, and the same records are decided
    again.
    """

    def __init__(self, spec: AgentSpec, partition: int, context: Context, consumer: BatchConsumer) -> None:
        self.spec = spec
        self.partition = partition
        self.state = TaskState.OPENING
        self.tps = {topic: TP(topic, partition) for topic in spec.sources}
        self.decider: Decider | None = None
        self.is_busy = False
        self.refusal: ConfigConflictError | None = None
        """Why this worker must not decide this partition by the config that it follows. None if it may."""
        self.followed: Config | None = None
        """The config that the committed rows name. None while the partition is not open."""
        self.has_run = False
        self.wants_announcement = False
        self.reach = Reach()
        """How far this task has come since it was opened. The idle watch writes it."""
        self.stopped_since_s: float | None = None
        """The monotonic time since when the task is stopped, failed attempts to open included. None: it is not. Seconds."""
        self.stop_reason = ""
        """Why the task has stopped most recently."""
        self.first_ends: dict[str, int] | None = None
        self._context = context
        self._consumer = consumer
        self._opened: Opened | None = None
        self._inbox = self._new_inbox()
        self._epochs: dict[str, int] = {}
        self._controls: list[Emit] = []
        self._meters = TaskMeters(context.metrics, spec.name, partition)
        self._sources: list[str] = []
        """Topic of each decided record that the next commit counts."""
        self._watch: RowWatch | None = None
        self._counting: asyncio.Task[None] | None = None
        self._commit_s = 0.0
        """Duration of a commit, as a moving average over about eight commits. Seconds."""
        self._announce = False
        self._held_by = ""
        """The upstream task that holds back the time of this partition, as agent/partition. Empty: none does."""
        self._lacks_right = False
        """Whether the partition has stopped for a missing right, and has not committed since."""
        self._is_refused = False
        """Whether the partition has stopped for the config that it follows, and has not committed since."""
        self._archiving: set[str] = set()
        """Hashes of the configs that the next commit keeps in the topic of configs."""
        self._wake = asyncio.Event()
        self._closing = False
        self._log = log.bind(agent=spec.name, partition=partition)
        self._changelog = TopicPartition(context.changelog_topic(spec.name), partition)
        self.task = asyncio.create_task(self._run(), name=f"{spec.name}-{partition}")
        self.task.add_done_callback(self._report_end)

    def _new_inbox(self) -> Inbox:
        clock = self._context.edge_clock if self.spec.is_edge else None
        return Inbox(self.spec.sources, self.spec.own_log, clock)

    # Called by the runtime, on the same event loop.

    @property
    def copy(self) -> RocksStore | None:
        """The local copy, while it is open."""
        return None if self._opened is None else self._opened.store

    def submit(self, batch: RecordBatch) -> None:
        """Add a fetched batch to the inbox. Drop it if it is of another epoch. Never blocks."""
        topic = batch.tp.topic
        if self.state is not TaskState.RUNNING or batch.epoch != self._epochs.get(topic):
            return
        try:
            self._inbox.offer(topic, batch.start, batch.records)
        except GapError as gap:
            self._log.warning("gap_sought_again", topic=topic, expected=gap.expected, start=batch.start)
            self._epochs[topic] = self._consumer.reseek(batch.tp, gap.expected)
            return
        bounds = self._context.bounds
        if (
            self._inbox.count(topic) > bounds.max_waiting_records
            or self._inbox.size(topic) > bounds.max_waiting_bytes
        ):
            self._consumer.hold({batch.tp})
        self._wake.set()

    def request(self, controls: list[Emit]) -> None:
        """Write these engine records (ticks or watermarks) with the next transaction."""
        self._controls = controls
        self._wake.set()

    def request_announcement(self) -> None:
        """Call the hop's ``announce`` in the next batch: the sources in ``announces_after`` have been read."""
        self._announce = True
        self._wake.set()

    @property
    def has_work(self) -> bool:
        """Whether a batch is under way or requested. Its records and rows are not committed yet."""
        return self.is_busy or bool(self._controls) or self._announce

    def has_decided(self, ends: Mapping[TP, int]) -> bool:
        """Whether the records of these sources are decided and committed up to ``ends``."""
        decided = self.decided_offsets()
        return self.state is TaskState.RUNNING and all(decided.get(tp, -1) >= end for tp, end in ends.items())

    @property
    def has_decided_any(self) -> bool:
        """Whether a record of this partition was ever decided and committed. Then the changelog has rows."""
        decider = self.decider
        return decider is not None and any(
            decider.next_offset(topic) is not None for topic in self.spec.sources
        )

    def decided_offsets(self) -> dict[TP, int]:
        """Return the next offset to decide of each source: after the markers if all is read. Empty during a batch."""
        return {} if self.is_busy else self.reached_offsets()

    def lag_seconds(self, topic: str) -> float:
        """Return the age of the oldest record of a source that waits to be decided. 0: none waits. Seconds."""
        stamp_ms = self._inbox.first_stamp_ms(topic)
        return 0.0 if stamp_ms is None else max(0, self._context.edge_clock.now_ms() - stamp_ms) / 1_000

    def reached_offsets(self) -> dict[TP, int]:
        """Return the next offset of each source, after the markers if all is read. During a batch it may be ahead of the rows."""
        offsets = {}
        for topic, tp in self.tps.items():
            waiting = self._inbox.first_offset(topic)
            settled = self._consumer.settled.get(tp)
            expected = self._inbox.expected[topic]
            if waiting is not None:
                offsets[tp] = waiting
            elif settled is not None and expected >= self._consumer.delivered.get(tp, 0):
                offsets[tp] = max(settled, expected)
        return offsets

    def report_held_time(self, slowest: Slowest, held_ms: int) -> None:
        """Publish how far the slowest task upstream holds back this partition's time. Log it once per task that does."""
        self._meters.time_held.set(held_ms / 1000)
        by = f"{slowest.agent}/{slowest.partition}" if held_ms > _HELD_TOO_LONG_MS else ""
        if by and by != self._held_by:
            self._log.warning("time_held_back", by=by, seconds=held_ms // 1000)
        self._held_by = by

    def close(self) -> None:
        """End after the current batch."""
        self._closing = True
        self._wake.set()

    # The life of the task.

    def _report_end(self, task: asyncio.Task[None]) -> None:
        """Make it visible if the task ends although the partition is still assigned. Otherwise remove its metrics."""
        if self._closing or task.cancelled():
            self._meters.remove()
            return
        error = task.exception()
        self._log.error("task_ended", error=type(error).__name__, exc_info=error)
        self._mark_stopped(f"its task has ended ({type(error).__name__}): restart the worker")

    async def _run(self) -> None:
        backoff = self._context.bounds.restart_backoff_s
        while not self._closing:
            started = time.monotonic()
            try:
                await self._open()
                if not self._closing:
                    await self._loop()
            except (ConfigConflictError, OffsetLostError, ChangelogLostError, RowUnreadableError) as error:
                self._log.error("partition_stopped", why=str(error))
                self.refusal = error if isinstance(error, ConfigConflictError) else None
                self._is_refused = self.refusal is not None
                self._mark_stopped(str(error))
                await self._wait_for_close(self._context.bounds.restart_backoff_max_s)
            except (AccessDeniedError, *ACCESS_ERRORS) as error:
                self._log.error("partition_stopped", why=missing_right(error))
                self._lacks_right = True
                self._mark_stopped(missing_right(error))
                await self._wait_for_close(self._context.bounds.restart_backoff_max_s)
            except ProducerFenced:
                self._log.warning("task_fenced")
                self.state = TaskState.WAITING
                fenced_at_s = time.monotonic()
                await self._wait_for_close(self._context.bounds.fenced_wait_s)
                await self._wait_for_heartbeat(fenced_at_s)
            except Exception as error:  # noqa: BLE001 - the task starts again from its rows after any error
                if isinstance(error, StoreDamagedError):
                    self._delete_copy()
                if time.monotonic() - started > self._context.bounds.restart_backoff_max_s:
                    backoff = self._context.bounds.restart_backoff_s
                self._log.warning(
                    "task_restarted", error=type(error).__name__, after_s=backoff, exc_info=True
                )
                self._meters.restarts.inc()
                self.state = TaskState.WAITING
                await self._wait_for_close(backoff)
                backoff = min(backoff * 2, self._context.bounds.restart_backoff_max_s)
            finally:
                await self._close_partition()
        self.state = TaskState.CLOSED

    def _mark_stopped(self, why: str) -> None:
        self.state = TaskState.STOPPED
        self.stop_reason = why
        if self.stopped_since_s is None:
            self.stopped_since_s = time.monotonic()
        self._meters.is_stopped.set(1)

    async def _wait_for_close(self, seconds: float) -> None:
        self._consumer.hold(set(self.tps.values()))
        deadline = time.monotonic() + seconds
        while not self._closing and (left := deadline - time.monotonic()) > 0:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), left)
            except TimeoutError:
                return

    async def _wait_for_heartbeat(self, since_s: float) -> None:
        """Wait until the group has answered a heartbeat that was sent after ``since_s``: the partition is still assigned."""
        while not self._closing and not self._consumer.thread.heartbeats.is_confirmed_since(since_s):
            await self._wait_for_close(_HEARTBEAT_POLL_S)

    async def _open(self) -> None:
        self.state = TaskState.OPENING
        self._inbox = self._new_inbox()
        self._controls = []
        self._sources = []
        self._announce = False
        # Announced and published again after every start: the last ones may have been in a transaction that failed.
        self.wants_announcement = bool(self.spec.announces_after)
        self.reach = Reach()
        context = self._context
        if self._lacks_right:
            await refuse_unreadable(context.client, list(self.tps.values()))
        opened = await open_partition(self.spec, self.partition, context, lambda: self._closing)
        self._opened = opened
        if self._closing:
            return
        decider = self.decider = Decider(
            self.spec,
            self.partition,
            context.partitions,
            opened.store,
            context.config,
            context.dead_letter,
            context.limits,
        )
        decider.marker = opened.marker
        starts = opened.starts(decider)
        if not decider.quarantine.stopped and not self._is_refused:
            self.stopped_since_s = None
        # After a stop for a right or a config, the next commit shows whether the cause is gone.
        if not (self._lacks_right or self._is_refused):
            self._meters.is_stopped.set(0)
        self.followed = decider.config
        self._warn_of_older_file(decider.config)
        self._begin_counting(opened.store)
        self.state = TaskState.RUNNING
        self.has_run = True
        self.first_ends = opened.ends if self.wants_announcement else None
        for topic, offset in starts.items():
            self._inbox.expect(topic, offset)
            self._epochs[topic] = self._consumer.reseek(self.tps[topic], offset)
        self._log.info(
            "partition_opened", restored_rows=opened.restored, rebuilt_because=opened.rebuilt_because
        )

    def _begin_counting(self, store: RocksStore) -> None:
        """Count the restored rows for the gauges of state, beside the work of the task."""
        self._meters.opened()
        self._meters.report_size(*store.estimated_size())
        make_observer = self._context.observers.get(self.spec.name)
        if make_observer is not None:
            self._watch = RowWatch(make_observer(), store)
            self._counting = asyncio.create_task(self._count_rows(self._watch))

    async def _count_rows(self, watch: RowWatch) -> None:
        try:
            await watch.read()
        except (
            StateError
        ) as error:  # the task meets the same error when it decides, and opens the partition again
            self._log.warning("rows_not_counted", error=type(error).__name__)

    def report_size(self) -> None:
        """Publish the size of the local copy, if it is open."""
        if self._opened is not None:
            self._meters.report_size(*self._opened.store.estimated_size())

    def _warn_of_older_file(self, followed: Config) -> None:
        """Log once per process and version that the partitions follow a newer config than this worker was given."""
        mine, outdated = self._context.config, self._context.outdated
        if followed.version > mine.version and followed.version not in outdated:
            outdated.add(followed.version)
            log.warning("policy_file_outdated", file_version=mine.version, followed_version=followed.version)

    def _delete_copy(self) -> None:
        """Delete the damaged local copy. The next opening rebuilds it from the changelog."""
        if self._opened is None:
            return
        self._log.error("copy_damaged", path=str(self._opened.store.path))
        with suppress(OSError):
            self._opened.store.destroy()

    async def _close_partition(self) -> None:
        opened, self._opened, self.decider = self._opened, None, None
        self.followed = None
        self._context.archived.difference_update(self._archiving)
        self._archiving.clear()
        if self._watch is not None and self._counting is not None:
            self._counting.cancel()
            self._watch.close()
            self._watch = self._counting = None
        if opened is not None:
            try:
                await opened.close()
            except Exception as error:  # noqa: BLE001 - the task opens the partition again
                self._log.warning("close_failed", error=type(error).__name__, exc_info=True)

    # The loop.

    async def _loop(self) -> None:
        decider = self._require_decider()
        waited_since = time.monotonic()
        if not decider.quarantine.stopped:
            self._archive(decider.config)
        if decider.wants_config_record:
            new = self._context.config
            self._controls.append(
                control_emit(self.spec.own_log, self.partition, change_to(new), decider.now_ms)
            )
            self._archive(new)
        while not self._closing:
            self._check_sources()
            if decider.quarantine.stopped:
                await self._wait_for_resume(decider)
                continue
            sources = self._readable_sources(decider)
            if len(sources) == len(self.spec.sources):
                waited_since = time.monotonic()
            elif time.monotonic() - waited_since > self._context.first_start_timeout_s:
                self._log.error("not_ready_in_time", waited_s=self._context.first_start_timeout_s)
                msg = f"{self.spec.name}/{self.partition}: what must be read first has not been read to its end; is every agent running?"
                raise TimeoutError(msg)
            waiting = self._inbox.total(sources)
            if not (waiting or self._controls or self._announce):
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), 5.0)
                except TimeoutError:
                    continue
                continue
            if waiting < _SETTLE_RECORDS and not self._controls:
                await asyncio.sleep(self._gather_s())
            self.is_busy = True
            try:
                await self._run_batch(decider, sources)
            finally:
                self.is_busy = False
            self._release_held()
            await asyncio.sleep(0)

    def _archive(self, config: Config) -> None:
        """Keep a config in the topic of configs with the next commit, unless this process has kept it before."""
        topic, archived = self._context.config_topic, self._context.archived
        if topic is not None and config.hash not in archived:
            archived.add(config.hash)
            self._archiving.add(config.hash)
            self._controls.append(archive_emit(topic, change_to(config), time.time_ns() // 1_000_000))

    def _check_sources(self) -> None:
        """Raise OffsetLostError if the broker no longer has the next record of a source, AccessDeniedError without a right."""
        if not (self._consumer.lost or self._consumer.denied):
            return
        for topic, tp in self.tps.items():
            if tp in self._consumer.denied:
                raise AccessDeniedError(missing_right(TopicAuthorizationFailedError(topic)))
            if (offset := self._consumer.lost.get(tp)) is not None:
                raise OffsetLostError(lost_offset(topic, self.partition, offset, "no record there"))

    def _gather_s(self) -> float:
        """Return how long to wait for more records. Longer while commits are slow: fewer transactions make them faster. Seconds."""
        least = self._context.bounds.gather_ms / 1000
        return min(max(least, self._commit_s / 2), least * _MAX_GATHER_FACTOR)

    def _require_decider(self) -> Decider:
        if self.decider is None:
            raise RuntimeError("the task is not open")
        return self.decider

    def _readable_sources(self, decider: Decider) -> tuple[str, ...]:
        return self.spec.sources if decider.is_ready else (self.spec.own_log,)

    async def _run_batch(self, decider: Decider, sources: tuple[str, ...]) -> None:
        """Decide and commit one batch: steps 4 to 9 of the class docstring."""
        controls, self._controls = self._controls, []
        if self._announce:
            self._announce = False
            self.wants_announcement = False
            decider.announce()
        count = self._decide_batch(decider, sources)
        if decider.may_wait and not controls:
            return
        decided = decider.take()
        await self._commit(decided, controls, count)
        decider.committed()
        self._archiving.clear()
        if self.followed is not decider.config:
            self._report_change(decider.config)

    def _report_change(self, config: Config) -> None:
        """Log that a record of the own log has changed the config, and report it from now on."""
        before, self.followed = self.followed, config
        canary = config.canary
        if canary is not None and before is not None and before.version == config.version:
            self._log.info(
                "policy_canary_changed",
                version=canary.version,
                hash=canary.hash,
                share=canary.share,
                step=canary.step,
            )
            return
        self._context.outdated.add(config.version)
        version = before.version if before is not None else None
        self._log.info("policy_changed", version=config.version, hash=config.hash, before=version)

    def _decide_batch(self, decider: Decider, sources: tuple[str, ...]) -> int:
        """Decide records until a bound of records, bytes, outputs or time is reached. Return their number."""
        head = self._inbox.peek(sources)
        if head is None:
            return 0
        marker = self._require_opened().marker
        bounds = self._context.bounds
        verdict = marker.verdict(head.topic, head.offset)
        most = bounds.max_batch_records if verdict is Verdict.NORMAL else 1
        spans = (
            self._inbox.spans(sources, most)
            if verdict is Verdict.NORMAL
            else {head.topic: (head.offset, head.offset)}
        )
        count = size = 0
        deadline = time.perf_counter() + bounds.decide_ms / 1000
        marker.mark(spans)
        try:
            while (
                count < most
                and size < bounds.max_batch_bytes
                and decider.output_count < bounds.max_batch_outputs
            ):
                record = self._inbox.peek(sources)
                if record is None:
                    break
                if verdict is Verdict.BURY:
                    decider.bury(record, "crashed_worker", "deciding this record ended the worker twice")
                elif decider.advance(record):
                    decider.decide(record)
                else:
                    break  # many timers were due: commit them first, and decide the record in the next batch
                self._inbox.pop(record)
                self._sources.append(record.topic)
                count += 1
                size += len(record.value or b"")
                if decider.quarantine.stopped or time.perf_counter() > deadline:
                    break
                if len(sources) < len(self.spec.sources) and decider.is_ready:
                    break
        finally:
            marker.clear()
        return count

    async def _commit(self, decided: Decided, controls: list[Emit], count: int) -> None:
        outputs = decided.outputs + controls
        if not outputs and not decided.changes:
            return
        opened = self._require_opened()
        now_ms = time.time_ns() // 1_000_000
        began = time.perf_counter()
        try:
            written = await asyncio.wait_for(
                opened.writer.commit(outputs, self._changelog, decided.changes, now_ms),
                self._context.bounds.commit_timeout_s,
            )
        except ProducerFenced:
            self._meters.not_committed("fenced")
            raise
        except ACCESS_ERRORS as error:
            self._meters.not_committed("failed")
            topics = {emit.topic for emit in outputs} | {self._changelog.topic}
            raise AccessDeniedError(missing_right(error, topics)) from error
        except Exception:
            self._meters.not_committed("failed")
            raise
        if self._watch is not None:
            self._watch.committed(decided)
        if decided.changes:
            opened.store.write(decided.changes, changelog_offset=written, at_ms=now_ms)
        decider = self._require_decider()
        if self._lacks_right or self._is_refused:
            self._lacks_right = self._is_refused = False
            if not decider.quarantine.stopped:
                self.stopped_since_s = None
                self._meters.is_stopped.set(0)
        took = time.perf_counter() - began
        self._commit_s += (took - self._commit_s) / 8
        self._meters.committed(self._sources, count, decided, decider.now_ms, took)
        self._meters.count_dead_letters(decider.dead_letters)
        self._meters.count_inputs(decider.input_counts)
        self._sources = []
        decider.dead_letters.clear()
        decider.input_counts.clear()

    def _require_opened(self) -> Opened:
        if self._opened is None:
            raise RuntimeError("the task is not open")
        return self._opened

    def _release_held(self) -> None:
        bounds = self._context.bounds
        for topic, tp in self.tps.items():
            if (
                tp in self._consumer.held
                and self._inbox.count(topic) * 2 < bounds.max_waiting_records
                and self._inbox.size(topic) * 2 < bounds.max_waiting_bytes
            ):
                self._consumer.release({tp})

    async def _wait_for_resume(self, decider: Decider) -> None:
        """Hold all sources until an operator's resume is written into the own log, after the stop."""
        self._mark_stopped(decider.quarantine.stopped)
        self._consumer.hold(set(self.tps.values()))
        own = TopicPartition(self.spec.own_log, self.partition)
        if decider.quarantine.answers_from < 0:
            # A resume that is in the log already answers an earlier stop.
            tp = self.tps[self.spec.own_log]
            decider.expect_resume((await self._consumer.thread.ends([tp]))[tp])
            await self._commit(decider.take(), [], 0)
            decider.committed()
        self._log.error("partition_stopped", why=decider.quarantine.stopped)  # after a restart too
        start = decider.quarantine.answers_from
        found = await find_resume(self._context.client, own, start, self.spec.name, lambda: self._closing)
        if found is None:
            return
        decider.resume(found)
        await self._commit(decider.take(), [], 0)
        decider.committed()
        self._log.warning("partition_resumed", offset=found)
        self._meters.is_stopped.set(0)
        self.stopped_since_s = None
        self.state = TaskState.RUNNING
        for topic, tp in self.tps.items():
            # What was fetched while the partition stopped was dropped, so each source continues after its inbox.
            self._epochs[topic] = self._consumer.reseek(tp, self._inbox.expected[topic])
