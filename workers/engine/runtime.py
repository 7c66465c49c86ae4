"""All partition tasks of one process: starts them on assignment, ends them on revocation, moves time while they are idle.

A task is idle when it has read every source to its end. Its time may then move without a record, as far as all inputs
have reached. For an agent at the edge that is the clock's time, read *before* the ends were asked for. For the others it
is the smallest watermark of all upstream tasks. If a timer is due by then, the task's own log gets a tick. Otherwise the
logs downstream get a watermark.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import structlog
from faust.types import TP

from workers.engine.control import Tick, Watermark, control_emit
from workers.engine.datadir import task_name
from workers.engine.sweeping import Sweeper
from workers.engine.task import PartitionTask, TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engine.api import AgentSpec, Emit
    from workers.engine.config_guard import ConfigConflictError
    from workers.engine.context import Context
    from workers.engine.decide import Decider
    from workers.engine.store import RocksStore
    from workers.engine.transport import BatchConsumer, RecordBatch

log = structlog.get_logger(__name__)
TaskKey = tuple[str, int]
_WATERMARK_STEP_MS = 1_000
"""A watermark is published only when time has moved by at least this much. Milliseconds."""
_WATERMARK_EVERY_S = 4.0
"""The shortest time between two watermarks of a task. Each is written to every partition downstream. Seconds."""
_TICKS_FOR_CHUNKS = 4
"""Ticks written at once for an idle task with a cursor: each does one chunk. New records wait for at most that many."""


class Runtime:
    """The partition tasks of this process, by agent and partition."""

    def __init__(self, specs: Iterable[AgentSpec], context: Context) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._agent_of = {topic: spec.name for spec in self._specs.values() for topic in spec.sources}
        self._context = context
        self.metrics = context.metrics
        self._consumer: BatchConsumer | None = None
        self.tasks: dict[TaskKey, PartitionTask] = {}
        self._background: list[asyncio.Task[None]] = []
        """Background work besides the tasks: the idle watch and the compaction of local copies."""
        self._sweeper = Sweeper(context.data_dir.app_path, context.bounds.compact_every_s, self._copies)
        self._committed: dict[TP, int] = {}
        self._has_run = False

    # Faust's rebalance signals.

    def begin(self, consumer: BatchConsumer, assigned: set[TP]) -> None:
        """Start a task for each (agent, partition) with all its sources assigned. Return at once, so that heartbeats continue."""
        self._consumer = consumer
        consumer.hold(assigned)
        here: dict[TaskKey, set[str]] = {}
        for tp in assigned:
            agent = self._agent_of.get(tp.topic)
            if agent is not None:
                here.setdefault((agent, tp.partition), set()).add(tp.topic)
        for (agent, partition), topics in sorted(here.items()):
            spec = self._specs[agent]
            missing = set(spec.sources) - topics
            if missing:
                log.error("partition_incomplete", agent=agent, partition=partition, missing=sorted(missing))
                continue
            self.tasks[agent, partition] = PartitionTask(spec, partition, self._context, consumer)
        if not self._background:
            self._background = [
                asyncio.create_task(self._watch(), name="idle-watch"),
                asyncio.create_task(self._sweeper.run(), name="sweeper"),
            ]
        log.info("partitions_assigned", tasks=len(self.tasks))

    async def end(self) -> None:
        """End every task after its current batch. Cancel those that take longer than ``release_timeout_s``."""
        tasks, self.tasks = list(self.tasks.values()), {}
        self._has_run = self._has_run or any(task.has_run for task in tasks)
        for task in tasks:
            task.close()
        if tasks:
            _, late = await asyncio.wait(
                [task.task for task in tasks], timeout=self._context.bounds.release_timeout_s
            )
            for running in late:
                running.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)
            log.info("partitions_released", tasks=len(tasks), cancelled=len(late))

    async def stop(self) -> None:
        """End all tasks and the background work."""
        background, self._background = self._background, []
        for work in background:
            work.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        if self._consumer is not None:
            await self._report_lag()
        await self.end()

    def refusal(self) -> ConfigConflictError | None:
        """Return why no task of this process may decide, or None if one of them has ever run.

        A running worker stays when some of its partitions follow a newer config. It will be replaced anyway, and leaving
        would only move partitions twice. A worker that starts with an older config must leave: it would keep partitions
        from the workers that can decide them.
        """
        self._has_run = self._has_run or any(task.has_run for task in self.tasks.values())
        if self._has_run:
            return None
        return next((task.refusal for task in self.tasks.values() if task.refusal is not None), None)

    def submit(self, batch: RecordBatch) -> None:
        """Pass a batch to its task. A batch without a task was fetched before a rebalance and is dropped."""
        agent = self._agent_of[batch.tp.topic]
        task = self.tasks.get((agent, batch.tp.partition))
        if task is not None:
            task.submit(batch)

    def _copies(self) -> dict[str, RocksStore | None]:
        return {task_name(agent, partition): task.copy for (agent, partition), task in self.tasks.items()}

    # The idle watch.

    async def _watch(self) -> None:
        bounds = self._context.bounds
        lag_due = time.monotonic() + bounds.lag_every_s
        while True:
            await asyncio.sleep(bounds.idle_every_s)
            try:
                await self._check_idle_tasks()
                if time.monotonic() > lag_due:
                    lag_due = time.monotonic() + bounds.lag_every_s
                    self._report_held_time()
                    await self._report_lag()
            except Exception as error:  # noqa: BLE001 - no broker, or a rebalance: check again later
                log.debug("idle_watch_failed", error=type(error).__name__)

    async def _check_idle_tasks(self) -> None:
        if self._consumer is None:
            return
        edge_ms = self._context.edge_clock.reached_ms()  # before the ends are asked for
        running = [task for task in self.tasks.values() if task.state is TaskState.RUNNING]
        due = [task for task in running if self._wants_check(task, edge_ms)]
        tps = [tp for task in due for tp in task.tps.values()]
        if not tps:
            return
        ends = await self._consumer.thread.ends(tps)
        for task in due:
            if self.tasks.get((task.spec.name, task.partition)) is task:
                self._move_time(task, ends, edge_ms)

    def _reached_ms(self, task: PartitionTask, decider: Decider, edge_ms: int) -> int:
        return edge_ms if task.spec.is_edge else decider.reached_ms()

    def _wants_check(self, task: PartitionTask, edge_ms: int) -> bool:
        decider = task.decider
        if decider is None or task.is_busy:
            return False
        if task.wants_announcement:
            return True
        reached = self._reached_ms(task, decider, edge_ms)
        return self._is_watermark_due(task, reached) or decider.has_due(reached) or decider.has_cursor()

    def _move_time(self, task: PartitionTask, ends: dict[TP, int], edge_ms: int) -> None:
        decider = task.decider
        if decider is None or task.is_busy or task.state is not TaskState.RUNNING:
            return
        if task.wants_announcement and task.first_ends is not None:
            first = {task.tps[topic]: task.first_ends[topic] for topic in task.spec.announces_after}
            if task.has_read(first, task.spec.announces_after):
                task.request_announcement()
            return
        if not task.has_settled(ends) or not decider.is_ready:
            return
        reached = self._reached_ms(task, decider, edge_ms)
        if decider.has_due(reached) or decider.has_cursor():
            at_ms = max(reached, decider.now_ms)
            tick = control_emit(task.spec.own_log, task.partition, Tick(at_ms), at_ms)
            task.request([tick] * (_TICKS_FOR_CHUNKS if decider.has_cursor() else 1))
            return
        if self._is_watermark_due(task, reached):
            task.watermark_ms = reached
            task.watermark_at_s = time.monotonic()
            task.request(self._watermarks(task, reached))

    def _is_watermark_due(self, task: PartitionTask, reached_ms: int) -> bool:
        return (
            bool(task.spec.downstream_logs)
            and reached_ms >= task.watermark_ms + _WATERMARK_STEP_MS
            and time.monotonic() - task.watermark_at_s >= _WATERMARK_EVERY_S
        )

    def _watermarks(self, task: PartitionTask, at_ms: int) -> list[Emit]:
        partitions = self._context.partitions
        mark = Watermark(task.spec.name, task.partition, partitions, at_ms)
        return [
            control_emit(topic, partition, mark, at_ms)
            for topic in task.spec.downstream_logs
            for partition in range(partitions)
        ]

    def _report_held_time(self) -> None:
        """Measure how far the slowest task upstream holds back each partition, and log which one it is."""
        edge_ms = self._context.edge_clock.reached_ms()
        for task in self.tasks.values():
            slowest = task.decider.watermarks.slowest() if task.decider is not None else None
            if slowest is not None:
                task.report_held_time(slowest, max(0, edge_ms - slowest.at_ms))

    async def _report_lag(self) -> None:
        """Commit the group's offsets, for lag monitors only. The offsets in the rows are the truth."""
        offsets: dict[TP, int] = {}
        for task in self.tasks.values():
            if task.state is TaskState.RUNNING:
                offsets.update(task.lag_offsets())
        fresh = {tp: at for tp, at in offsets.items() if self._committed.get(tp) != at}
        if fresh and self._consumer is not None:
            with contextlib.suppress(Exception):  # a rebalance or no broker: the next report has it
                if await self._consumer.thread.commit(fresh):
                    self._committed.update(fresh)
