"""The metrics of the notifier, for Prometheus. Labels are names of channels and codes, never people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class NotifyMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "lead_router_notify_calls",
            "Calls of a service by result: done, refused, failed or unsure.",
            ["channel", "act", "result"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "lead_router_notify_seconds",
            "Seconds from the commit of a result to the end of its delivery.",
            ["channel"],
            buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3_600),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "lead_router_notify_waiting", "Deliveries that wait.", ["channel"], registry=self.registry
        )
        self.oldest_seconds = Gauge(
            "lead_router_notify_oldest_waiting_seconds",
            "Age of the oldest delivery that waits.",
            ["channel"],
            registry=self.registry,
        )
        self.dead = Gauge(
            "lead_router_notify_dead", "Deliveries refused or given up.", ["channel"], registry=self.registry
        )
        self.answers = Counter(
            "lead_router_notify_answers", "Answers by kind.", ["answer"], registry=self.registry
        )
