"""Touches of both sides from the input topics: forms, chats, sales' activities, and web activity counted by day.

Addresses become lead_ids, and browser ids become hashes, before anything is stored. A browser belongs to the person who was last
identified in it. Activity of browsers without a person is kept for 90 days.
"""

from __future__ import annotations

import re
import sqlite3
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

import msgspec

from schemas.topics import CHAT_CONVERSATIONS, DAY_MS, FORM_FILLS, SALES_ACTIVITIES, WEB_ACTIVITY
from workers.engine.api import Record
from workers.identity.addresses import BadAddressError, normalise
from workers.identity.lead_ids import lead_id_of
from workers.result_store.projection import is_erased, ms_of

ANONYMOUS_DAYS: Final = 90
"""Days that activity of a browser without a person is kept."""
_LONGEST: Final = 200
_HASH_BYTES: Final = 12
_ADDRESS_IN_TEXT: Final = re.compile(r"@|%40", re.IGNORECASE)


class _Input(msgspec.Struct, frozen=True):
    """The fields of the four topics that a time line needs. Each may have any type: other systems write them."""

    event_id: str
    occurred_at: str
    producer: object = None
    anonymous_id: object = None
    email: object = None
    handoff_id: object = None
    rep_id: object = None
    activity: object = None
    asset: object = None
    url: object = None
    form_id: object = None
    request: object = None
    turn: object = None
    action: object = None
    channel: object = None
    reason: object = None
    is_bot: object = False


