"""The table of the engine's metrics: name, type, labels, meaning, and when to worry.

docs/monitoring.md is made from it, together with the table of the metrics about leads (workers/monitoring/metric_list.py).
A label is an agent, a partition, a topic, a field or a code. It is never a person or an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_BATCH_BUCKETS: Final = (1.0, 5.0, 20.0, 100.0, 500.0, 2_000.0, 10_000.0)
_SECONDS_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
_TASK: Final = ("agent", "partition")


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric as the page of a worker shows it."""

    name: str
    """Name on the page. That of a counter ends in ``_total``."""
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    """One sentence without a full stop. It is also the help text on the page."""
    advice: str = ""
    """Further sentences for an operator: bounds, and when to worry. Empty: none."""
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram's buckets."""

    def counter(self, registry: CollectorRegistry) -> Counter:
        """Return a new counter in the registry."""
        return Counter(self.name.removesuffix("_total"), self.meaning, self.labels, registry=registry)

    def gauge(self, registry: CollectorRegistry) -> Gauge:
        """Return a new gauge in the registry."""
        return Gauge(self.name, self.meaning, self.labels, registry=registry)

    def histogram(self, registry: CollectorRegistry) -> Histogram:
        """Return a new histogram in the registry."""
        return Histogram(self.name, self.meaning, self.labels, buckets=self.buckets, registry=registry)


