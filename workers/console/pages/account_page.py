"""The page of an account: its people with their scores, and its hand-offs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from schemas.topics import LEAD_ROUTING, LEAD_SCORES
from workers.console.page import Asked, Page
from workers.console.pages.search_page import name_of

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead of the account. ``holder`` is the assignee of its open hand-off."""

    lead_id: str
    stage: str
    grade: str
    total: int
    reason: str | None
    at_ms: int
    holder: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """The view of the page. The leads with the most points are first. At most 200."""

    account_key: str
    name: str | None
    leads: tuple[Lead, ...]
    count: int


def load(connection: sqlite3.Connection, asked: Asked) -> Account | None:
    """Read the page."""
    key = asked.place["account_key"]
    name = name_of(connection, key)
    (count,) = connection.execute("SELECT count(*) FROM leads WHERE account_key = ?", (key,)).fetchone()
    if not count and name is None:
        return None
    rows = connection.execute(
        """SELECT l.lead_id, l.stage, l.grade, l.total, l.reason, l.at_ms,
            (SELECT coalesce(h.holder_name, h.holder_id) FROM handoffs h
             WHERE h.lead_id = l.lead_id AND h.holder_id IS NOT NULL ORDER BY h.at_ms DESC LIMIT 1)
        FROM leads l WHERE l.account_key = ? ORDER BY l.total DESC, l.lead_id LIMIT ?""",
        (key, MOST_SHOWN),
    )
    return Account(key, name, tuple(Lead(*row) for row in rows), count)


PAGE: Final = Page(
    name="account",
    path="/accounts/{account_key:path}",
    title="Account",
    load=load,
    changes_with=frozenset({LEAD_SCORES.name, LEAD_ROUTING.name}),
    in_menu=False,
)
