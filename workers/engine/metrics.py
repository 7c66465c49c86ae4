"""The engine's Prometheus metrics. Labels are agents, partitions, topics and fields of the contract, never leads.

docs/monitoring.md lists every metric with its type, its labels and when to worry. Prometheus adds ``_total`` to the
names of counters.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from workers.engine.batch import InputCounts

_BATCH_BUCKETS = (1, 5, 20, 100, 500, 2_000, 10_000)
_SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)


class Metrics:
    """The metrics of one process, in a registry of its own.

    ``records``: records that were decided and committed. ``outputs``: results and internal records of these decisions.
    ``dead_letters``: records among them that became dead letters. ``batches``: records per transaction; it grows with
    the load. ``commit_seconds``: from the first request of a transaction until its rows are in the local copy.
    ``task_restarts``: restarts of a task after an error; fenced and stopped tasks are not counted. ``stream_time``: the
    stream time of a partition, as Unix time. ``time_held``: seconds by which the slowest task upstream holds back the
    time of a partition, so that its reminders come late. ``unread_fields``: fields of input records that could not be read, by the names
    that the contract gives to topics and fields. ``outdated_records``: records of the CRM that are older than what is known.
    ``tasks``, ``assigned_partitions`` and ``lag`` are set when the page is read (health.py). ``restore_left``: offsets of the
    changelog before the partition opens. ``standby_behind``: records that a standby copy of this process lacks, of a partition that another one owns.
    ``is_stopped``: 1 while a partition waits for an operator.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        by_agent = ["agent"]
        by_task = ["agent", "partition"]
        self.records = Counter(
            "lead_router_records", "Records decided and committed", by_agent, registry=self.registry
        )
        self.outputs = Counter(
            "lead_router_outputs",
            "Results and internal records published by decisions",
            by_agent,
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "lead_router_dead_letters",
            "Records written to the dead letters",
            by_agent,
            registry=self.registry,
        )
        self.unread_fields = Counter(
            "lead_router_unread_fields",
            "Fields of input records that could not be read",
            ["agent", "topic", "field"],
            registry=self.registry,
        )
        self.outdated_records = Counter(
            "lead_router_outdated_records",
            "Records of the CRM that are older than what is known",
            ["agent", "topic"],
            registry=self.registry,
        )
        self.batches = Histogram(
            "lead_router_batch_records",
            "Records per transaction",
            by_agent,
            buckets=_BATCH_BUCKETS,
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "lead_router_commit_seconds",
            "Seconds from the start of a transaction until it is committed and in the local copy",
            by_agent,
            buckets=_SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.task_restarts = Counter(
            "lead_router_task_restarts", "Restarts of a task after an error", by_task, registry=self.registry
        )
        self.stream_time = Gauge(
            "lead_router_stream_time_seconds",
            "Stream time of a partition, as Unix time",
            by_task,
            registry=self.registry,
        )
        self.time_held = Gauge(
            "lead_router_time_held_back_seconds",
            "How far the slowest task upstream holds back the time of a partition",
            by_task,
            registry=self.registry,
        )
        self.tasks = Gauge(
            "lead_router_tasks",
            "Tasks of this process, by the state they are in",
            ["agent", "state"],
            registry=self.registry,
        )
        self.assigned_partitions = Gauge(
            "lead_router_assigned_partitions",
            "Partitions that the group has assigned to this process",
            by_agent,
            registry=self.registry,
        )
        self.restore_left = Gauge(
            "lead_router_restore_left_records",
            "Offsets of the changelog that a partition still has to read before it decides",
            by_task,
            registry=self.registry,
        )
        self.lag = Gauge(
            "lead_router_lag_records",
            "Offsets of a source that are not decided yet",
            ["agent", "partition", "topic"],
            registry=self.registry,
        )
        self.standby_behind = Gauge(
            "lead_router_standby_behind_records",
            "Offsets between a standby copy and the stable end of its changelog",
            by_task,
            registry=self.registry,
        )
        self.is_stopped = Gauge(
            "lead_router_partition_stopped",
            "1 while a partition is stopped and waits for an operator",
            by_task,
            registry=self.registry,
        )


class TaskMeters:
    """The metrics of one task. They are looked up once, because a look-up per batch was visible in profiles."""

    def __init__(self, metrics: Metrics, agent: str, partition: int) -> None:
        self._labels = (agent, str(partition))
        self._gauges = (metrics.is_stopped, metrics.stream_time, metrics.time_held, metrics.restore_left)
        self.restarts = metrics.task_restarts.labels(agent, partition)
        self.is_stopped = metrics.is_stopped.labels(agent, partition)
        self.time_held = metrics.time_held.labels(agent, partition)
        self._stream_time = metrics.stream_time.labels(agent, partition)
        self._agent = agent
        self._unread_fields = metrics.unread_fields
        self._outdated_records = metrics.outdated_records
        self._records = metrics.records.labels(agent)
        self._outputs = metrics.outputs.labels(agent)
        self._dead_letters = metrics.dead_letters.labels(agent)
        self._batches = metrics.batches.labels(agent)
        self._commit_seconds = metrics.commit_seconds.labels(agent)

    def remove(self) -> None:
        """Remove the gauges of the partition, which this process no longer serves."""
        for gauge in self._gauges:
            with suppress(KeyError):
                gauge.remove(*self._labels)

    def committed(self, records: int, outputs: int, dead_letters: int, now_ms: int, seconds: float) -> None:
        """Count one committed transaction. ``now_ms`` is the partition's stream time. Milliseconds UTC."""
        self._commit_seconds.observe(seconds)
        self._batches.observe(records)
        self._records.inc(records)
        self._outputs.inc(outputs)
        if dead_letters:
            self._dead_letters.inc(dead_letters)
        self._stream_time.set(now_ms / 1000)

    def count_inputs(self, counts: InputCounts) -> None:
        """Count fields that could not be read, by topic and field, and records older than what is known, by topic."""
        for topic, field in counts.unread:
            self._unread_fields.labels(self._agent, topic, field).inc()
        for topic in counts.outdated:
            self._outdated_records.labels(self._agent, topic).inc()
