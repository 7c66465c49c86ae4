"""The page "dead letters": records that the router could not use, by reason and producer, and the commands that fix them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from schemas.topics import DEAD_LETTERS, DEAD_LETTERS_ACTIONS
from workers.console.access_file import Role
from workers.console.page import Asked, Page

MOST_GROUPS: Final = 50
MOST_LETTERS: Final = 50
_OPEN: Final = "NOT EXISTS (SELECT 1 FROM letter_actions a WHERE a.letter_key = l.letter_key)"


@dataclass(frozen=True, slots=True)
class Group:
    """Letters of one reason, topic and producer. ``is_open`` counts those on which no operator has acted."""

    reason: str
    topic: str
    producer: str
    count: int
    is_open: int
    latest_ms: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One open letter. ``place``: the name under which the commands take it."""

    place: str
    reason: str
    detail: str
    producer: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Letters:
    """The view of the page. The groups with most open letters and the latest letters are first. At most 50 each."""

    is_open: int
    groups: tuple[Group, ...]
    letters: tuple[Letter, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Letters:
    """Read the page."""
    del asked
    groups = connection.execute(
        f"""SELECT reason, topic, producer, count(*), sum({_OPEN}), max(at_ms) FROM letters l
        GROUP BY reason, topic, producer ORDER BY 5 DESC, 4 DESC, 1, 2, 3 LIMIT ?""",  # noqa: S608 - a constant
        (MOST_GROUPS,),
    )
    letters = connection.execute(
        f"""SELECT topic, partition, offset, event_id, reason, detail, producer, at_ms FROM letters l
        WHERE {_OPEN} ORDER BY at_ms DESC, letter_key LIMIT ?""",  # noqa: S608 - a constant
        (MOST_LETTERS,),
    )
    (is_open,) = connection.execute(f"SELECT count(*) FROM letters l WHERE {_OPEN}").fetchone()  # noqa: S608
    return Letters(
        is_open,
        tuple(Group(*row) for row in groups),
        tuple(
            Letter(f"{topic}/{partition}/{offset}" if offset >= 0 else event_id, *rest)
            for topic, partition, offset, event_id, *rest in letters
        ),
    )


PAGE: Final = Page(
    name="letters",
    path="/dead-letters",
    title="Dead letters",
    load=load,
    changes_with=frozenset({DEAD_LETTERS.name, DEAD_LETTERS_ACTIONS.name}),
    role=Role.ADMIN,
)