BUILD_INFO: Final = MetricSpec(
    "lead_router_build_info", "gauge", ("version", "python"), "1 for the release that this process runs"
)
POLICY_INFO: Final = MetricSpec(
    "lead_router_policy_info",
    "gauge",
    ("name", "version", "hash"),
    "1 for each policy that a partition of this process follows",
    "Two at a time are normal for the minutes of a change.",
)
EVENT_LOOP_AGE: Final = MetricSpec(
    "lead_router_event_loop_age_seconds",
    "gauge",
    (),
    "Seconds since the event loop of the worker has turned",
    "Above 15 `/livez` fails.",
)
RECORDS: Final = MetricSpec(
    "lead_router_records_total",
    "counter",
    ("agent", "topic"),
    "Records decided and committed, by source",
    "Each counts once, also if its transaction was repeated. Worry when it does not rise while the lag grows: look at the log.",
)
OUTPUTS: Final = MetricSpec(
    "lead_router_outputs_total", "counter", ("agent", "topic"), "Results and internal records committed"
)
DEAD_LETTERS: Final = MetricSpec(
    "lead_router_dead_letters_total",
    "counter",
    ("agent", "reason"),
    "Dead letters, by the reason code of the contract",
    "A rise means a broken producer, or a bug of ours (`handler_failed`).",
)
UNREAD_FIELDS: Final = MetricSpec(
    "lead_router_unread_fields_total",
    "counter",
    ("agent", "topic", "field"),
    "Fields of input records that could not be read",
    "The records count without them. Topic and field are names of the contract. A rise means that a form, a tracker or the "
    "CRM has changed: see the alert `field_unreadable`.",
)
OUTDATED_RECORDS: Final = MetricSpec(
    "lead_router_outdated_records_total",
    "counter",
    ("agent", "topic"),
    "Records of the CRM that are older than what is known",
    "They overwrite nothing. A steady rise means that two systems write one record, or that records are dated by their "
    "export: see [the CRM](producers.md#the-crm).",
)
BATCH_RECORDS: Final = MetricSpec(
    "lead_router_batch_records",
    "histogram",
    ("agent",),
    "Records per transaction",
    "Grows with the load.",
    _BATCH_BUCKETS,
)
COMMIT_SECONDS: Final = MetricSpec(
    "lead_router_commit_seconds",
    "histogram",
    ("agent",),
    "Seconds from the start of a transaction until it is committed and in the local copy",
    "Worry above one second.",
    _SECONDS_BUCKETS,
)
TRANSACTIONS: Final = MetricSpec(
    "lead_router_transactions_total",
    "counter",
    ("agent", "result"),
    "Transactions by result: `committed`, `failed` or `fenced`",
    "The records of a failed or fenced one are decided again. Worry when `failed` keeps rising.",
)
TASK_RESTARTS: Final = MetricSpec(
    "lead_router_task_restarts_total",
    "counter",
    _TASK,
    "Restarts of a task after an error",
    "Fenced and stopped tasks are not counted. Worry when it keeps rising.",
)
STREAM_TIME: Final = MetricSpec(
    "lead_router_stream_time_seconds",
    "gauge",
    _TASK,
    "Stream time of a partition, as Unix time",
    "It is behind the clock by the lag of the inputs. Deadlines are reported by it.",
)
TIME_HELD: Final = MetricSpec(
    "lead_router_time_held_back_seconds",
    "gauge",
    _TASK,
    "How far the slowest task upstream holds back the time of a partition",
    "Above 60: deadlines of quiet accounts are reported that much late. `time_held_back` names the task. A stopped partition "
    "counts for `LEAD_ROUTER_STOPPED_HOLD_S` only.",
)
TASKS: Final = MetricSpec(
    "lead_router_tasks",
    "gauge",
    ("agent", "state"),
    "Tasks of this process by state: `opening`, `running`, `waiting`, `stopped`, `closed`",
    "Worry when `opening` or `waiting` does not fall.",
)
PARTITIONS: Final = MetricSpec("lead_router_partitions", "gauge", (), "Partitions of every topic")
ASSIGNED_PARTITIONS: Final = MetricSpec(
    "lead_router_assigned_partitions",
    "gauge",
    ("agent",),
    "Partitions that the group has assigned to this process",
    "Their sum over all workers is `lead_router_partitions`.",
)
RESTORE_LEFT: Final = MetricSpec(
    "lead_router_restore_left_records",
    "gauge",
    _TASK,
    "Offsets of the changelog that a partition reads before it decides",
    "Worry when it does not fall.",
)
RESTORED_RECORDS: Final = MetricSpec(
    "lead_router_restored_records_total",
    "counter",
    ("agent",),
    "Offsets of changelogs that were read to restore partitions",
    "Divide the offsets that are left by its rate for the time that the restore will take.",
)
ROWS: Final = MetricSpec(
    "lead_router_rows",
    "gauge",
    _TASK,
    "Rows of a partition, as RocksDB estimates them",
    "A row that was written again counts twice until RocksDB has written its buffers to files.",
)
ROW_BYTES: Final = MetricSpec(
    "lead_router_row_bytes",
    "gauge",
    _TASK,
    "Size of the local copy of a partition: files, and buffers in memory",
    "Worry when the sum over a worker comes near its disk.",
)
LARGEST_ROW: Final = MetricSpec(
    "lead_router_largest_row_bytes",
    "gauge",
    _TASK,
    "Size of the largest row that was written since the partition opened, its key included",
    "Above 900,000 the record becomes a dead letter.",
)
LAG: Final = MetricSpec(
    "lead_router_lag_records",
    "gauge",
    ("agent", "partition", "topic"),
    "Offsets of a source that are not decided, markers included",
    "Worry when it keeps rising.",
)
LAG_SECONDS: Final = MetricSpec(
    "lead_router_lag_seconds",
    "gauge",
    ("agent", "partition", "topic"),
    "Age of the oldest fetched record of a source that is not decided",
    "By its stamp, so it is long while old records are read, as at a first start. 0 without lag.",
)
STANDBY_BEHIND: Final = MetricSpec(
    "lead_router_standby_behind_records",
    "gauge",
    _TASK,
    "Offsets between a standby copy of this worker and the stable end of its changelog",
    "Worry when it keeps rising: after a failure that much must be read first.",
)
IS_STOPPED: Final = MetricSpec(
    "lead_router_partition_stopped",
    "gauge",
    _TASK,
    "1 while a partition is stopped and waits for an operator",
    "**Alert on it.**",
)

ENGINE_METRICS: Final = (
    BUILD_INFO,
    POLICY_INFO,
    EVENT_LOOP_AGE,
    RECORDS,
    OUTPUTS,
    DEAD_LETTERS,
    UNREAD_FIELDS,
    OUTDATED_RECORDS,
    BATCH_RECORDS,
    COMMIT_SECONDS,
    TRANSACTIONS,
    TASK_RESTARTS,
    STREAM_TIME,
    TIME_HELD,
    TASKS,
    PARTITIONS,
    ASSIGNED_PARTITIONS,
    RESTORE_LEFT,
    RESTORED_RECORDS,
    ROWS,
    ROW_BYTES,
    LARGEST_ROW,
    LAG,
    LAG_SECONDS,
    STANDBY_BEHIND,
    IS_STOPPED,
)
