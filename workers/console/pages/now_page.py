"""The page "now": what needs a person this minute.

In: open alerts, and the reports of the workers. Out: one number for each matter, and the matters, oldest first.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Final

from schemas.topics import CRM_REPS, LEAD_ALERTS, LEAD_ROUTING
from schemas.vocabulary import Alert
from workers.console.page import Asked, Page

MOST_SHOWN: Final = 100
_LATE: Final = (Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED)
_AWAY: Final = (Alert.EVERYONE_AWAY, Alert.DESK_FULL, Alert.DESK_SILENT)


@dataclass(frozen=True, slots=True)
class Due:
    """A hand-off that waits for its first response. ``due_ms``: its deadline, milliseconds UTC."""

    handoff_id: str
    lead_id: str
    account_key: str
    company: str | None
    kind: str
    holder_id: str
    holder: str
    due_ms: int
    alert: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A rep or a desk with the number of its open matters."""

    name: str
    overdue: int
    due_soon: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk at which leads wait. ``since_ms``: when the alert was raised, milliseconds UTC."""

    desk: str
    alert: str
    since_ms: int
    account_key: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A partition that a worker has stopped, with the reason."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the page. ``anchor``: the section that lists its matters."""

    label: str
    count: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Now:
    """The view of the page. The lists have at most 100 entries; the numbers count all."""

    numbers: tuple[Number, ...]
    holders: tuple[Holder, ...]
    overdue: tuple[Due, ...]
    due_soon: tuple[Due, ...]
    stopped: tuple[Stopped, ...]
    desks: tuple[Desk, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Now:
    """Read the page."""
    open_dues = list(_dues(connection))
    late = [one for one in open_dues if one.alert in _LATE or one.due_ms <= asked.now_ms]
    soon = [one for one in open_dues if one not in late]
    stopped = _stopped(connection)
    desks = _desks(connection)
    return Now(
        numbers=(
            Number("overdue", len(late), "overdue"),
            Number("due soon", len(soon), "due-soon"),
            Number("desks without a rep", len(desks), "desks"),
            Number("stopped partitions", len(stopped), "stopped"),
        ),
        holders=_holders(late, soon),
        overdue=tuple(late[:MOST_SHOWN]),
        due_soon=tuple(soon[:MOST_SHOWN]),
        stopped=stopped,
        desks=desks,
    )


def _dues(connection: sqlite3.Connection) -> list[Due]:
    """Return each hand-off with an open alert about its response once, the earliest deadline first."""
    alerts = (*_LATE, Alert.RESPONSE_DUE_SOON)
    marks = ", ".join("?" for _ in alerts)
    found: dict[str, Due] = {}
    for (
        handoff_id,
        alert,
        due_ms,
        lead_id,
        account_key,
        company,
        kind,
        holder_id,
        holder,
    ) in connection.execute(
        f"""SELECT h.handoff_id, a.alert, coalesce(h.due_ms, a.due_ms, a.raised_ms), h.lead_id, h.account_key, h.company,
            h.kind, h.holder_id, coalesce(r.name, h.holder_name)
        FROM alerts a JOIN handoffs h ON h.handoff_id = a.handoff_id LEFT JOIN reps r ON r.rep_id = h.holder_id
        WHERE a.is_open AND a.alert IN ({marks}) AND h.holder_id IS NOT NULL ORDER BY 3, 1""",  # noqa: S608 - only marks
        alerts,
    ):
        known = found.get(handoff_id)
        if known is None or known.alert == Alert.RESPONSE_DUE_SOON:
            found[handoff_id] = Due(
                handoff_id, lead_id, account_key, company, kind, holder_id, holder or holder_id, due_ms, alert
            )
    return sorted(found.values(), key=lambda one: (one.due_ms, one.handoff_id))


def _holders(late: list[Due], soon: list[Due]) -> tuple[Holder, ...]:
    names = {one.holder_id: one.holder for one in (*late, *soon)}
    overdue, due_soon = (Counter(one.holder_id for one in dues) for dues in (late, soon))
    found = [Holder(name, overdue[holder_id], due_soon[holder_id]) for holder_id, name in names.items()]
    return tuple(sorted(found, key=lambda one: (-one.overdue, -one.due_soon, one.name)))


def _desks(connection: sqlite3.Connection) -> tuple[Desk, ...]:
    marks = ", ".join("?" for _ in _AWAY)
    return tuple(
        Desk(*row)
        for row in connection.execute(
            f"""SELECT coalesce(desk, account_key), alert, min(raised_ms), account_key FROM alerts
            WHERE is_open AND alert IN ({marks}) GROUP BY 1, 2 ORDER BY 3 LIMIT {MOST_SHOWN}""",  # noqa: S608 - only marks
            _AWAY,
        )
    )


def _stopped(connection: sqlite3.Connection) -> tuple[Stopped, ...]:
    return tuple(
        Stopped(f"{agent}/{partition}", reason)
        for agent, partition, reason in connection.execute(
            "SELECT agent, partition, stopped FROM tasks WHERE stopped != '' ORDER BY agent, partition"
        )
    )


PAGE: Final = Page(
    name="now",
    path="/",
    title="Now",
    load=load,
    changes_with=frozenset({LEAD_ALERTS.name, LEAD_ROUTING.name, CRM_REPS.name}),
)
