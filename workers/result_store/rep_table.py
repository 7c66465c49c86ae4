"""Reps: their names, desks, absences and managers, by their last record."""

from __future__ import annotations

import sqlite3

import msgspec

from schemas.topics import CRM_REPS
from workers.engine.api import Record
from workers.result_store.projection import pack


class _Rep(msgspec.Struct, frozen=True):
    rep_id: str
    name: object = None
    active: object = True
    manager_rep_id: object = None


class RepTable:
    """The projection of crm.reps."""

    name = "reps"
    topics = frozenset({CRM_REPS.name})
    statements = (
        """CREATE TABLE reps (
            rep_id TEXT PRIMARY KEY, name TEXT, is_active INTEGER NOT NULL, manager_rep_id TEXT,
            at_ms INTEGER NOT NULL, document BLOB NOT NULL) WITHOUT ROWID""",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a rep's record. A rep whom the CRM deletes keeps the name, for the hand-offs of the past."""
        if record.value is None:
            key = (record.key or b"").decode()
            connection.execute("UPDATE reps SET is_active = 0 WHERE rep_id = ?", (key,))
            return
        read = msgspec.json.decode(record.value, type=_Rep)
        connection.execute(
            "REPLACE INTO reps VALUES (?, ?, ?, ?, ?, ?)",
            (
                read.rep_id.strip(),
                read.name if isinstance(read.name, str) else None,
                read.active is not False,
                read.manager_rep_id if isinstance(read.manager_rep_id, str) else None,
                record.timestamp_ms,
                pack(msgspec.json.decode(record.value)),
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Do nothing: a rep is not a lead."""

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete reps who have left and whose last record is older."""
        connection.execute("DELETE FROM reps WHERE NOT is_active AND at_ms < ?", (before_ms,))
