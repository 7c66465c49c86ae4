"""The metrics of the notifier, for Prometheus: their table, and the registry of a process.

Labels are names of channels in notify.yaml and codes, never people. docs/notify.md has the table.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry

from workers.engine.metric_table import MetricSpec

CALLS: Final = MetricSpec(
    "lead_router_notify_calls_total",
    "counter",
    ("channel", "act", "result"),
    "Calls of a service. `result` is `done`, `refused`, `failed` or `unsure`",
)
SECONDS: Final = MetricSpec(
    "lead_router_notify_seconds",
    "histogram",
    ("channel",),
    "Seconds from the time at which a delivery is due until it is done",
    "Worry above two seconds.",
    (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3_600.0),
)
WAITING: Final = MetricSpec(
    "lead_router_notify_waiting",
    "gauge",
    ("channel",),
    "Deliveries that wait, for a service or for the end of quiet hours",
)
OLDEST: Final = MetricSpec(
    "lead_router_notify_oldest_waiting_seconds",
    "gauge",
    ("channel",),
    "How long the oldest due delivery waits",
    "**Alert above 60.**",
)
DEAD: Final = MetricSpec(
    "lead_router_notify_dead",
    "gauge",
    ("channel",),
    "Dead deliveries",
    "**Alert above 0.**",
)
ANSWERS: Final = MetricSpec("lead_router_notify_answers_total", "counter", ("answer",), "Answers of reps")
NOTIFY_METRICS: Final = (CALLS, SECONDS, WAITING, OLDEST, DEAD, ANSWERS)
"""All metrics of the notifier, in the order of the page."""


class NotifyMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = CALLS.counter(self.registry)
        self.seconds = SECONDS.histogram(self.registry)
        self.waiting = WAITING.gauge(self.registry)
        self.oldest_seconds = OLDEST.gauge(self.registry)
        self.dead = DEAD.gauge(self.registry)
        self.answers = ANSWERS.counter(self.registry)
