"""Scores: the current score of each lead with its explanation, and the steps of its points."""

from __future__ import annotations

import sqlite3

import msgspec

from schemas.topics import LEAD_SCORES
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of, pack


class _Why(msgspec.Struct, frozen=True):
    reasons: list[str]
    fit: int
    behaviour: int
    total: int
    grade: str
    points_missing: int


class _Score(Stamped, frozen=True):
    lead_id: str
    account_key: str
    stage: str
    explanation: _Why
    own_stage: str | None = None
    path: str | None = None
    moves: int = 0


class ScoreTable:
    """The projection of lead.scores. A tombstone is an erasure, which the store handles."""

    name = "scores"
    topics = frozenset({LEAD_SCORES.name})
    statements = (
        """CREATE TABLE leads (
            lead_id TEXT PRIMARY KEY, account_key TEXT NOT NULL, stage TEXT NOT NULL, own_stage TEXT, path TEXT,
            fit INTEGER NOT NULL, behaviour INTEGER NOT NULL, total INTEGER NOT NULL, missing INTEGER NOT NULL,
            grade TEXT NOT NULL, reason TEXT, moves INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            document BLOB NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX leads_by_account ON leads (account_key)",
        """CREATE TABLE points (
            lead_id TEXT NOT NULL, at_ms INTEGER NOT NULL, total INTEGER NOT NULL, missing INTEGER NOT NULL,
            PRIMARY KEY (lead_id, at_ms)) WITHOUT ROWID""",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a score, unless one with more moves is known: that one is of the lead's present account."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Score)
        at_ms, why = ms_of(read.occurred_at), read.explanation
        if is_erased(connection, read.lead_id, at_ms):
            return
        connection.execute(
            "REPLACE INTO points VALUES (?, ?, ?, ?)", (read.lead_id, at_ms, why.total, why.points_missing)
        )
        known = connection.execute("SELECT moves FROM leads WHERE lead_id = ?", (read.lead_id,)).fetchone()
        if known is not None and known[0] > read.moves:
            return
        connection.execute(
            "REPLACE INTO leads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                read.lead_id,
                read.account_key,
                read.stage,
                read.own_stage,
                read.path,
                why.fit,
                why.behaviour,
                why.total,
                why.points_missing,
                why.grade,
                why.reasons[0] if why.reasons else None,
                read.moves,
                at_ms,
                pack(msgspec.json.decode(record.value)),
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete the person's score and its steps."""
        connection.execute("DELETE FROM leads WHERE lead_id = ?", (lead_id,))
        connection.execute("DELETE FROM points WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete leads whose last score is older, and older steps of the others."""
        connection.execute("DELETE FROM leads WHERE at_ms < ?", (before_ms,))
        connection.execute("DELETE FROM points WHERE at_ms < ?", (before_ms,))
