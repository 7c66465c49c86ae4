"""Counts of one partition of the desks hop: how many leads wait at each desk, and since when the oldest is due.

In: committed rows of waiting lists, of which only the keys are read. Out: gauges of lead_metrics.py.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from sortedcontainers import SortedList

from workers.desks.desk_terms import DESK_PREFIX, REP_PREFIX
from workers.desks.rows import WaitingRow
from workers.engine.rows import SEP

if TYPE_CHECKING:
    from workers.engine.row_watch import CommitView
    from workers.monitoring.lead_metrics import LeadMetrics

REPS, PARTNERS = "(reps)", "(partners)"


class Queue(NamedTuple):
    """The waiting list of a desk."""

    leads: int
    oldest_ms: int | None
    """When the oldest lead became due. Milliseconds UTC. None: no lead waits."""


class WaitingCounts:
    """The observer of one partition of the desks hop."""

    prefixes: tuple[str, ...] = (WaitingRow.prefix,)

    def __init__(self, metrics: LeadMetrics) -> None:
        self._metrics = metrics
        self._lock = threading.Lock()
        """The page of the metrics reads in a thread of its own."""
        self._since_ms: dict[str, SortedList[int]] = {}
        """When each waiting lead became due, by desk. A desk stays when its list is empty. Milliseconds UTC."""

    def count(self, key: bytes, before: bytes | None, after: bytes | None) -> None:
        """Count a request that was put on a waiting list or removed. A request that was rewritten changes nothing."""
        if (before is None) == (after is None):
            return
        _, desk, _, _, since_ms, _ = (part.decode() for part in key.split(SEP))
        with self._lock:
            waiting = self._since_ms.setdefault(_label_of(desk), SortedList())
            if before is None:
                waiting.add(int(since_ms))
            else:
                waiting.discard(int(since_ms))

    def queues(self) -> dict[str, Queue]:
        """Return the waiting list of each desk, by the name that a label may hold."""
        with self._lock:
            return {
                desk: Queue(len(waiting), waiting[0] if waiting else None)
                for desk, waiting in self._since_ms.items()
            }

    def published(self, view: CommitView) -> None:
        """Count nothing: the outputs of desks are counted by topic."""

    def complete(self) -> None:
        """Show the waiting lists: all are counted."""
        self._metrics.desks.add(self)

    def close(self) -> None:
        """Hide the waiting lists: the partition is closed."""
        self._metrics.desks.discard(self)


def _label_of(desk: str) -> str:
    """Return the name of a team. Reps' own desks share one name, so that no label names a person; so do partners."""
    if desk.startswith(DESK_PREFIX):
        return desk.removeprefix(DESK_PREFIX)
    return REPS if desk.startswith(REP_PREFIX) else PARTNERS
