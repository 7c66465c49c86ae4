"""The notifier's tables: hand-offs, alerts, cards, deliveries and answers, and the queries on them.

The result store's file holds them. A record's deliveries are written in one transaction with the reader's offset, so a record
makes each of them once. Personal data is here of open hand-offs only: a withdrawal has none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workers.notify.delivery_steps import Change, Delivery, State
from workers.notify.given_answers import GivenAnswers
from workers.notify.known_handoffs import KnownHandoffs
from workers.outbox import fact_id

if TYPE_CHECKING:
    from pathlib import Path

_OPEN: Final = (State.WAITING.value, State.UNSURE.value)
_BUSY_MS: Final = 10_000
STATEMENTS: Final = (
    "CREATE TABLE notify_begun (at_ms INTEGER NOT NULL)",
    "CREATE TABLE notify_reps (rep_id TEXT PRIMARY KEY, name TEXT, time_zone TEXT) WITHOUT ROWID",
    """CREATE TABLE notify_handoffs (
        handoff_id TEXT PRIMARY KEY, revision INTEGER, holder TEXT, held_since INTEGER, lead_id TEXT, value BLOB,
        changed_ms INTEGER)""",
    "CREATE INDEX notify_handoffs_by_lead ON notify_handoffs (lead_id)",
    "CREATE TABLE notify_alerts (alert_id TEXT PRIMARY KEY, lead_id TEXT, value BLOB, changed_ms INTEGER)",
    "CREATE INDEX notify_alerts_by_lead ON notify_alerts (lead_id)",
    """CREATE TABLE cards (
        card_id TEXT PRIMARY KEY, channel TEXT, address TEXT, rep_id TEXT, lead_id TEXT, handoff_id TEXT, alert_id TEXT,
        place TEXT, is_open INTEGER, opened_ms INTEGER)""",
    "CREATE INDEX cards_by_handoff ON cards (handoff_id)",
    "CREATE INDEX cards_by_alert ON cards (alert_id)",
    """CREATE TABLE deliveries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id TEXT UNIQUE, card_id TEXT, channel TEXT, event_id TEXT,
        change TEXT, state TEXT, due_ms INTEGER, attempts INTEGER, tried_ms INTEGER, created_ms INTEGER, why TEXT)""",
    "CREATE INDEX deliveries_by_state ON deliveries (channel, state, due_ms)",
    "CREATE INDEX deliveries_by_card ON deliveries (card_id, state)",
    """CREATE TABLE answers (
        event_id TEXT PRIMARY KEY, handoff_id TEXT, holder TEXT, rep_id TEXT, answer TEXT, reason TEXT, at_ms INTEGER,
        is_sent INTEGER)""",
    "CREATE INDEX answers_by_handoff ON answers (handoff_id)",
)
"""The statements that make the tables. Append to them; a statement that was released never changes."""
_DELIVERIES: Final = (
    "SELECT delivery_id, number, change, state, due_ms, attempts, tried_ms, created_ms FROM deliveries"
    " WHERE card_id = ? AND state IN (?, ?) ORDER BY number"
)
_CARDS: Final = "SELECT card_id, channel, address, rep_id, lead_id, handoff_id, alert_id, opened_ms, place, is_open FROM cards WHERE "
_ERASED: Final = (
    """DELETE FROM cards WHERE NOT is_open AND lead_id IN (SELECT lead_id FROM erased)
        AND card_id NOT IN (SELECT card_id FROM deliveries WHERE state IN ('waiting', 'unsure'))""",
    """DELETE FROM notify_handoffs WHERE holder = '' AND lead_id IN (SELECT lead_id FROM erased)
        AND handoff_id NOT IN (SELECT handoff_id FROM cards WHERE handoff_id IS NOT NULL)""",
    "DELETE FROM answers WHERE is_sent AND handoff_id NOT IN (SELECT handoff_id FROM notify_handoffs)",
    "DELETE FROM deliveries WHERE card_id NOT IN (SELECT card_id FROM cards)",
)
"""Delete the ids of erased people too, after their messages were closed. `erased` is a table of the result store."""
_PRUNED: Final = (
    "DELETE FROM notify_handoffs WHERE changed_ms < ?",
    "DELETE FROM notify_alerts WHERE changed_ms < ?",
    "DELETE FROM cards WHERE opened_ms < ?",
    "DELETE FROM answers WHERE at_ms < ?",
    "DELETE FROM deliveries WHERE created_ms < ?",
)


@dataclass(frozen=True, slots=True)
class Card:
    """One message at one place."""

    card_id: str
    channel: str
    address: str
    rep_id: str | None
    """The rep who reads it. None: a desk or a partner."""
    lead_id: str | None
    handoff_id: str | None
    alert_id: str | None
    opened_ms: int
    place: str | None = None
    """The message at the service, in the channel's own notation. None: not posted."""
    is_open: bool = True


