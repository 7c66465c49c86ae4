"""What the engine counts, as Prometheus metrics. Labels are agents and partitions, never leads."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BATCH_BUCKETS = (1, 5, 20, 100, 500, 2_000, 10_000)
_SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)


class Metrics:
    """The metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        by_agent = ["agent"]
        by_task = ["agent", "partition"]
        self.records = Counter("lead_router_records", "Records decided", by_agent, registry=self.registry)
        self.outputs = Counter("lead_router_outputs", "Outputs committed", by_agent, registry=self.registry)
        self.dead_letters = Counter(
            "lead_router_dead_letters", "Dead letters", by_agent, registry=self.registry
        )
        self.batches = Histogram(
            "lead_router_batch_records",
            "Records a batch",
            by_agent,
            buckets=_BATCH_BUCKETS,
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "lead_router_commit_seconds",
            "From the begin of a transaction to its commit",
            by_agent,
            buckets=_SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.task_restarts = Counter(
            "lead_router_task_restarts", "Tasks begun again after an error", by_task, registry=self.registry
        )
        self.stream_time = Gauge(
            "lead_router_stream_time_seconds", "Stream time of a partition", by_task, registry=self.registry
        )
        self.is_stopped = Gauge(
            "lead_router_partition_stopped",
            "1 while a partition waits for an operator",
            by_task,
            registry=self.registry,
        )


class TaskMeters:
    """The metrics of one task, looked up once: a look-up per batch was seen in profiles."""

    def __init__(self, metrics: Metrics, agent: str, partition: int) -> None:
        self.restarts = metrics.task_restarts.labels(agent, partition)
        self.is_stopped = metrics.is_stopped.labels(agent, partition)
        self._stream_time = metrics.stream_time.labels(agent, partition)
        self._records = metrics.records.labels(agent)
        self._outputs = metrics.outputs.labels(agent)
        self._dead_letters = metrics.dead_letters.labels(agent)
        self._batches = metrics.batches.labels(agent)
        self._commit_seconds = metrics.commit_seconds.labels(agent)

    def committed(self, records: int, outputs: int, dead_letters: int, now_ms: int, seconds: float) -> None:
        """Count one transaction; ``now_ms`` is the partition's stream time."""
        self._commit_seconds.observe(seconds)
        self._batches.observe(records)
        self._records.inc(records)
        self._outputs.inc(outputs)
        if dead_letters:
            self._dead_letters.inc(dead_letters)
        self._stream_time.set(now_ms / 1000)
