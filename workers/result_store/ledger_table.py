"""The desks' ledgers: every turn, with the candidates as they were."""

from __future__ import annotations

import sqlite3

import msgspec

from schemas.topics import DESK_LEDGER
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of, pack


class _Entry(Stamped, frozen=True):
    desk: str
    turn: int
    entry: str
    request_id: str
    account_key: str
    lead_id: str
    rep_id: str | None = None
    waiting: int = 0


class LedgerTable:
    """The projection of desk.ledger. The entries of an erased person stay without their lead: turns are counted by them."""

    name = "ledger"
    topics = frozenset({DESK_LEDGER.name})
    statements = (
        """CREATE TABLE ledger (
            event_id TEXT PRIMARY KEY, desk TEXT NOT NULL, turn INTEGER NOT NULL, entry TEXT NOT NULL,
            at_ms INTEGER NOT NULL, request_id TEXT NOT NULL, account_key TEXT NOT NULL, lead_id TEXT,
            rep_id TEXT, waiting INTEGER NOT NULL, document BLOB NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX ledger_by_time ON ledger (at_ms)",
        "CREATE INDEX ledger_by_desk ON ledger (desk, at_ms)",
        "CREATE INDEX ledger_by_request ON ledger (request_id)",
        "CREATE INDEX ledger_waiting ON ledger (desk, at_ms) WHERE entry = 'waiting'",
        "CREATE INDEX ledger_turns ON ledger (desk, entry, rep_id, turn)",
        "CREATE INDEX ledger_by_lead ON ledger (lead_id) WHERE lead_id IS NOT NULL",
        "CREATE INDEX ledger_by_account ON ledger (account_key)",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store an entry."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Entry)
        at_ms = ms_of(read.occurred_at)
        document = msgspec.json.decode(record.value)
        del document["lead_id"]
        connection.execute(
            "REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                read.event_id,
                read.desk,
                read.turn,
                read.entry,
                at_ms,
                read.request_id,
                read.account_key,
                None if is_erased(connection, read.lead_id, at_ms) else read.lead_id,
                read.rep_id,
                read.waiting,
                pack(document),
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Remove the person from the entries."""
        connection.execute("UPDATE ledger SET lead_id = NULL WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete older entries."""
        connection.execute(
            "DELETE FROM ledger WHERE desk IN (SELECT DISTINCT desk FROM ledger) AND at_ms < ?", (before_ms,)
        )
