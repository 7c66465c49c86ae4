"""All partition tasks of one process: starts them on assignment, ends them on revocation, and runs the work beside them.

Beside the tasks run the idle watch, which moves time where no record does (idle_watch.py), the channel that shares
watermarks with the other workers (watermark_channel.py), and the compaction of local copies (sweeping.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import structlog
from faust.types import TP

from workers.engine.datadir import task_name
from workers.engine.idle_watch import IdleWatch
from workers.engine.standby import Standbys
from workers.engine.sweeping import Sweeper
from workers.engine.task import PartitionTask, TaskState
from workers.engine.watermark_board import WatermarkBoard
from workers.engine.watermark_channel import WatermarkChannel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engine.api import AgentSpec
    from workers.engine.config_guard import ConfigConflictError
    from workers.engine.context import Context
    from workers.engine.store import RocksStore
    from workers.engine.transport import BatchConsumer, RecordBatch
    from workers.engine.watermark_board import WorkerReport

log = structlog.get_logger(__name__)
TaskKey = tuple[str, int]


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
        """Background work besides the tasks: the idle watch, the channel and the compaction of local copies."""
        self._sweeper = Sweeper(context.data_dir.app_path, self.compact_every_s, self._copies)
        board = WatermarkBoard(context.partitions)
        self._idle = IdleWatch(context, board)
        self._channel = WatermarkChannel(context.client, context.watermark_topic, board, self._report)
        self._standbys = Standbys(context)
        self._committed: dict[TP, int] = {}
        self._has_run = False

    @property
    def agents(self) -> list[str]:
        """The names of the agents of this process."""
        return list(self._specs)

    @property
    def partitions(self) -> int:
        """The number of partitions of every topic."""
        return self._context.partitions

    @property
    def is_assigned(self) -> bool:
        """Whether the group has assigned partitions to this process since its start, or none because there are too few."""
        return self._consumer is not None

    def lags(self) -> list[tuple[TaskKey, str, int, float]]:
        """Return the lag of each source in offsets and in seconds, for the tasks that decide. Markers are counted too."""
        if self._consumer is None:
            return []
        ends = self._consumer.thread.fetched_ends()
        return [
            (key, tp.topic, max(0, ends[tp] - offset), task.lag_seconds(tp.topic))
            for key, task in self.tasks.copy().items()
            if task.state is TaskState.RUNNING
            for tp, offset in task.reached_offsets().items()
            if tp in ends
        ]

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
                asyncio.create_task(self._channel.run(), name="watermark-channel"),
                asyncio.create_task(self._sweeper.run(), name="sweeper"),
            ]
        log.info("partitions_assigned", tasks=len(self.tasks))

    async def keep_standbys(self, tps: set[TP]) -> None:
        """Follow the changelogs of these partitions of other workers. Close the other standby copies, so that tasks can open them."""
        here: dict[TaskKey, set[str]] = {}
        for tp in tps:
            if (agent := self._agent_of.get(tp.topic)) is not None:
                here.setdefault((agent, tp.partition), set()).add(tp.topic)
        whole = {key for key, topics in here.items() if topics >= set(self._specs[key[0]].sources)}
        await self._standbys.keep(whole)

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
        await self._standbys.keep(set())

    def refusal(self) -> ConfigConflictError | None:
        """Return why no task of this process may decide, or None if one of them has ever run.

        A running worker stays when some of its partitions follow a config that it may not follow or cannot read. It will be
        replaced anyway, and leaving would only move partitions twice. A worker that starts so must leave: it would keep
        partitions from the workers that can decide them.
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

    def compact_every_s(self) -> float:
        """Return the time between two compactions of a copy: the shortest of the configs that the partitions follow now. Seconds."""
        followed = {
            task.followed.hash: task.followed for task in self.tasks.values() if task.followed is not None
        }
        period_of = self._context.compact_every_s
        return min(map(period_of, followed.values()), default=period_of(self._context.config))

    def _copies(self) -> dict[str, RocksStore | None]:
        own = {task_name(agent, partition): task.copy for (agent, partition), task in self.tasks.items()}
        return {**self._standbys.copies(), **own}

    def _report(self) -> WorkerReport | None:
        generation = 0 if self._consumer is None else self._consumer.app.consumer_generation_id
        return self._idle.report(self.tasks.values(), generation)

    # The idle watch.

    async def _watch(self) -> None:
        bounds = self._context.bounds
        lag_due = time.monotonic() + bounds.lag_every_s
        while True:
            await asyncio.sleep(bounds.idle_every_s)
            try:
                await self._idle.check(list(self.tasks.values()), self._channel)
                if time.monotonic() > lag_due:
                    lag_due = time.monotonic() + bounds.lag_every_s
                    self._idle.report_held_time(self.tasks.values())
                    for task in self.tasks.values():
                        task.report_size()
                    await self._report_lag()
            except Exception as error:  # noqa: BLE001 - no broker, or a rebalance: check again later
                log.debug("idle_watch_failed", error=type(error).__name__)

    async def _report_lag(self) -> None:
        """Commit the group's offsets, for lag monitors only. The offsets in the rows are the truth.

        A task that has decided no record yet is left out. It may have no rows, and an empty changelog counts as lost if
        the group has offsets (opening.py). Deleted records, aborted ones and markers move its position nevertheless.
        """
        offsets: dict[TP, int] = {}
        for task in self.tasks.values():
            if task.state is TaskState.RUNNING and task.has_decided_any:
                offsets.update(task.decided_offsets())
        fresh = {tp: at for tp, at in offsets.items() if self._committed.get(tp) != at}
        if fresh and self._consumer is not None:
            with contextlib.suppress(Exception):  # a rebalance or no broker: the next report has it
                if await self._consumer.thread.commit(fresh):
                    self._committed.update(fresh)
