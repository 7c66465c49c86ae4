"""Alerts: each with its last state. A record that ends an alert keeps the time at which it was raised."""

from __future__ import annotations

import sqlite3

import msgspec

from schemas.topics import LEAD_ALERTS
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of, ms_or_none, pack


class _Alert(Stamped, frozen=True):
    alert_id: str
    alert: str
    account_key: str
    cleared: bool = False
    lead_id: str | None = None
    handoff_id: str | None = None
    rep_id: str | None = None
    desk: str | None = None
    due_at: str | None = None
    answered_at: str | None = None


class AlertTable:
    """The projection of lead.alerts."""

    name = "alerts"
    topics = frozenset({LEAD_ALERTS.name})
    statements = (
        """CREATE TABLE alerts (
            alert_id TEXT PRIMARY KEY, alert TEXT NOT NULL, is_open INTEGER NOT NULL, account_key TEXT NOT NULL,
            lead_id TEXT, handoff_id TEXT, rep_id TEXT, desk TEXT, due_ms INTEGER, raised_ms INTEGER NOT NULL,
            at_ms INTEGER NOT NULL, answered_ms INTEGER, document BLOB NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX alerts_open ON alerts (alert, due_ms) WHERE is_open",
        "CREATE INDEX alerts_by_lead ON alerts (lead_id) WHERE lead_id IS NOT NULL",
        "CREATE INDEX alerts_by_account ON alerts (account_key)",
        "CREATE INDEX alerts_by_time ON alerts (at_ms)",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store the last state of an alert."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Alert)
        at_ms = ms_of(read.occurred_at)
        due_ms, answered_ms = ms_or_none(read.due_at), ms_or_none(read.answered_at)
        if read.lead_id is not None and is_erased(connection, read.lead_id, at_ms):
            return
        connection.execute(
            """INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (alert_id) DO UPDATE SET
                alert = excluded.alert, is_open = excluded.is_open, account_key = excluded.account_key,
                lead_id = coalesce(excluded.lead_id, lead_id), handoff_id = coalesce(excluded.handoff_id, handoff_id),
                rep_id = excluded.rep_id, desk = excluded.desk, due_ms = coalesce(excluded.due_ms, due_ms),
                raised_ms = CASE WHEN excluded.is_open AND NOT is_open THEN excluded.raised_ms ELSE raised_ms END,
                at_ms = excluded.at_ms, answered_ms = excluded.answered_ms, document = excluded.document""",
            (
                read.alert_id,
                read.alert,
                not read.cleared,
                read.account_key,
                read.lead_id,
                read.handoff_id,
                read.rep_id,
                read.desk,
                due_ms,
                at_ms,
                at_ms,
                answered_ms,
                pack(msgspec.json.decode(record.value)),
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete alerts about the person."""
        connection.execute("DELETE FROM alerts WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete alerts that changed last before the time, open ones too: what they are about is deleted as well."""
        connection.execute("DELETE FROM alerts WHERE at_ms < ?", (before_ms,))
