"""Moves time where no record does: gives each task a goal, and a tick or a watermark when it has reached the goal.

A goal is a time and the ends of the task's sources, requested after the time was read. For an agent at the edge the time is
the clock's, or the smallest watermark upstream if it is earlier. For the others it is the smallest watermark of all upstream tasks. When the task has decided and committed its
sources up to these ends, no record that is stamped earlier is unread. If a timer is due by then, the task's own log gets a
tick. Otherwise the time is the task's watermark. docs/adr/0025 has the proof.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from workers.engine.control import Tick, Watermark, control_emit, report_key
from workers.engine.task import PartitionTask, TaskState
from workers.engine.watermark_board import AgentReport, WorkerReport
from workers.engine.watermarks import Goal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engine.api import Emit
    from workers.engine.context import Context
    from workers.engine.decide import Decider
    from workers.engine.watermark_board import WatermarkBoard
    from workers.engine.watermark_channel import WatermarkChannel

log = structlog.get_logger(__name__)
_STEP_MS = 1_000
"""A task has a new watermark only when time has moved by at least this much. Milliseconds."""
_STEP_S = 1.0
"""The shortest time between two watermarks of a task. Seconds."""
_MOST_REASON = 500
"""The most characters of a reason in a report."""
_TICKS_FOR_CHUNKS = 4
"""Ticks written at once for an idle task with a cursor: each does one chunk. New records wait for at most that many."""


class IdleWatch:
    """Moves the time of the tasks of one worker."""

    def __init__(self, context: Context, board: WatermarkBoard) -> None:
        self._context = context
        self._board = board
        self._began_s = time.monotonic()
        self._released: set[tuple[str, int]] = set()

    async def check(self, tasks: Iterable[PartitionTask], channel: WatermarkChannel) -> None:
        """Write what tasks have reached, then give new goals. Raises an error of the request for the ends."""
        running = [task for task in tasks if task.state is TaskState.RUNNING]
        for task in running:
            self._announce(task)
            self._look_at(task)
        edge_ms = self._context.edge_clock.reached_ms()  # before the ends are requested
        aims = [(task, task.decider, self._reached_ms(task, edge_ms)) for task in running]
        due = [aim for aim in aims if self._wants_goal(*aim)]
        tps = [tp for task, _, _ in due for tp in task.tps.values()]
        if not tps:
            return
        ends = await channel.ends(tps)
        for task, decider, at_ms in due:
            if task.decider is decider:
                task.reach.goal = Goal(at_ms, {tp: ends[tp] for tp in task.tps.values()})
                self._look_at(task)

    def _announce(self, task: PartitionTask) -> None:
        """Let a task announce that it has read its first sources, and what the tasks upstream have written to them."""
        if not task.wants_announcement or task.first_ends is None:
            return
        first = {task.tps[topic]: task.first_ends[topic] for topic in task.spec.announces_after}
        has_read_upstream = not task.spec.upstream or task.reach.at_ms > 0
        if has_read_upstream and task.has_decided(first):
            task.request_announcement()

    def _reached_ms(self, task: PartitionTask, edge_ms: int) -> int:
        if task.decider is None or (task.spec.is_edge and not task.spec.upstream):
            return edge_ms
        slowest = self._board.slowest(task.spec.upstream, task.decider.watermarks.known)
        at_ms = slowest.at_ms if slowest is not None else edge_ms if task.spec.is_edge else 0
        return min(at_ms, edge_ms) if task.spec.is_edge else at_ms

    def _wants_goal(self, task: PartitionTask, decider: Decider | None, at_ms: int) -> bool:
        if decider is None or task.reach.goal is not None or task.has_work:
            return False
        if task.wants_announcement and not task.spec.upstream:
            return False
        is_due = self._is_watermark_due(task, at_ms) or decider.has_due(at_ms) or decider.has_cursor()
        return is_due and decider.is_ready

    def _is_watermark_due(self, task: PartitionTask, at_ms: int) -> bool:
        reach = task.reach
        return (
            bool(task.spec.downstream_logs)
            and at_ms >= reach.at_ms + _STEP_MS
            and time.monotonic() - reach.at_s >= _STEP_S
        )

    def _look_at(self, task: PartitionTask) -> None:
        """Write a tick, or note the watermark, if the task has reached its goal."""
        decider, goal = task.decider, task.reach.goal
        if decider is None or goal is None or task.has_work or not task.has_decided(goal.ends):
            return
        task.reach.goal = None
        if decider.has_due(goal.at_ms) or decider.has_cursor():
            at_ms = max(goal.at_ms, decider.now_ms)
            tick = control_emit(task.spec.own_log, task.partition, Tick(at_ms), at_ms)
            task.request([tick] * (_TICKS_FOR_CHUNKS if decider.has_cursor() else 1))
        elif self._is_watermark_due(task, goal.at_ms):
            task.reach.at_ms, task.reach.at_s = goal.at_ms, time.monotonic()
            self._board.reach(task.spec.name, task.partition, goal.at_ms)
            self._write_to_logs(task, goal.at_ms)

    def _write_to_logs(self, task: PartitionTask, at_ms: int) -> None:
        """Write the watermark into the logs whose readers no worker of this release has reported. They may be old."""
        now_s = time.monotonic()
        if now_s - task.reach.logged_s < self._context.bounds.log_watermark_every_s:
            return
        mark = Watermark(task.spec.name, task.partition, self._context.partitions, at_ms)
        emits: list[Emit] = [
            control_emit(topic, partition, mark, at_ms)
            for topic in task.spec.downstream_logs
            for partition in self._board.uncovered(topic)
        ]
        if emits:
            task.reach.logged_s = now_s
            task.request(emits)

    # What the worker publishes.

    def report(self, tasks: Iterable[PartitionTask], generation: int) -> WorkerReport | None:
        """Return the report to publish, or None if this worker has no task."""
        by_agent: dict[str, AgentReport] = {}
        now_s = time.monotonic()
        released = set()
        for task in tasks:
            name, partition = task.spec.name, task.partition
            of = by_agent.setdefault(name, AgentReport(name, task.spec.own_log, [], [], [], {}, {}))
            of.partitions.append(partition)
            of.reached_ms.append(self._board.reached_ms(name, partition))
            if of.followed is not None and (followed := task.followed) is not None:
                of.followed.setdefault(report_key(followed), []).append(partition)
            since_s = task.stopped_since_s
            if since_s is not None:
                of.stopped[partition] = task.stop_reason[:_MOST_REASON]
            if since_s is not None and now_s - since_s >= self._context.bounds.stopped_hold_s:
                of.released.append(partition)
                released.add((name, partition))
                if (name, partition) not in self._released:
                    log.warning("stopped_partition_released", agent=name, partition=partition)
        self._released = released
        if not by_agent:
            return None
        return WorkerReport(generation, list(by_agent.values()), follows_canaries=True)

    def report_held_time(self, tasks: Iterable[PartitionTask]) -> None:
        """Measure how far the slowest task upstream holds back each partition, and log which one it is."""
        edge_ms = self._context.edge_clock.reached_ms()
        up_ms = int((time.monotonic() - self._began_s) * 1_000)
        for task in tasks:
            if task.decider is None:
                continue
            slowest = self._board.slowest(task.spec.upstream, task.decider.watermarks.known)
            if slowest is not None:
                held_ms = edge_ms - slowest.at_ms if slowest.at_ms else up_ms
                task.report_held_time(slowest, max(0, held_ms))
