"""The page "live": the latest changes of hand-offs, each with its reasons."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from schemas.topics import LEAD_ROUTING
from workers.console.page import Asked, Page
from workers.result_store.projection import unpack

MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One revision of a hand-off. ``holder`` is empty after a withdrawal."""

    at_ms: int
    lead_id: str
    account_key: str
    company: str | None
    action: str
    kind: str
    holder: str
    reasons: tuple[str, ...]
    grade: str
    total: int
    due_ms: int | None


@dataclass(frozen=True, slots=True)
class Live:
    """The view of the page. The latest change is first. At most 50."""

    changes: tuple[Change, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Live:
    """Read the page."""
    rows = connection.execute(
        """SELECT r.at_ms, r.lead_id, r.document, h.company, h.due_ms, h.revision = r.revision
        FROM revisions r LEFT JOIN handoffs h ON h.handoff_id = r.handoff_id
        WHERE r.at_ms <= ? ORDER BY r.at_ms DESC, r.handoff_id DESC, r.revision DESC LIMIT ?""",
        (asked.now_ms, MOST_SHOWN),
    )
    return Live(
        tuple(
            _change(at_ms, lead_id, unpack(document), company, due_ms if is_latest else None)
            for at_ms, lead_id, document, company, due_ms, is_latest in rows
        )
    )


def _change(
    at_ms: int, lead_id: str, handoff: dict[str, Any], company: str | None, due_ms: int | None
) -> Change:
    why = handoff["explanation"]
    return Change(
        at_ms,
        lead_id,
        handoff["account_key"],
        company,
        handoff["action"],
        handoff["kind"],
        holder_of(handoff),
        tuple(why["reasons"]),
        why["grade"],
        why["total"],
        due_ms,
    )


def holder_of(handoff: dict[str, Any]) -> str:
    """Return the name or the id of the assignee, or an empty text after a withdrawal."""
    assignee = handoff.get("assignee") or {}
    return str(assignee.get("name") or assignee.get("id") or "")


PAGE: Final = Page(
    name="live", path="/live", title="Live", load=load, changes_with=frozenset({LEAD_ROUTING.name})
)
