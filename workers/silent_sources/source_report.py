"""Which sources are silent, from the counts of a store.

Pure: a connection for queries, a time and a plan of the hours in, a report out. The monitor follows all hours that are kept, which
takes some seconds for a hundred sources.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from workers.silent_sources.hour_plan import HOUR_MS, HourPlan
from workers.silent_sources.silence_monitor import Change, SilenceMonitor
from workers.silent_sources.source_names import Source, SourceKind

WAIT_MS = 300_000
"""How long after its end an hour is complete: records may arrive later than their time stamp. Milliseconds."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as of now."""

    source: Source
    last_ms: int
    """Time stamp of the last event. Milliseconds UTC."""
    per_week: float | None
    """Usual events of a week. None while the source is learned."""
    silent_since_ms: int | None = None
    """When the outage began. None if the source sends, or if another source explains its outage. Milliseconds UTC."""
    counted: int = 0
    """Events since then."""
    expected: float = 0.0
    """Usual events since then."""
    probability: float = 1.0
    """The probability that a source that works sends so few, when the outage was found."""
    within: Source | None = None
    """The silent source that explains this one's outage."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """All sources, and what changed in the hours that are kept."""

    states: tuple[SourceState, ...]
    """The silent ones first, the longest silent before the others. The others by kind and name."""
    changes: tuple[Change, ...]
    """In the order in which they were found."""


def source_report(connection: sqlite3.Connection, now_ms: int, plan: HourPlan) -> SourceReport:
    """Follow the hours of the store up to the last one that is complete."""
    known = {
        source_id: (Source(SourceKind(kind), name), _parents(producer, site, SourceKind(kind)), last_ms)
        for source_id, kind, name, producer, site, last_ms in connection.execute(
            "SELECT source_id, kind, name, producer, site, last_ms FROM sources"
        )
    }
    parents = {source: above for source, above, _ in known.values()}
    end = (now_ms - WAIT_MS) // HOUR_MS
    rows = connection.execute(
        "SELECT hour, source_id, count FROM source_hours WHERE hour < ? ORDER BY hour", (end,)
    )
    monitor = SilenceMonitor(plan)
    changes: list[Change] = []
    for hour, of_hour in groupby(rows, key=lambda row: int(row[0])):
        changes += _close_empty(monitor, hour)
        counts = {known[source_id][0]: count for _, source_id, count in of_hour if source_id in known}
        changes += monitor.close_hour(hour, counts, parents)
    changes += _close_empty(monitor, end)
    states = [_state(monitor, source, last_ms) for source, _, last_ms in known.values()]
    return SourceReport(tuple(sorted(states, key=_order)), tuple(changes))


def changes_since(report: SourceReport, since_ms: int) -> list[Change]:
    """Return the changes that were found after a time, for a notification of each. Milliseconds UTC."""
    return [change for change in report.changes if (change.at_hour + 1) * HOUR_MS > since_ms]


def _close_empty(monitor: SilenceMonitor, end: int) -> Iterable[Change]:
    """Close the hours without an event before ``end``."""
    out: list[Change] = []
    while monitor.hour is not None and monitor.hour + 1 < end:
        out += monitor.close_hour(monitor.hour + 1, {}, {})
    return out


def _parents(producer: str, site: str | None, kind: SourceKind) -> tuple[Source, ...]:
    if kind is SourceKind.PRODUCER:
        return ()
    above = (Source(SourceKind.PRODUCER, producer), Source(SourceKind.SITE, site or ""))
    return tuple(one for one in above if one.name)


def _state(monitor: SilenceMonitor, source: Source, last_ms: int) -> SourceState:
    watch = monitor.watches.get(source)
    per_week = watch.rate.per_week if watch and watch.rate else None
    if watch is None or watch.outage is None:
        return SourceState(source, last_ms, per_week)
    outage, span = watch.outage, watch.outage.span
    since_ms = span.since_hour * HOUR_MS if outage.is_reported else None
    return SourceState(
        source, last_ms, per_week, since_ms, span.counted, span.expected, outage.probability, outage.within
    )


def _order(state: SourceState) -> tuple[bool, int, bool, Source]:
    since_ms = state.silent_since_ms
    return since_ms is None, since_ms or 0, state.within is None, state.source
