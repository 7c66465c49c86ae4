"""The probes distinguish a hanging or broken worker from one that restores its partitions or waits for an operator."""

from __future__ import annotations

import pytest

from workers.engine.health import HANGS_S, Pulse, TaskView, reasons_not_alive, reasons_not_ready
from workers.engine.task import TaskState

RUNNING = TaskView("accounts/0", TaskState.RUNNING)
ENDED = TaskView("accounts/1", TaskState.STOPPED, has_ended=True)


def test_a_loop_that_turns_is_alive_and_one_that_has_not_for_long_is_not() -> None:
    now_s = 100.0
    pulse = Pulse(lambda: now_s)
    now_s += HANGS_S
    assert reasons_not_alive(pulse.age_s, [RUNNING]) == []
    now_s += 1.0
    assert reasons_not_alive(pulse.age_s, [RUNNING]) == ["the event loop has not turned for 16 s"]
    pulse.beat()
    assert reasons_not_alive(pulse.age_s, [RUNNING]) == []


def test_a_task_that_has_ended_is_neither_alive_nor_ready() -> None:
    assert reasons_not_alive(0.0, [RUNNING, ENDED]) == ["task ended: accounts/1"]
    assert reasons_not_ready(0.0, [RUNNING, ENDED], is_assigned=True) == ["task ended: accounts/1"]


@pytest.mark.parametrize(
    ("state", "is_ready"),
    [
        (TaskState.OPENING, False),
        (TaskState.WAITING, False),
        (TaskState.CLOSED, False),
        (TaskState.RUNNING, True),
        (TaskState.STOPPED, True),
    ],
)
def test_a_partition_that_is_not_restored_is_alive_and_not_ready(state: TaskState, is_ready: bool) -> None:
    task = TaskView("desks/3", state)
    assert reasons_not_alive(0.0, [task]) == []
    expected = [] if is_ready else [f"{state}: desks/3"]
    assert reasons_not_ready(0.0, [RUNNING, task], is_assigned=True) == expected


def test_a_worker_without_an_assignment_is_not_ready_and_one_without_partitions_is() -> None:
    assert reasons_not_ready(0.0, [], is_assigned=False) == ["the group has assigned no partitions yet"]
    assert reasons_not_ready(0.0, [], is_assigned=True) == []
