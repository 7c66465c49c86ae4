"""The page of one desk: who is owed a turn, who waits, and who was passed over and why, turn by turn."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from schemas.topics import CRM_REPS, DESK_LEDGER
from workers.console.page import Asked, Page
from workers.console.pages.desk_figures import (
    Entry,
    Member,
    Waiting,
    entries_of,
    members_of,
    waiting_at,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The view of the page. ``columns``: the members of the grid, with their names."""

    desk: str
    members: tuple[Member, ...]
    queue: tuple[Waiting, ...]
    entries: tuple[Entry, ...]
    columns: tuple[tuple[str, str], ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Desk | None:
    """Read the page. None: no such desk has an entry."""
    desk = asked.place["desk"]
    entries = entries_of(connection, desk)
    if not entries:
        return None
    members = members_of(connection, desk, asked.now_ms)
    names = {one.rep_id: one.name for one in members}
    in_grid = sorted({rep_id for entry in entries for rep_id in entry.results})
    return Desk(
        desk,
        tuple(members),
        tuple(waiting_at(connection, desk)),
        tuple(entries),
        tuple((rep_id, names.get(rep_id, rep_id)) for rep_id in in_grid),
    )


PAGE: Final = Page(
    name="desk",
    path="/desks/{desk}",
    title="Desk",
    load=load,
    changes_with=frozenset({DESK_LEDGER.name, CRM_REPS.name}),
    in_menu=False,
)
