"""The answers of reps, until they are in their topic, and afterwards for the messages that show them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

_ANSWERS: Final = "SELECT event_id, handoff_id, holder, rep_id, answer, reason, at_ms FROM answers WHERE"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer that a rep gave. ``event_id`` is that of its record on sales.activities."""

    event_id: str
    handoff_id: str
    holder: str
    rep_id: str
    answer: str
    reason: str | None
    at_ms: int


class GivenAnswers:
    """The table of answers, through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add_answer(self, answer: StoredAnswer) -> bool:
        """Store an answer, to be written to its topic. Return False if the store already has it."""
        added = self._db.execute(
            "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                answer.event_id,
                answer.handoff_id,
                answer.holder,
                answer.rep_id,
                answer.answer,
                answer.reason,
                answer.at_ms,
            ),
        )
        return added.rowcount > 0

    def answers_of(self, handoff_id: str | None, holder: str, since_ms: int) -> list[StoredAnswer]:
        """Return the answers to a hand-off under its present holder, the oldest first."""
        return self._answers("handoff_id = ? AND holder = ? AND at_ms >= ?", (handoff_id, holder, since_ms))

    def unsent_answers(self) -> list[StoredAnswer]:
        """Return the answers that are not in their topic yet, the oldest first."""
        return self._answers("NOT is_sent", ())

    def mark_sent(self, event_id: str) -> None:
        """Record that an answer is in its topic."""
        self._db.execute("UPDATE answers SET is_sent = 1 WHERE event_id = ?", (event_id,))

    def _answers(self, where: str, values: tuple[object, ...]) -> list[StoredAnswer]:
        rows = self._db.execute(f"{_ANSWERS} {where} ORDER BY at_ms, rowid", values)
        return [StoredAnswer(*row) for row in rows]
