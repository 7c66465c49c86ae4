"""The Prometheus metrics about leads of one process. lead_metric_table.py explains each of them.

In: the counts of the partitions that are open here. Out: counters, and gauges that are summed up when the page is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from workers.monitoring import lead_metric_table as table
from workers.monitoring.handoff_counts import MATCHES, HandoffCounts
from workers.monitoring.waiting_counts import PARTNERS, REPS, Queue, WaitingCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import CollectorRegistry

    from workers.engine.row_watch import CommitObserver

MOST_DESKS: Final = 100
"""Most desks that a label names. The leads of further desks are counted together."""
OTHER: Final = "(other)"
_MOST_NAME: Final = 64


class LeadMetrics(Collector):
    """The metrics about leads, in the registry of the process."""

    def __init__(self, registry: CollectorRegistry, routing_topic: str, now_ms: Callable[[], int]) -> None:
        """``now_ms`` returns the present time, milliseconds UTC: in a demo the largest stamp."""
        self._routing_topic = routing_topic
        self._now_ms = now_ms
        self.handoffs = table.HANDOFFS.counter(registry)
        self.latency = table.LATENCY.histogram(registry)
        self.matches = table.MATCHES.counter(registry)
        for match in MATCHES:
            self.matches.labels(match)
        self.accounts: set[HandoffCounts] = set()
        """Counts of the open partitions of the accounts hop whose rows are all counted."""
        self.desks: set[WaitingCounts] = set()
        """Counts of the open partitions of the desks hop whose rows are all counted."""
        registry.register(self)

    def observers(self) -> dict[str, Callable[[], CommitObserver]]:
        """Return what makes the observer of a partition, by agent."""
        return {
            "accounts": lambda: HandoffCounts(self, self._routing_topic, self._now_ms),
            "desks": lambda: WaitingCounts(self),
        }

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges without values."""
        for spec in (table.OPEN_HANDOFFS, table.DESK_WAITING, table.DESK_OLDEST):
            yield GaugeMetricFamily(spec.name, spec.meaning, labels=spec.labels)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges with the values of this moment. Called in the thread of the page."""
        open_handoffs, waiting, oldest = self.describe()
        now_ms = self._now_ms()
        accounts = [counts.open_by_state(now_ms) for counts in self.accounts.copy()]
        if accounts:
            for labels in accounts[0]:
                open_handoffs.add_metric(labels, sum(counts[labels] for counts in accounts))
        for desk, queue in merge_queues([counts.queues() for counts in self.desks.copy()]).items():
            waiting.add_metric([desk], queue.leads)
            age_ms = 0 if queue.oldest_ms is None else max(0, now_ms - queue.oldest_ms)
            oldest.add_metric([desk], age_ms / 1_000)
        yield from (open_handoffs, waiting, oldest)


def merge_queues(parts: list[dict[str, Queue]]) -> dict[str, Queue]:
    """Return the waiting lists of several partitions by desk. Desks beyond the first MOST_DESKS names share one name."""
    names = sorted({desk for part in parts for desk in part} - {REPS, PARTNERS})
    shared = set(names[MOST_DESKS:])
    found: dict[str, Queue] = {}
    for part in parts:
        for desk, queue in part.items():
            name = OTHER if desk in shared else desk[:_MOST_NAME]
            known = found.get(name, Queue(0, None))
            dates = [one for one in (known.oldest_ms, queue.oldest_ms) if one is not None]
            found[name] = Queue(known.leads + queue.leads, min(dates, default=None))
    return found