class DeliveryTables(KnownHandoffs, GivenAnswers):
    """The tables, through one connection. Each thread needs a connection of its own."""

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing if an exception leaves it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def begin(self, now_ms: int) -> None:
        """Store when the notifier first began. Later calls change nothing. Milliseconds UTC."""
        self._db.execute(
            "INSERT INTO notify_begun SELECT ? WHERE NOT EXISTS (SELECT 1 FROM notify_begun)", (now_ms,)
        )

    def begun_ms(self) -> int:
        """Return when the notifier first began. Milliseconds UTC."""
        return int(self._db.execute("SELECT coalesce(min(at_ms), 0) FROM notify_begun").fetchone()[0])

    def open_cards(self, *, handoff_id: str | None = None, alert_id: str | None = None) -> list[Card]:
        """Return the open cards of an alert, or those of a hand-off itself."""
        where, given = (
            ("alert_id = ?", alert_id) if alert_id else ("alert_id IS NULL AND handoff_id = ?", handoff_id)
        )
        return self._cards(f"{where} AND is_open", (given,))

    def cards_about(self, handoff_id: str) -> list[Card]:
        """Return the open cards that show a hand-off, those of its alerts too."""
        return self._cards("handoff_id = ? AND is_open", (handoff_id,))

    def card(self, card_id: str) -> Card | None:
        """Return a card."""
        return next(iter(self._cards("card_id = ?", (card_id,))), None)

    def place_of_handoff(self, card: Card) -> str | None:
        """Return where the message about the hand-off of this card is, at the same address."""
        row = self._db.execute(
            "SELECT place FROM cards WHERE handoff_id = ? AND channel = ? AND address = ? AND place IS NOT NULL"
            " AND card_id != ? ORDER BY opened_ms LIMIT 1",
            (card.handoff_id, card.channel, card.address, card.card_id),
        ).fetchone()
        return None if row is None else str(row[0])

    def add_card(self, card: Card) -> None:
        """Add a card. One that is known stays as it is."""
        self._db.execute(
            "INSERT OR IGNORE INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                card.card_id,
                card.channel,
                card.address,
                card.rep_id,
                card.lead_id,
                card.handoff_id,
                card.alert_id,
                card.place,
                card.is_open,
                card.opened_ms,
            ),
        )

    def set_place(self, card_id: str, place: str) -> None:
        """Store where the service has the message of a card."""
        self._db.execute("UPDATE cards SET place = ? WHERE card_id = ?", (place, card_id))

    def add_delivery(self, card: Card, event_id: str, change: Change, *, due_ms: int, now_ms: int) -> bool:
        """Add the delivery of a record to a card. Return False if the store already has it.

        Its age counts from ``due_ms``: a message that waited for the end of quiet hours is not late.
        """
        if change is Change.CLOSE:
            self._db.execute("UPDATE cards SET is_open = 0 WHERE card_id = ?", (card.card_id,))
        added = self._db.execute(
            "INSERT OR IGNORE INTO deliveries (delivery_id, card_id, channel, event_id, change, state, due_ms, attempts,"
            " tried_ms, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
            (
                fact_id("notify_delivery", event_id, card.card_id),
                card.card_id,
                card.channel,
                event_id,
                change.value,
                State.WAITING.value,
                due_ms,
                max(due_ms, now_ms),
            ),
        )
        return added.rowcount > 0

    def open_deliveries(self, card_id: str) -> list[Delivery]:
        """Return the waiting and unsure deliveries of a card, by number."""
        rows = self._db.execute(_DELIVERIES, (card_id, *_OPEN))
        return [_delivery(row) for row in rows]

    def due_cards(self, channel: str, now_ms: int, most: int) -> list[str]:
        """Return the cards of a channel with a delivery that may be due, the longest due first."""
        rows = self._db.execute(
            "SELECT card_id FROM deliveries WHERE channel = ? AND state IN (?, ?) AND due_ms <= ?"
            " GROUP BY card_id ORDER BY min(due_ms), min(number) LIMIT ?",
            (channel, *_OPEN, now_ms, most),
        )
        return [row[0] for row in rows]

    def set_deliveries(self, deliveries: list[Delivery], why: str | None = None) -> None:
        """Store the state of deliveries. ``why``: the code of an error."""
        self._db.executemany(
            "UPDATE deliveries SET state = ?, due_ms = ?, attempts = ?, tried_ms = ?, why = ? WHERE delivery_id = ?",
            [
                (one.state.value, one.due_ms, one.attempts, one.tried_ms, why, one.delivery_id)
                for one in deliveries
            ],
        )

    def dead_counts(self) -> dict[str, int]:
        """Return how many deliveries of each channel are dead."""
        rows = self._db.execute(
            "SELECT channel, count(*) FROM deliveries WHERE state = ? GROUP BY channel", (State.DEAD.value,)
        )
        return dict(rows.fetchall())

    def oldest_due_ms(self, now_ms: int) -> dict[str, int]:
        """Return since when the oldest due delivery of each channel waits. Milliseconds UTC."""
        rows = self._db.execute(
            "SELECT channel, min(created_ms) FROM deliveries WHERE state IN (?, ?) AND created_ms <= ? GROUP BY channel",
            (*_OPEN, now_ms),
        )
        return dict(rows.fetchall())

    def waiting(self, channel: str) -> int:
        """Return how many deliveries of a channel are waiting or unsure."""
        row = self._db.execute(
            "SELECT count(*) FROM deliveries WHERE channel = ? AND state IN (?, ?)", (channel, *_OPEN)
        ).fetchone()
        return int(row[0])

    def bury_oldest(self, channel: str, most: int) -> int:
        """Make the oldest waiting deliveries of a channel dead, so that ``most`` stay. Return how many."""
        found = self._db.execute(
            "UPDATE deliveries SET state = ?, why = 'overflow' WHERE number IN (SELECT number FROM deliveries WHERE channel = ?"
            " AND state = ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (State.DEAD.value, channel, State.WAITING.value, most),
        )
        return found.rowcount

    def dead(self) -> list[tuple[str, str, str, str, int]]:
        """Return (delivery_id, channel, subject, why, created_ms) of each dead delivery, the oldest first."""
        return list(
            self._db.execute(
                "SELECT d.delivery_id, d.channel, coalesce(c.handoff_id, c.alert_id, ''), coalesce(d.why, ''), d.created_ms"
                " FROM deliveries d JOIN cards c USING (card_id) WHERE d.state = ? ORDER BY d.number",
                (State.DEAD.value,),
            )
        )

    def revive(self, now_ms: int, delivery_id: str | None = None) -> int:
        """Retry dead deliveries: the services are searched first, where they can be. Return how many."""
        found = self._db.execute(
            "UPDATE deliveries SET state = ?, due_ms = ?, attempts = 0, created_ms = ?, why = NULL WHERE state = ?"
            " AND (? IS NULL OR delivery_id = ?)",
            (State.UNSURE.value, now_ms, now_ms, State.DEAD.value, delivery_id, delivery_id),
        )
        return found.rowcount

    def prune(self, before_ms: int) -> None:
        """Delete what is older than a time, and what is left of erased people. Milliseconds UTC."""
        for statement in _PRUNED:
            self._db.execute(statement, (before_ms,))
        for statement in _ERASED:
            self._db.execute(statement)

    def _cards(self, where: str, values: tuple[object, ...]) -> list[Card]:
        rows = self._db.execute(f"{_CARDS} {where} ORDER BY opened_ms, card_id", values)
        return [Card(*row) for row in rows]


def _delivery(row: tuple[str, int, str, str, int, int, int, int]) -> Delivery:
    delivery_id, number, change, state, *rest = row
    return Delivery(delivery_id, number, Change(change), State(state), *rest)


def open_tables(path: Path) -> DeliveryTables:
    """Open a connection to a file that has the tables already."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        f"PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA busy_timeout = {_BUSY_MS};"
    )
    return DeliveryTables(connection)
