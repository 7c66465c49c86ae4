"""Hand-offs: the current state of each, and every revision as it was published.

The tables hold no e-mail address and no telephone number: the CRM has them, and a page needs neither.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import msgspec

from schemas.topics import LEAD_ROUTING
from workers.engine.api import Record
from workers.result_store.projection import Stamped, is_erased, ms_of, ms_or_none, pack

_LEFT_OUT: Final = ("email", "phone")


class _Holder(msgspec.Struct, frozen=True):
    id: str
    type: str
    name: str | None = None


class _Person(msgspec.Struct, frozen=True):
    company: str | None = None


class _Revision(Stamped, frozen=True):
    handoff_id: str
    revision: int
    lead_id: str
    account_key: str
    action: str
    kind: str
    route: str
    assignee: _Holder | None = None
    how_chosen: str | None = None
    stage: str | None = None
    first_response_due_at: str | None = None
    person: _Person | None = None


class HandoffTable:
    """The projection of lead.routing."""

    name = "handoffs"
    topics = frozenset({LEAD_ROUTING.name})
    statements = (
        """CREATE TABLE handoffs (
            handoff_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, lead_id TEXT NOT NULL, account_key TEXT NOT NULL,
            action TEXT NOT NULL, kind TEXT NOT NULL, route TEXT NOT NULL, how_chosen TEXT, stage TEXT,
            holder_id TEXT, holder_type TEXT, holder_name TEXT, company TEXT,
            made_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, due_ms INTEGER) WITHOUT ROWID""",
        "CREATE INDEX handoffs_by_lead ON handoffs (lead_id)",
        "CREATE INDEX handoffs_by_account ON handoffs (account_key)",
        "CREATE INDEX handoffs_by_holder ON handoffs (holder_id, due_ms) WHERE holder_id IS NOT NULL",
        "CREATE INDEX handoffs_by_made ON handoffs (made_ms)",
        """CREATE TABLE revisions (
            handoff_id TEXT NOT NULL, revision INTEGER NOT NULL, event_id TEXT NOT NULL, lead_id TEXT NOT NULL,
            at_ms INTEGER NOT NULL, document BLOB NOT NULL, PRIMARY KEY (handoff_id, revision)) WITHOUT ROWID""",
        "CREATE INDEX revisions_by_time ON revisions (at_ms)",
        "CREATE INDEX revisions_by_lead ON revisions (lead_id)",
        "CREATE INDEX handoffs_by_time ON handoffs (at_ms)",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a revision, and the state of its hand-off if no later revision is known."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Revision)
        at_ms, due_ms = ms_of(read.occurred_at), ms_or_none(read.first_response_due_at)
        if is_erased(connection, read.lead_id, at_ms):
            return
        document = without_contact(msgspec.json.decode(record.value))
        connection.execute(
            "REPLACE INTO revisions VALUES (?, ?, ?, ?, ?, ?)",
            (read.handoff_id, read.revision, read.event_id, read.lead_id, at_ms, pack(document)),
        )
        holder = read.assignee or _Holder("", "")
        company = read.person.company if read.person else None
        connection.execute(
            """INSERT INTO handoffs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (handoff_id) DO UPDATE SET
                revision = excluded.revision, lead_id = excluded.lead_id, account_key = excluded.account_key,
                action = excluded.action, kind = excluded.kind, route = excluded.route,
                how_chosen = excluded.how_chosen, stage = excluded.stage, holder_id = excluded.holder_id,
                holder_type = excluded.holder_type, holder_name = excluded.holder_name,
                company = coalesce(excluded.company, company), at_ms = excluded.at_ms, due_ms = excluded.due_ms
            WHERE excluded.revision >= revision""",
            (
                read.handoff_id,
                read.revision,
                read.lead_id,
                read.account_key,
                read.action,
                read.kind,
                read.route,
                read.how_chosen,
                read.stage,
                holder.id or None,
                holder.type or None,
                holder.name,
                company,
                at_ms,
                at_ms,
                due_ms,
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete the person's hand-offs."""
        connection.execute("DELETE FROM handoffs WHERE lead_id = ?", (lead_id,))
        connection.execute("DELETE FROM revisions WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete hand-offs whose last revision is older."""
        connection.execute(
            "DELETE FROM revisions WHERE handoff_id IN (SELECT handoff_id FROM handoffs WHERE at_ms < ?)",
            (before_ms,),
        )
        connection.execute("DELETE FROM handoffs WHERE at_ms < ?", (before_ms,))


def without_contact(document: dict[str, Any]) -> dict[str, Any]:
    """Return a hand-off without the person's e-mail address and telephone number."""
    person = document.get("person")
    if isinstance(person, dict):
        kept = {name: value for name, value in person.items() if name not in _LEFT_OUT}
        return document | {"person": kept}
    return document
