"""Dead letters without their payload, and what operators did with them."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from schemas.parsing import redact_addresses
from schemas.topics import DEAD_LETTERS, DEAD_LETTERS_ACTIONS
from workers.engine.api import Record
from workers.letters.letter_list import producer_of
from workers.result_store.projection import Stamped, ms_of

_LONGEST_PRODUCER: Final = 100


class _Letter(Stamped, frozen=True):
    agent: str
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    payload_bytes: int = 0
    payload_base64: str | None = None


class _Action(Stamped, frozen=True):
    action: str


class LetterTable:
    """The projection of dead.letters and dead.letters.actions. A payload may hold an address, so it is not kept."""

    name = "letters"
    topics = frozenset({DEAD_LETTERS.name, DEAD_LETTERS_ACTIONS.name})
    statements = (
        """CREATE TABLE letters (
            letter_key TEXT PRIMARY KEY, event_id TEXT NOT NULL, agent TEXT NOT NULL, topic TEXT NOT NULL,
            partition INTEGER NOT NULL, offset INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
            payload_bytes INTEGER NOT NULL, producer TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX letters_by_time ON letters (at_ms)",
        """CREATE TABLE letter_actions (
            letter_key TEXT NOT NULL, event_id TEXT NOT NULL, action TEXT NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (letter_key, event_id)) WITHOUT ROWID""",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a letter or an action. A tombstone deletes a letter, because its record holds an erased person."""
        key = (record.key or b"").decode()
        if record.topic == DEAD_LETTERS_ACTIONS.name:
            if record.value is not None:
                done = msgspec.json.decode(record.value, type=_Action)
                connection.execute(
                    "REPLACE INTO letter_actions VALUES (?, ?, ?, ?)",
                    (key, done.event_id, done.action, ms_of(done.occurred_at)),
                )
        elif record.value is None:
            connection.execute("DELETE FROM letters WHERE letter_key = ?", (key,))
        else:
            read = msgspec.json.decode(record.value, type=_Letter)
            connection.execute(
                "REPLACE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    read.event_id,
                    read.agent,
                    read.topic,
                    read.partition,
                    read.offset,
                    read.reason,
                    read.detail,
                    read.payload_bytes,
                    redact_addresses(producer_of(read.payload_base64) or "")[:_LONGEST_PRODUCER],
                    ms_of(read.occurred_at),
                ),
            )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Do nothing: the rows name no lead, and the router writes a tombstone for each letter of an erased person."""

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete older letters and actions."""
        connection.execute("DELETE FROM letters WHERE at_ms < ?", (before_ms,))
        connection.execute("DELETE FROM letter_actions WHERE at_ms < ?", (before_ms,))
