"""The page "desks": every desk with its turns, its queue and its members who are away."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from schemas.topics import CRM_REPS, DESK_LEDGER
from workers.console.page import Asked, Page
from workers.console.pages.desk_figures import members_of, waiting_at

MOST_SHOWN: Final = 100
_OF_ONE: Final = "rep:"
"""The beginning of desks of one, through which owners are asked. They have no rotation."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk. ``oldest_ms``: when the oldest waiting lead became due. ``most_off``: the largest difference from the exact share."""

    desk: str
    turns: int
    members: int
    away: int
    waiting: int
    oldest_ms: int | None
    most_off: float


@dataclass(frozen=True, slots=True)
class Desks:
    """The view of the page. At most 100 desks, those with a queue first."""

    desks: tuple[Desk, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Desks:
    """Read the page."""
    names = connection.execute(
        "SELECT desk, max(turn) FROM ledger WHERE desk NOT LIKE ? GROUP BY desk ORDER BY desk LIMIT ?",
        (f"{_OF_ONE}%", MOST_SHOWN),
    ).fetchall()
    desks = [_desk(connection, desk, turns, asked.now_ms) for desk, turns in names]
    return Desks(tuple(sorted(desks, key=lambda one: (-one.waiting, one.desk))))


def _desk(connection: sqlite3.Connection, desk: str, turns: int, now_ms: int) -> Desk:
    members = members_of(connection, desk, now_ms)
    queue = waiting_at(connection, desk)
    return Desk(
        desk,
        turns,
        len(members),
        sum(one.back_ms is not None for one in members),
        len(queue),
        queue[0].due_ms if queue else None,
        max((abs(one.off) for one in members), default=0.0),
    )


PAGE: Final = Page(
    name="desks",
    path="/desks",
    title="Desks",
    load=load,
    changes_with=frozenset({DESK_LEDGER.name, CRM_REPS.name}),
)
