"""Whether a worker is alive and ready, for the probes of an orchestrator, and the gauges that describe its tasks.

In: the tasks of the runtime and the pulse of the event loop. Out: a list of what is wrong; empty means healthy. It is called in
the thread of the metrics page, which answers even if the event loop hangs. It only reads.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workers.engine.task import TaskState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workers.engine.metrics import Metrics
    from workers.engine.runtime import Runtime

HANGS_S: Final = 15.0
"""An event loop that has not turned for this long counts as hanging. Seconds."""
_MOST_NAME: Final = 64
"""Most characters of a policy's name in a label."""
_OPEN: Final = frozenset({TaskState.RUNNING, TaskState.STOPPED})
"""States of a task whose rows are restored. A stopped partition waits for an operator: a restart would not help."""


class Pulse:
    """The last turn of the event loop. ``now_s`` returns a monotonic time in seconds."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._turned_at_s = now_s()

    def beat(self) -> None:
        """Note a turn. Called on the event loop."""
        self._turned_at_s = self._now_s()

    @property
    def age_s(self) -> float:
        """Seconds since the last turn."""
        return self._now_s() - self._turned_at_s


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as the probes see it. ``has_ended``: it ended although its partition is still assigned."""

    name: str
    state: TaskState
    has_ended: bool = False


def views(runtime: Runtime) -> list[TaskView]:
    """Return the tasks of the runtime at this moment."""
    return [
        TaskView(f"{agent}/{partition}", task.state, has_ended=task.task.done())
        for (agent, partition), task in sorted(runtime.tasks.copy().items())
    ]


def reasons_not_alive(pulse_age_s: float, tasks: Iterable[TaskView]) -> list[str]:
    """Return why a restart of the process would help. Empty: it would not."""
    reasons = []
    if pulse_age_s > HANGS_S:
        reasons.append(f"the event loop has not turned for {pulse_age_s:.0f} s")
    return reasons + [f"task ended: {task.name}" for task in tasks if task.has_ended]


def reasons_not_ready(pulse_age_s: float, tasks: Iterable[TaskView], *, is_assigned: bool) -> list[str]:
    """Return why the process does not decide records yet. Empty: every assigned partition is restored."""
    found = list(tasks)
    reasons = reasons_not_alive(pulse_age_s, found)
    if not is_assigned:
        reasons.append("the group has assigned no partitions yet")
    return reasons + [f"{task.state}: {task.name}" for task in found if task.state not in _OPEN]


def refresh_gauges(metrics: Metrics, runtime: Runtime, pulse_age_s: float) -> None:
    """Set the gauges that describe the tasks at this moment. Gauges of partitions that were given away disappear."""
    tasks = runtime.tasks.copy()
    states = Counter((agent, task.state) for (agent, _), task in tasks.items())
    metrics.event_loop_age.set(pulse_age_s)
    metrics.partitions.set(runtime.partitions)
    metrics.policy.clear()
    for followed in [task.followed for task in tasks.values()]:
        if followed is not None:
            labels = (followed.name[:_MOST_NAME], followed.version, followed.hash)
            metrics.policy.labels(*labels).set(1)
    metrics.tasks.clear()
    metrics.assigned_partitions.clear()
    metrics.lag.clear()
    metrics.lag_seconds.clear()
    for agent in runtime.agents:
        for state in TaskState:
            metrics.tasks.labels(agent, state).set(states[agent, state])
        count = sum(found for (name, _), found in states.items() if name == agent)
        metrics.assigned_partitions.labels(agent).set(count)
    for (agent, partition), topic, records, seconds in runtime.lags():
        metrics.lag.labels(agent, partition, topic).set(records)
        metrics.lag_seconds.labels(agent, partition, topic).set(seconds if records else 0)
