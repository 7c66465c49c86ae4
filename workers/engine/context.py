"""What all tasks of one process share: how to reach Kafka, where state lives, how much is taken at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workers.engine.decide import Limits
from workers.engine.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engine.api import Config, DeadLetterEncoder
    from workers.engine.clocks import EdgeClock
    from workers.engine.datadir import DataDir


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one task takes at once and keeps waiting. Every queue is bounded."""

    max_batch_records: int = 2_000
    max_batch_bytes: int = 8 << 20
    max_batch_outputs: int = 10_000
    decide_ms: float = 25.0
    gather_ms: float = 15.0
    max_waiting_records: int = 10_000
    """Per source: above it the partition is held back, below half of it released."""
    max_waiting_bytes: int = 16 << 20
    commit_timeout_s: float = 30.0
    transaction_timeout_ms: int = 10_000
    """After kill -9 an unfenced open transaction hides everybody's later records until it times out."""
    restart_backoff_s: float = 0.5
    restart_backoff_max_s: float = 10.0
    fenced_wait_s: float = 5.0
    """A fenced task may belong to a worker that was frozen: give its group time to take the partition away."""
    release_timeout_s: float = 5.0
    idle_every_s: float = 0.25
    lag_every_s: float = 5.0
    compact_every_s: float = 43_200.0
    """So long what was deleted may stay in the files of a local copy."""


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a task."""

    app_id: str
    client: Mapping[str, Any]
    """Arguments of every Kafka client: bootstrap_servers and security."""
    partitions: int
    data_dir: DataDir
    edge_clock: EdgeClock
    config: Config
    dead_letter: DeadLetterEncoder
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    metrics: Metrics = field(default_factory=Metrics)
    first_start_timeout_s: float = 600.0
    cluster_id: str = ""
    delete_retention_ms: Mapping[str, int] = field(default_factory=dict)
    """Of each agent's changelog."""

    def changelog_topic(self, agent: str) -> str:
        """The changelog of an agent."""
        return changelog_topic(self.app_id, agent)


def changelog_topic(app_id: str, agent: str) -> str:
    """Return the name of an agent's changelog; for life."""
    return f"{app_id}-{agent}-changelog"
