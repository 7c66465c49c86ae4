"""Settings and shared objects of all tasks of one process: Kafka clients, data directory, limits and time-outs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workers.engine.batch import Limits
from workers.engine.metrics import Metrics
from workers.engine.state_thread import StateThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engine.api import Config, DeadLetterEncoder
    from workers.engine.clocks import EdgeClock
    from workers.engine.datadir import DataDir
    from workers.engine.row_watch import CommitObserver
    from workers.engine.skips import SkipSource


@dataclass(frozen=True, slots=True)
class Bounds:
    """Batch sizes, queue lengths and time-outs of one task. Every queue has a bound."""

    max_batch_records: int = 2_000
    max_batch_bytes: int = 8 << 20
    max_batch_outputs: int = 10_000
    decide_ms: float = 25.0
    """How long one batch may decide before it commits. Milliseconds."""
    gather_ms: float = 15.0
    """How long a task waits for more records before a small batch; up to six times longer while commits are slow. Milliseconds."""
    max_waiting_records: int = 10_000
    """Records of one source that may wait. Above it the partition is not fetched; below half of it fetching resumes."""
    max_waiting_bytes: int = 16 << 20
    """Bytes of one source that may wait. Above it the partition is not fetched; below half of it fetching resumes."""
    commit_timeout_s: float = 30.0
    """How long a commit is retried. After it the task aborts if it can, and starts again from its rows. Seconds."""
    transaction_timeout_ms: int = 10_000
    """How long the broker leaves a transaction open before it aborts it and fences its producer. Milliseconds.

    It is short because an open transaction hides all later records of its partitions from ``read_committed`` readers.
    After kill -9 it stays open until the partition's next task fences it (measured: 0.1 s) or until this time-out.

    It is meant to be shorter than ``commit_timeout_s``. A transaction is open only while it is written, not while records
    are decided: some 13 ms under load. Retries beyond this time-out may still succeed, because a broker looks for expired
    transactions only every 10 s (``transaction.abort.timed.out.transaction.cleanup.interval.ms``) and not while it is
    down. Measured with a broker that was killed at the end of a commit and came back after 15 s: the commit succeeded
    with that interval, and was fenced with an interval of 1 s. A fenced retry loses nothing: the broker has aborted the
    whole transaction, the rows are unchanged, and the task decides the batch again after ``fenced_wait_s``.
    """
    restart_backoff_s: float = 0.5
    """The first wait after an error of a task. It doubles with each error in a row, up to ``restart_backoff_max_s``. Seconds."""
    restart_backoff_max_s: float = 10.0
    fenced_wait_s: float = 5.0
    """How long a fenced task waits before it opens again. It then also waits for an answered heartbeat (heartbeats.py). Seconds."""
    release_timeout_s: float = 5.0
    """How long a rebalance or a shutdown waits for the tasks to end. Later ones are cancelled. Seconds."""
    idle_every_s: float = 0.25
    """The time between two checks for idle tasks. Seconds."""
    lag_every_s: float = 5.0
    """The time between two commits of the group's offsets, for lag monitors. Seconds."""
    log_watermark_every_s: float = 60.0
    """The time between two watermarks of a task in a log whose reader may be a worker of an earlier release. Seconds."""
    stopped_hold_s: float = 20.0
    """How long a stopped partition holds back the time of the partitions downstream. Seconds."""


def _twice_a_day(_config: Config) -> float:
    return 43_200.0


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a task needs besides its agent and its partition."""

    app_id: str
    client: Mapping[str, Any]
    """Arguments of every Kafka client: ``bootstrap_servers`` and security."""
    partitions: int
    data_dir: DataDir
    edge_clock: EdgeClock
    config: Config
    dead_letter: DeadLetterEncoder
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    metrics: Metrics = field(default_factory=Metrics)
    state_thread: StateThread = field(default_factory=StateThread)
    first_start_timeout_s: float = 600.0
    cluster_id: str = ""
    delete_retention_ms: Mapping[str, int] = field(default_factory=dict)
    """The ``delete.retention.ms`` of each agent's changelog, by agent. A missing agent counts as one day."""
    observers: Mapping[str, Callable[[], CommitObserver]] = field(default_factory=dict)
    """Makes the observer of an opened partition, by agent. A missing agent has none."""
    skip_source: SkipSource | None = None
    """The topic with the orders of operators to skip records. None: there is none."""
    compact_every_s: Callable[[Config], float] = _twice_a_day
    """The time between two compactions of a local copy: a deleted row stays in its files for that long at most. Seconds."""
    config_topic: str | None = None
    """The compacted topic that keeps the text of each config that was followed, for operators. None: there is none."""
    archived: set[str] = field(default_factory=set)
    """Hashes of the configs that this process has written to ``config_topic``."""
    outdated: set[int] = field(default_factory=set)
    """Newer versions that this process has logged: as a change, or because its own config is older."""

    def changelog_topic(self, agent: str) -> str:
        """Return the name of an agent's changelog."""
        return changelog_topic(self.app_id, agent)

    @property
    def watermark_topic(self) -> str:
        """The topic through which the workers of the app share their watermarks."""
        return watermark_topic(self.app_id)


def changelog_topic(app_id: str, agent: str) -> str:
    """Return the name of an agent's changelog topic. It must never change: the rows are in it."""
    return f"{app_id}-{agent}-changelog"


def config_topic(app_id: str) -> str:
    """Return the name of the compacted topic that keeps the text of each policy that was followed. It has one partition."""
    return f"{app_id}-policies"


def watermark_topic(app_id: str) -> str:
    """Return the name of the topic through which the workers of an app share their watermarks. It has one partition."""
    return f"{app_id}-watermarks"
