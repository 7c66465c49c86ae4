"""The page "now": what needs a person this minute.

In: open alerts, and the reports of the workers. Out: one number for each matter, and the matters, oldest first.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

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
    holder: str
    due_ms: int


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
class Silent:
    """A form, page, site or producer that used to send and does not. ``since_ms``: milliseconds UTC."""

    name: str
    since_ms: int
    counted: int
    expected: float


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
    silent: tuple[Silent, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Now:
    """Read the page."""
    waiting = _waiting(connection)
    late = [one for one in waiting if one.is_late or one.due_ms <= asked.now_ms]
    soon = [one for one in waiting if not (one.is_late or one.due_ms <= asked.now_ms)]
    stopped = _stopped(connection)
    desks = _desks(connection)
    silent = _silent(connection)
    return Now(
        numbers=(
            Number("overdue", len(late), "overdue"),
            Number("due soon", len(soon), "due-soon"),
            Number("desks without a rep", len(desks), "desks"),
            Number("stopped partitions", len(stopped), "stopped"),
            Number("silent sources", len(silent), "silent"),
        ),
        holders=_holders(connection, late, soon),
        overdue=tuple(_due(connection, one) for one in late[:MOST_SHOWN]),
        due_soon=tuple(_due(connection, one) for one in soon[:MOST_SHOWN]),
        stopped=stopped,
        desks=desks,
        silent=silent,
    )


class _Waiting(NamedTuple):
    """A hand-off with an open alert about its response. There may be thousands, so details are read for shown ones only."""

    due_ms: int
    handoff_id: str
    holder_id: str
    is_late: bool


def _waiting(connection: sqlite3.Connection) -> list[_Waiting]:
    """Return each hand-off with an open alert about its response once, the earliest deadline first."""
    marks = ", ".join("?" for _ in _LATE)
    rows = connection.execute(
        f"""SELECT coalesce(h.due_ms, min(a.due_ms), min(a.raised_ms)), h.handoff_id, h.holder_id, max(a.alert IN ({marks}))
        FROM alerts a JOIN handoffs h ON h.handoff_id = a.handoff_id
        WHERE a.is_open AND a.alert IN ({marks}, ?) AND h.holder_id IS NOT NULL GROUP BY h.handoff_id""",  # noqa: S608 - only marks
        (*_LATE, *_LATE, Alert.RESPONSE_DUE_SOON),
    )
    return sorted(_Waiting(*row) for row in rows)


def _due(connection: sqlite3.Connection, waiting: _Waiting) -> Due:
    lead_id, account_key, company, kind, holder = connection.execute(
        """SELECT h.lead_id, h.account_key, h.company, h.kind, coalesce(r.name, h.holder_name, h.holder_id)
        FROM handoffs h LEFT JOIN reps r ON r.rep_id = h.holder_id WHERE h.handoff_id = ?""",
        (waiting.handoff_id,),
    ).fetchone()
    return Due(waiting.handoff_id, lead_id, account_key, company, kind, holder, waiting.due_ms)


def _holders(
    connection: sqlite3.Connection, late: list[_Waiting], soon: list[_Waiting]
) -> tuple[Holder, ...]:
    names = dict(connection.execute("SELECT rep_id, name FROM reps WHERE name IS NOT NULL"))
    overdue, due_soon = (Counter(one.holder_id for one in dues) for dues in (late, soon))
    found = [
        Holder(names.get(holder_id, holder_id), overdue[holder_id], due_soon[holder_id])
        for holder_id in overdue | due_soon
    ]
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


def _silent(connection: sqlite3.Connection) -> tuple[Silent, ...]:
    rows = connection.execute(
        "SELECT kind || ' ' || name, since_ms, counted, expected FROM silent_sources ORDER BY since_ms, kind, name"
    )
    return tuple(Silent(*row) for row in rows)


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
