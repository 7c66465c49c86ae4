"""Scores: the current score of each lead with its explanation, the steps of its points, and counts of what leads lack."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from schemas.topics import LEAD_SCORES
from schemas.vocabulary import Reason
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of, pack

LACKS_SEPARATOR: Final = "\n"
"""Between the entries of the column ``lacks``."""
_COUNTED: Final = "(stage, reason, lacks, leads) VALUES (new.stage, new.reason, new.lacks, 1)"
_COUNT_NEW: Final = (
    f"INSERT INTO lead_counts {_COUNTED} ON CONFLICT (stage, reason, lacks) DO UPDATE SET leads = leads + 1"
)
_COUNT_OLD: Final = """
    UPDATE lead_counts SET leads = leads - 1 WHERE stage = old.stage AND reason = old.reason AND lacks = old.lacks;
    DELETE FROM lead_counts WHERE stage = old.stage AND reason = old.reason AND lacks = old.lacks AND leads = 0"""


class _Change(msgspec.Struct, frozen=True):
    what: str
    name: str


_HOUR_MS: Final = 3_600_000
_SHARES: Final = 256
"""Leads by the first two hex digits of their ids."""
_AFTER_HEX: Final = "g"


class _Why(msgspec.Struct, frozen=True):
    reasons: list[str]
    fit: int
    behaviour: int
    total: int
    grade: str
    points_missing: int
    would_change: list[_Change] = []


class _Score(Stamped, frozen=True):
    lead_id: str
    account_key: str
    stage: str
    explanation: _Why
    own_stage: str | None = None
    path: str | None = None
    moves: int = 0


def _decisive(reasons: list[str]) -> str:
    """Return the most important reason. Any other comes before `all_gates_passed`."""
    first, *others = reasons or [""]
    return others[0] if others and first == Reason.ALL_GATES_PASSED else first


class ScoreTable:
    """The projection of lead.scores. A tombstone is an erasure, which the store handles."""

    name = "scores"
    topics = frozenset({LEAD_SCORES.name})
    statements = (
        """CREATE TABLE leads (
            lead_id TEXT PRIMARY KEY, account_key TEXT NOT NULL, stage TEXT NOT NULL, own_stage TEXT, path TEXT,
            fit INTEGER NOT NULL, behaviour INTEGER NOT NULL, total INTEGER NOT NULL, missing INTEGER NOT NULL,
            grade TEXT NOT NULL, reason TEXT NOT NULL, lacks TEXT NOT NULL, moves INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            document BLOB NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX leads_by_account ON leads (account_key)",
        "CREATE INDEX leads_by_lacks ON leads (stage, reason, lacks, missing)",
        """CREATE TABLE lead_counts (
            stage TEXT NOT NULL, reason TEXT NOT NULL, lacks TEXT NOT NULL, leads INTEGER NOT NULL,
            PRIMARY KEY (stage, reason, lacks)) WITHOUT ROWID""",
        f"CREATE TRIGGER count_lead AFTER INSERT ON leads BEGIN {_COUNT_NEW}; END",
        f"CREATE TRIGGER discount_lead AFTER DELETE ON leads BEGIN {_COUNT_OLD}; END",
        f"""CREATE TRIGGER recount_lead AFTER UPDATE OF stage, reason, lacks ON leads
            BEGIN {_COUNT_OLD}; {_COUNT_NEW}; END""",
        """CREATE TABLE points (
            lead_id TEXT NOT NULL, at_ms INTEGER NOT NULL, total INTEGER NOT NULL, missing INTEGER NOT NULL,
            PRIMARY KEY (lead_id, at_ms)) WITHOUT ROWID""",
        "CREATE INDEX leads_by_time ON leads (at_ms)",
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
        lacks = sorted({f"{one.what}:{one.name}" for one in why.would_change})
        connection.execute(
            """INSERT INTO leads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (lead_id) DO UPDATE SET
                account_key = excluded.account_key, stage = excluded.stage, own_stage = excluded.own_stage,
                path = excluded.path, fit = excluded.fit, behaviour = excluded.behaviour, total = excluded.total,
                missing = excluded.missing, grade = excluded.grade, reason = excluded.reason, lacks = excluded.lacks,
                moves = excluded.moves, at_ms = excluded.at_ms, document = excluded.document""",
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
                _decisive(why.reasons),
                LACKS_SEPARATOR.join(lacks),
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
        """Delete leads whose last score is older, and older steps of the others.

        Steps are many and have no index by time. Each hour those of another 256th of the leads are looked at.
        """
        connection.execute(
            "DELETE FROM points WHERE lead_id IN (SELECT lead_id FROM leads WHERE at_ms < ?)", (before_ms,)
        )
        connection.execute("DELETE FROM leads WHERE at_ms < ?", (before_ms,))
        share = f"{before_ms // _HOUR_MS % _SHARES:02x}"
        connection.execute(
            "DELETE FROM points WHERE lead_id >= ? AND lead_id < ? AND at_ms < ?",
            (share, f"{share}{_AFTER_HEX}", before_ms),
        )