class TouchTable:
    """The projection of the input topics. ``lead_id_key``: the secret from which lead ids are made."""

    name = "touches"
    topics = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name, SALES_ACTIVITIES.name})
    statements = (
        "CREATE TABLE browsers (browser BLOB PRIMARY KEY, lead_id TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX browsers_by_lead ON browsers (lead_id)",
        """CREATE TABLE touches (
            topic TEXT NOT NULL, event_key BLOB NOT NULL, at_ms INTEGER NOT NULL, lead_id TEXT, browser BLOB,
            handoff_id TEXT, rep_id TEXT, what TEXT NOT NULL, detail TEXT, PRIMARY KEY (topic, event_key)) WITHOUT ROWID""",
        "CREATE INDEX touches_by_lead ON touches (lead_id) WHERE lead_id IS NOT NULL",
        "CREATE INDEX touches_by_browser ON touches (browser) WHERE browser IS NOT NULL",
        "CREATE INDEX touches_by_handoff ON touches (handoff_id) WHERE handoff_id IS NOT NULL",
        """CREATE TABLE web_days (
            visitor BLOB NOT NULL, day INTEGER NOT NULL, activity TEXT NOT NULL, count INTEGER NOT NULL,
            last_ms INTEGER NOT NULL, detail TEXT, PRIMARY KEY (visitor, day, activity)) WITHOUT ROWID""",
        "CREATE INDEX web_days_by_day ON web_days (day)",
        "CREATE INDEX touches_by_time ON touches (at_ms)",
        "CREATE TABLE web_swept (day INTEGER NOT NULL)",  # earlier days hold only activity of known people
    )

    def __init__(self, lead_id_key: bytes) -> None:
        self._key = lead_id_key

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a touch, or count a web activity. A robot's record is left out."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Input)
        at_ms = (
            min(ms_of(read.occurred_at), record.timestamp_ms)
            if record.timestamp_ms
            else ms_of(read.occurred_at)
        )
        if read.is_bot is True:
            return
        lead_id = self._lead_of(read)
        browser = browser_hash(_text(read.anonymous_id))
        if lead_id is not None and is_erased(connection, lead_id, at_ms):
            return
        if lead_id is not None and browser is not None:
            connection.execute("REPLACE INTO browsers VALUES (?, ?)", (browser, lead_id))
        if record.topic == WEB_ACTIVITY.name:
            visitor = browser or (lead_id.encode() if lead_id else None)
            if visitor is not None:
                _count(connection, visitor, at_ms, read)
            return
        what, detail = _described(record.topic, read)
        sales = record.topic == SALES_ACTIVITIES.name
        connection.execute(
            "REPLACE INTO touches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.topic,
                _hashed(f"{_text(read.producer)}\n{read.event_id}"),
                at_ms,
                lead_id,
                None if lead_id else browser,
                _text(read.handoff_id) or None if sales else None,
                _text(read.rep_id) or None,
                what,
                detail,
            ),
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete what the person did and what sales did for the person."""
        browsers = [
            one for (one,) in connection.execute("SELECT browser FROM browsers WHERE lead_id = ?", (lead_id,))
        ]
        for visitor in (*browsers, lead_id.encode()):
            connection.execute("DELETE FROM web_days WHERE visitor = ?", (visitor,))
            connection.execute("DELETE FROM touches WHERE browser = ?", (visitor,))
        connection.execute("DELETE FROM browsers WHERE lead_id = ?", (lead_id,))
        connection.execute("DELETE FROM touches WHERE lead_id = ?", (lead_id,))

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete older touches, and of browsers without a person also those older than 90 days before the newest day."""
        connection.execute("DELETE FROM touches WHERE at_ms < ?", (before_ms,))
        connection.execute("DELETE FROM web_days WHERE day < ?", (before_ms // DAY_MS,))
        (newest,) = connection.execute("SELECT max(day) FROM web_days").fetchone()
        (swept,) = connection.execute("SELECT coalesce(max(day), 0) FROM web_swept").fetchone()
        until = (newest or 0) - ANONYMOUS_DAYS
        if until > swept:
            connection.execute(
                """DELETE FROM web_days WHERE day >= ? AND day < ? AND length(visitor) = ?
                AND visitor NOT IN (SELECT browser FROM browsers)""",
                (swept, until, _HASH_BYTES),
            )
            connection.execute("DELETE FROM web_swept")
            connection.execute("INSERT INTO web_swept VALUES (?)", (until,))

    def _lead_of(self, read: _Input) -> str | None:
        email = _text(read.email)
        if not email:
            return None
        try:
            return lead_id_of(normalise(email).email, self._key)
        except BadAddressError:
            return None


def browser_hash(anonymous_id: str) -> bytes | None:
    """Return the hash under which a browser is stored. None: no browser is given."""
    return _hashed(anonymous_id) if anonymous_id else None


def _hashed(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()


def _count(connection: sqlite3.Connection, visitor: bytes, at_ms: int, read: _Input) -> None:
    activity = _text(read.activity).lower() or "unknown"
    connection.execute(
        """INSERT INTO web_days VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (visitor, day, activity) DO UPDATE SET
        count = count + 1, last_ms = max(last_ms, excluded.last_ms), detail = coalesce(excluded.detail, detail)""",
        (visitor, at_ms // DAY_MS, activity, at_ms, _page(read)),
    )


def _described(topic: str, read: _Input) -> tuple[str, str | None]:
    """Return what happened, and a detail without personal data."""
    if topic == FORM_FILLS.name:
        return _safe(_text(read.form_id)) or "unknown", _safe(_text(read.request))
    if topic == CHAT_CONVERSATIONS.name:
        return _safe(_text(read.turn)) or "unknown", None
    detail = ", ".join(one for one in (_safe(_text(read.channel)), _safe(_text(read.reason))) if one)
    return _safe(_text(read.action)) or "unknown", detail or None


def _page(read: _Input) -> str | None:
    """Return the asset, or the path of the page without its query. A text with an address is left out."""
    asset = _safe(_text(read.asset))
    if asset:
        return asset
    try:
        return _safe(urlsplit(_text(read.url)).path)
    except ValueError:
        return None


def _safe(text: str) -> str | None:
    return None if not text or _ADDRESS_IN_TEXT.search(text) else text[:_LONGEST]


def _text(found: object) -> str:
    return found.strip() if isinstance(found, str) else ""
