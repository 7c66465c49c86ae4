"""Steps of leads from stage to stage."""

from __future__ import annotations

import sqlite3

import msgspec

from schemas.topics import LEAD_STAGES
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of


class _Why(msgspec.Struct, frozen=True):
    reasons: list[str]
    total: int


class _Step(Stamped, frozen=True):
    lead_id: str
    account_key: str
    to_stage: str
    cycle: int
    explanation: _Why
    from_stage: str | None = None


class StageTable:
    """The projection of lead.stages."""

    name = "stages"
    topics = frozenset({LEAD_STAGES.name})
    statements = (
        """CREATE TABLE stages (
            lead_id TEXT NOT NULL, at_ms INTEGER NOT NULL, event_id TEXT NOT NULL, account_key TEXT NOT NULL,
            from_stage TEXT, to_stage TEXT NOT NULL, cycle INTEGER NOT NULL, total INTEGER NOT NULL,
            reasons TEXT NOT NULL, PRIMARY KEY (lead_id, at_ms, event_id)) WITHOUT ROWID""",
        "CREATE INDEX stages_by_time ON stages (at_ms)",
        "ALTER TABLE stages ADD COLUMN offset INTEGER NOT NULL DEFAULT 0",  # the order of steps of one moment
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a step. The reasons are separated by commas."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Step)
        at_ms = ms_of(read.occurred_at)
        if not is_erased(connection, read.lead_id, at_ms):
            connection.execute(
                "REPLACE INTO stages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    read.lead_id,
                    at_ms,
                    read.event_id,
                    read.account_key,
                    read.from_stage,
                    read.to_stage,
                    read.cycle,
                    read.explanation.total,
                    ",".join(read.explanation.reasons),
                    record.offset,
                ),
            )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete the person's steps."""
        connection.execute("DELETE FROM stages WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete older steps."""
        connection.execute("DELETE FROM stages WHERE at_ms < ?", (before_ms,))
