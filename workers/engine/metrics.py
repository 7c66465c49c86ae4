"""The engine's Prometheus metrics of one process, and of one task. metric_table.py explains each of them.

In: what a task has committed, and what it does. Out: counts and gauges. A batch is counted when its transaction is
committed, so a batch that is decided again after an error counts once.
"""

from __future__ import annotations

import platform
from collections import Counter as CountOf
from contextlib import suppress
from importlib.metadata import version
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from workers.engine import metric_table as table

if TYPE_CHECKING:
    from prometheus_client import Counter

    from workers.engine.batch import Decided, InputCounts

MOST_FIELDS = 500
"""Most (topic, field) pairs of fields that could not be read. Further fields count as ``other``."""
_RESULTS = ("committed", "failed", "fenced")
_topic_of = attrgetter("topic")


class Metrics:
    """The metrics of one process, in a registry of its own. Gauges of health.py are set when the page is read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        build = table.BUILD_INFO.gauge(self.registry)
        build.labels(version("lead-router"), platform.python_version()).set(1)
        self.policy = table.POLICY_INFO.gauge(self.registry)
        self.event_loop_age = table.EVENT_LOOP_AGE.gauge(self.registry)
        self.records = table.RECORDS.counter(self.registry)
        self.outputs = table.OUTPUTS.counter(self.registry)
        self.dead_letters = table.DEAD_LETTERS.counter(self.registry)
        self.unread_fields = table.UNREAD_FIELDS.counter(self.registry)
        self.outdated_records = table.OUTDATED_RECORDS.counter(self.registry)
        self.batches = table.BATCH_RECORDS.histogram(self.registry)
        self.commit_seconds = table.COMMIT_SECONDS.histogram(self.registry)
        self.transactions = table.TRANSACTIONS.counter(self.registry)
        self.task_restarts = table.TASK_RESTARTS.counter(self.registry)
        self.stream_time = table.STREAM_TIME.gauge(self.registry)
        self.time_held = table.TIME_HELD.gauge(self.registry)
        self.tasks = table.TASKS.gauge(self.registry)
        self.partitions = table.PARTITIONS.gauge(self.registry)
        self.assigned_partitions = table.ASSIGNED_PARTITIONS.gauge(self.registry)
        self.restore_left = table.RESTORE_LEFT.gauge(self.registry)
        self.restored_records = table.RESTORED_RECORDS.counter(self.registry)
        self.rows = table.ROWS.gauge(self.registry)
        self.row_bytes = table.ROW_BYTES.gauge(self.registry)
        self.largest_row = table.LARGEST_ROW.gauge(self.registry)
        self.lag = table.LAG.gauge(self.registry)
        self.lag_seconds = table.LAG_SECONDS.gauge(self.registry)
        self.standby_behind = table.STANDBY_BEHIND.gauge(self.registry)
        self.is_stopped = table.IS_STOPPED.gauge(self.registry)
        self._fields: set[tuple[str, str]] = set()

    def bounded_field(self, topic: str, field: str) -> str:
        """Return the field as a label. ``other`` once there are MOST_FIELDS of them: a policy may name fields of its own."""
        if (topic, field) not in self._fields:
            if len(self._fields) >= MOST_FIELDS:
                return "other"
            self._fields.add((topic, field))
        return field


class TaskMeters:
    """The metrics of one task. They are looked up once, because a look-up per batch was visible in profiles."""

    def __init__(self, metrics: Metrics, agent: str, partition: int) -> None:
        self._metrics = metrics
        self._agent = agent
        self._labels = (agent, str(partition))
        self._gauges = (
            metrics.is_stopped,
            metrics.stream_time,
            metrics.time_held,
            metrics.restore_left,
            metrics.rows,
            metrics.row_bytes,
            metrics.largest_row,
        )
        self.restarts = metrics.task_restarts.labels(agent, partition)
        self.is_stopped = metrics.is_stopped.labels(agent, partition)
        self.time_held = metrics.time_held.labels(agent, partition)
        self._stream_time = metrics.stream_time.labels(agent, partition)
        self._batches = metrics.batches.labels(agent)
        self._commit_seconds = metrics.commit_seconds.labels(agent)
        self._committed, *_ = (metrics.transactions.labels(agent, one) for one in _RESULTS)
        self._records: dict[str, Counter] = {}
        self._outputs: dict[str, Counter] = {}
        self._largest_bytes = 0

    def opened(self) -> None:
        """Reset the largest row, because the partition was opened."""
        self._largest_bytes = 0
        self._metrics.largest_row.labels(*self._labels).set(0)

    def remove(self) -> None:
        """Remove the gauges of the partition, which this process no longer serves."""
        for gauge in self._gauges:
            with suppress(KeyError):
                gauge.remove(*self._labels)

    def committed(
        self, sources: list[str], records: int, decided: Decided, now_ms: int, seconds: float
    ) -> None:
        """Count one committed transaction.

        ``sources`` has the topic of each record that it commits, ``records`` is the number of the last batch among them.
        ``now_ms`` is the partition's stream time. Milliseconds UTC.
        """
        self._committed.inc()
        self._commit_seconds.observe(seconds)
        self._batches.observe(records)
        _add(self._records, self._metrics.records, self._agent, CountOf(sources))
        _add(self._outputs, self._metrics.outputs, self._agent, CountOf(map(_topic_of, decided.outputs)))
        self._stream_time.set(now_ms / 1000)
        if decided.largest_row_bytes > self._largest_bytes:
            self._largest_bytes = decided.largest_row_bytes
            self._metrics.largest_row.labels(*self._labels).set(self._largest_bytes)

    def not_committed(self, result: Literal["failed", "fenced"]) -> None:
        """Count a transaction that was not committed as far as this task knows."""
        self._metrics.transactions.labels(self._agent, result).inc()

    def count_dead_letters(self, by_reason: CountOf[str]) -> None:
        """Count committed dead letters."""
        for reason, count in by_reason.items():
            self._metrics.dead_letters.labels(self._agent, reason).inc(count)

    def count_inputs(self, counts: InputCounts) -> None:
        """Count fields that could not be read, by topic and field, and records older than what is known, by topic."""
        for topic, field in counts.unread:
            name = self._metrics.bounded_field(topic, field)
            self._metrics.unread_fields.labels(self._agent, topic, name).inc()
        for topic in counts.outdated:
            self._metrics.outdated_records.labels(self._agent, topic).inc()

    def report_size(self, rows: int, row_bytes: int) -> None:
        """Publish the size of the local copy."""
        self._metrics.rows.labels(*self._labels).set(rows)
        self._metrics.row_bytes.labels(*self._labels).set(row_bytes)


class RestoreMeter:
    """The progress of one restore."""

    def __init__(self, metrics: Metrics, agent: str, partition: int) -> None:
        self._left = metrics.restore_left.labels(agent, partition)
        self._restored = metrics.restored_records.labels(agent)
        self._last: int | None = None

    def report_left(self, left: int) -> None:
        """Publish the number of offsets that are left, and count those since the last call."""
        if self._last is not None:
            self._restored.inc(max(0, self._last - left))
        self._last = left
        self._left.set(left)


def _add(children: dict[str, Counter], of: Counter, agent: str, counts: CountOf[str]) -> None:
    """Add counts by topic. ``children`` keeps the counter of each topic, because a look-up takes microseconds."""
    for topic, count in counts.items():
        child = children.get(topic)
        if child is None:
            child = children[topic] = of.labels(agent, topic)
        child.inc(count)
