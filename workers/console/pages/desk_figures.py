"""Queries about a desk that the pages of desks share: its members, its queue and its latest turns.

In: the desk's ledger and the records of reps. All numbers are those that the router published; nothing is decided here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from workers.desks.rotation import FULL_TURN
from workers.result_store.projection import ms_of, unpack

MOST_MEMBERS: Final = 50
MOST_WAITING: Final = 100
MOST_TURNS: Final = 30
_TOOK: Final = ("turn", "released")
_PER_SECOND: Final = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a desk as of its latest turn.

    ``off``: how many turns the rep is owed (above 0) or ahead (below 0), from the exact share by weight. ``taken`` and
    ``capacity``: leads in the desk's period, or open leads of a partner. ``back_ms``: the end of an absence that lasts now.
    """

    rep_id: str
    name: str
    weight: int
    turns: int
    off: float
    taken: int
    capacity: int | None
    open: int | None
    is_active: bool
    back_ms: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lead that waits at a desk. ``due_ms``: when it became due for a hand-off. ``since_ms``: when it began to wait here."""

    lead_id: str | None
    account_key: str
    due_ms: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger. ``results``: for each member the reason for which the rep was passed over, or "took it"."""

    at_ms: int
    turn: int
    entry: str
    lead_id: str | None
    account_key: str
    rep_id: str | None
    results: dict[str, str]


def waiting_at(connection: sqlite3.Connection, desk: str) -> list[Waiting]:
    """Return the leads that wait at a desk, those that were due first first. At most 100.

    A request that was sent on to a substitute may come back at once, and then it waits.
    The plus keeps the search on the index of requests: that of desks would read all turns for each waiting lead.
    """
    rows = connection.execute(
        """SELECT lead_id, account_key, at_ms, document FROM ledger AS w
        WHERE desk = ? AND entry = 'waiting' AND NOT EXISTS (
            SELECT 1 FROM ledger AS later WHERE later.request_id = w.request_id AND +later.desk = w.desk
            AND (later.at_ms > w.at_ms OR later.at_ms = w.at_ms AND later.entry NOT IN ('waiting', 'sent_on')))
        ORDER BY at_ms DESC LIMIT ?""",
        (desk, MOST_WAITING),
    )
    found = []
    for lead_id, account_key, at_ms, document in rows:
        ages = unpack(document).get("ages") or {}
        due_ms, since_ms = (
            at_ms - _PER_SECOND * ages.get(name, 0) for name in ("lead_seconds", "wait_seconds")
        )
        found.append(Waiting(lead_id, account_key, due_ms, since_ms))
    return sorted(found, key=lambda one: (one.due_ms, one.account_key))


def entries_of(connection: sqlite3.Connection, desk: str) -> list[Entry]:
    """Return the latest entries of a desk's ledger, the latest first. At most 30."""
    rows = connection.execute(
        """SELECT at_ms, turn, entry, lead_id, account_key, rep_id, document FROM ledger WHERE desk = ?
        ORDER BY at_ms DESC, turn DESC LIMIT ?""",
        (desk, MOST_TURNS),
    )
    return [
        Entry(at_ms, turn, entry, lead_id, account_key, rep_id, _results(unpack(document), entry, rep_id))
        for at_ms, turn, entry, lead_id, account_key, rep_id, document in rows
    ]


def _results(document: dict[str, Any], entry: str, rep_id: str | None) -> dict[str, str]:
    taken = {"turn": "took it", "released": "took it", "return": "gave it back"}.get(entry, "has it")
    results = {one["rep_id"]: one.get("passed_over") or "" for one in document.get("candidates", [])}
    return results | ({rep_id: taken} if rep_id else {})


def members_of(connection: sqlite3.Connection, desk: str, now_ms: int) -> list[Member]:
    """Return the members of a desk as of its latest turn, the most owed first. At most 50."""
    latest = connection.execute(
        """SELECT document FROM ledger WHERE desk = ? AND entry IN ('turn', 'released', 'return')
        ORDER BY at_ms DESC, turn DESC LIMIT 1""",
        (desk,),
    ).fetchone()
    if latest is None:
        return []
    turns = dict(
        connection.execute(
            """SELECT rep_id, sum(CASE entry WHEN 'return' THEN -1 ELSE 1 END) FROM ledger
            WHERE desk = ? AND entry IN ('turn', 'released', 'return') AND rep_id IS NOT NULL GROUP BY rep_id""",
            (desk,),
        ).fetchall()
    )
    took = unpack(latest[0])
    members = [
        _member(connection, one, turns.get(one["rep_id"], 0), took, now_ms)
        for one in took.get("candidates", [])[:MOST_MEMBERS]
    ]
    return sorted(members, key=lambda one: (-one.off, one.rep_id))


def _member(
    connection: sqlite3.Connection, candidate: dict[str, Any], turns: int, entry: dict[str, Any], now_ms: int
) -> Member:
    rep_id = candidate["rep_id"]
    row = connection.execute(
        "SELECT name, is_active, document FROM reps WHERE rep_id = ?", (rep_id,)
    ).fetchone()
    name, is_active, record = (row[0], bool(row[1]), unpack(row[2])) if row else (None, True, {})
    has_taken = entry["entry"] in _TOOK and rep_id == entry.get("rep_id")  # the count is from before the turn
    return Member(
        rep_id,
        name or rep_id,
        candidate["weight"],
        turns,
        candidate["current_after"] / FULL_TURN,
        candidate["taken_in_period"] + has_taken,
        candidate.get("capacity"),
        candidate.get("open"),
        is_active,
        _back_ms(record, now_ms),
    )


def _back_ms(record: dict[str, Any], now_ms: int) -> int | None:
    """Return the end of the absence that lasts now, or None. Absences that cannot be read count for nothing."""
    absences = record.get("absences")
    ends = []
    for one in absences if isinstance(absences, list) else ():
        try:
            starts_ms, ends_ms = ms_of(one["starts_at"]), ms_of(one["ends_at"])
        except (KeyError, TypeError, AttributeError, msgspec.ValidationError):
            continue
        if starts_ms <= now_ms < ends_ms:
            ends.append(ends_ms)
    return max(ends, default=None)
