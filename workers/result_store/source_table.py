"""Events of the input topics, counted by source and hour, for the monitor of silent sources.

An event counts in the hour of its record's time stamp. One whose own date is more than a day off is not counted: the router
cannot use it as of now, so a producer with a wrong clock is silent. Robots are not counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec

from schemas.topics import (
    CHAT_CONVERSATIONS,
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    DAY_MS,
    FORM_FILLS,
    SALES_ACTIVITIES,
    WEB_ACTIVITY,
)
from workers.engine.api import Record
from workers.result_store.projection import ms_of
from workers.silent_sources.hour_plan import HOUR_MS
from workers.silent_sources.source_names import (
    OTHERS,
    Source,
    form_source,
    page_source,
    producer_source,
    site_source,
)
from workers.silent_sources.source_report import SourceState

KEPT_HOURS: Final = 20 * 7 * 24
"""Hours that are kept: the eight weeks that are learned from, and twelve that are followed."""
MOST_SOURCES: Final = 1_000
"""Sources of a kind that are kept apart. Later ones are counted together."""
_DATED: Final = frozenset(
    {WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name, SALES_ACTIVITIES.name}
)
_CRM: Final = frozenset({CRM_ACCOUNTS.name, CRM_CONTACTS.name, CRM_REPS.name})


class _Event(msgspec.Struct, frozen=True):
    """The fields that name the sources. Each may have any type: other systems write them."""

    occurred_at: object = None
    producer: object = None
    url: object = None
    form_id: object = None
    is_bot: object = False


class SourceTable:
    """The projection of the input topics that counts events. It holds nothing about people.

    ``most_sources``: the sources of a kind that are kept apart.
    """

    name = "sources"
    topics = _DATED | _CRM
    statements = (
        """CREATE TABLE sources (
            source_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, producer TEXT NOT NULL, site TEXT,
            last_ms INTEGER NOT NULL, UNIQUE (kind, name))""",
        """CREATE TABLE source_hours (
            hour INTEGER NOT NULL, source_id INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (hour, source_id)) WITHOUT ROWID""",
        """CREATE TABLE silent_sources (
            kind TEXT NOT NULL, name TEXT NOT NULL, since_ms INTEGER NOT NULL, counted INTEGER NOT NULL,
            expected REAL NOT NULL, probability REAL NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID""",
    )

    def __init__(self, most_sources: int = MOST_SOURCES) -> None:
        self._most_sources = most_sources

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Count an event for each of its sources. The offsets of the store keep a repeated record from counting twice."""
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Event)
        if read.is_bot is True or (record.topic in _DATED and _is_misdated(read, record.timestamp_ms)):
            return
        producer = producer_source(record.topic, _text(read.producer))
        site = site_source(record.topic, _text(read.url))
        narrow = None
        if record.topic == FORM_FILLS.name:
            narrow = form_source(_text(read.form_id) or "")
        elif record.topic == WEB_ACTIVITY.name:
            narrow = page_source(_text(read.url))
        for source in (producer, site, narrow):
            if source is not None:
                self._count(
                    connection, source, producer, None if source == site else site, record.timestamp_ms
                )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Do nothing: a count of events is not about a person."""

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete hours before the time, and those more than 20 weeks before the newest. Then delete sources without hours."""
        (newest,) = connection.execute("SELECT max(hour) FROM source_hours").fetchone()
        oldest = max(before_ms // HOUR_MS, (newest or 0) - KEPT_HOURS)
        connection.execute("DELETE FROM source_hours WHERE hour < ?", (oldest,))
        connection.execute("DELETE FROM sources WHERE last_ms < ?", (oldest * HOUR_MS,))

    def _count(
        self,
        connection: sqlite3.Connection,
        source: Source,
        producer: Source,
        site: Source | None,
        at_ms: int,
    ) -> None:
        found = connection.execute(
            """UPDATE sources SET last_ms = max(last_ms, ?),
                producer = CASE WHEN producer = ? THEN producer ELSE '' END,
                site = CASE WHEN site IS ? THEN site END
            WHERE kind = ? AND name = ? RETURNING source_id""",
            (at_ms, producer.name, site and site.name, source.kind, source.name),
        ).fetchone()
        if found is None:
            found = self._new(connection, source, producer, site, at_ms)
        connection.execute(
            "INSERT INTO source_hours VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            (at_ms // HOUR_MS, found[0]),
        )

    def _new(
        self,
        connection: sqlite3.Connection,
        source: Source,
        producer: Source,
        site: Source | None,
        at_ms: int,
    ) -> tuple[int]:
        (known,) = connection.execute(
            "SELECT count(*) FROM sources WHERE kind = ?", (source.kind,)
        ).fetchone()
        if known >= self._most_sources:
            source, site = Source(source.kind, OTHERS), None
        (source_id,) = connection.execute(
            """INSERT INTO sources (kind, name, producer, site, last_ms) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING source_id""",
            (source.kind, source.name, producer.name, site and site.name, at_ms),
        ).fetchone()
        return (source_id,)


def write_silent(connection: sqlite3.Connection, states: Iterable[SourceState]) -> None:
    """Replace the list of silent sources."""
    connection.execute("DELETE FROM silent_sources")
    connection.executemany(
        "INSERT INTO silent_sources VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                one.source.kind,
                one.source.name,
                one.silent_since_ms,
                one.counted,
                one.expected,
                one.probability,
            )
            for one in states
            if one.silent_since_ms is not None
        ],
    )


def _is_misdated(read: _Event, at_ms: int) -> bool:
    try:
        return abs(ms_of(_text(read.occurred_at) or "") - at_ms) > DAY_MS
    except msgspec.ValidationError:
        return True


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
