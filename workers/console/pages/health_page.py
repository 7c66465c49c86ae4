"""The page "health": the way of an event through the hops, how far each hop is behind, and what the last hour and day brought.

In: the reports of the workers, and the times of stored results. Out: one row for each hop and for each kind of record. The metrics of
the workers (docs/monitoring.md) have lag in records and latencies; this page needs no Prometheus.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from schemas.topics import LEAD_ROUTING
from workers.console.page import Asked, Page

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_HOPS: Final = ("visitors", "directory", "accounts", "desks")
"""The hops in the order of an event's way. Hops of mapped sources come before them."""
_KINDS: Final = (
    ("forms, chats and answers of sales", "touches"),
    ("steps of leads from stage to stage", "stages"),
    ("changes of hand-offs", "revisions"),
    ("turns of desks", "ledger"),
    ("alerts that changed", "alerts"),
    ("dead letters", "letters"),
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop.

    ``behind_ms``: from the time of its slowest partition to that of the fastest partition of all. ``silent_ms``: from its oldest
    report to the newest of all.
    """

    agent: str
    partitions: int
    stopped: int
    behind_ms: int
    silent_ms: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The records of one kind in the last hour and the last day."""

    kind: str
    hour: int
    day: int


@dataclass(frozen=True, slots=True)
class Health:
    """The view of the page."""

    hops: tuple[Hop, ...]
    flows: tuple[Flow, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Health:
    """Read the page."""
    rows = connection.execute(
        """SELECT agent, count(*), sum(stopped != ''), min(reached_ms), min(at_ms) FROM tasks GROUP BY agent"""
    ).fetchall()
    (newest_ms,) = connection.execute("SELECT coalesce(max(reached_ms), 0) FROM tasks").fetchone()
    (reported_ms,) = connection.execute("SELECT coalesce(max(at_ms), 0) FROM tasks").fetchone()
    hops = [
        Hop(agent, partitions, stopped, newest_ms - slowest_ms, reported_ms - oldest_ms)
        for agent, partitions, stopped, slowest_ms, oldest_ms in rows
    ]
    return Health(
        tuple(sorted(hops, key=lambda one: (_place(one.agent), one.agent))),
        tuple(
            Flow(
                kind,
                _since(connection, table, asked.now_ms, _HOUR_MS),
                _since(connection, table, asked.now_ms, _DAY_MS),
            )
            for kind, table in _KINDS
        ),
    )


def _place(agent: str) -> int:
    return _HOPS.index(agent) if agent in _HOPS else -1


def _since(connection: sqlite3.Connection, table: str, now_ms: int, span_ms: int) -> int:
    (count,) = connection.execute(
        f"SELECT count(*) FROM {table} WHERE at_ms > ? AND at_ms <= ?",  # noqa: S608 - a name of this file
        (now_ms - span_ms, now_ms),
    ).fetchone()
    return int(count)


PAGE: Final = Page(
    name="health",
    path="/health",
    title="Health",
    load=load,
    changes_with=frozenset({LEAD_ROUTING.name}),
)
