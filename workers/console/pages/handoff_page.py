"""The page of a hand-off: the story of its lead. Links in messages name hand-offs."""

from __future__ import annotations

import sqlite3
from typing import Final

from workers.console.page import Asked, Elsewhere, Page
from workers.console.shown_text import path_part


def load(connection: sqlite3.Connection, asked: Asked) -> Elsewhere | None:
    """Return the path of the lead's story."""
    row = connection.execute(
        "SELECT lead_id FROM handoffs WHERE handoff_id = ?", (asked.place["handoff_id"],)
    ).fetchone()
    return Elsewhere(f"/leads/{path_part(row[0])}") if row else None


PAGE: Final = Page(
    name="handoff", path="/handoffs/{handoff_id:path}", title="Hand-off", load=load, in_menu=False
)
