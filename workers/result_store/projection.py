"""The form of a projection: the tables that are made from records of some topics, and the code that fills them.

In: committed records, each once and in the order of its partition. Out: rows of the projection's own tables. A projection never
commits: the store (store_file.py) commits its rows together with the offsets of the records.
"""

from __future__ import annotations

import sqlite3
import zlib
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import msgspec

from workers.engine.api import Record

_LEVEL: Final = 1
_PER_SECOND: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Projection(Protocol):
    """Tables that are made from topics. Every method runs inside a transaction of the store."""

    @property
    def name(self) -> str:
        """The name under which the store remembers the offsets and the version. It never changes."""

    @property
    def topics(self) -> frozenset[str]:
        """The topics that the projection reads, with their names in the contract."""

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL statements that make the tables. Append to them; a statement that was released never changes."""

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Write what one record states. A repeated record must change nothing: use ids and revisions as keys.

        Raises:
            msgspec.MsgspecError: the value is not what the topic's model requires. Raise it before the first write.
        """

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete everything about a person who asked for it."""

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete what is older than a time. Milliseconds UTC."""


class Stamped(msgspec.Struct, frozen=True):
    """The id and the time that every result carries."""

    event_id: str
    occurred_at: str


def ms_of(instant: str) -> int:
    """Return a time of the contract (RFC 3339 with an offset) as milliseconds UTC.

    Raises:
        msgspec.ValidationError: the text is not such a time.
    """
    try:
        at = datetime.fromisoformat(instant.upper())
        return round((at - _EPOCH).total_seconds() * _PER_SECOND)
    except (ValueError, TypeError, OverflowError):  # TypeError: a time without an offset
        raise msgspec.ValidationError("expected a time in RFC 3339 with an offset") from None


def ms_or_none(instant: str | None) -> int | None:
    """Return a time of the contract as milliseconds UTC, or None if there is none."""
    return None if instant is None else ms_of(instant)


def pack(document: Any) -> bytes:
    """Return a document in the form in which a table keeps it: compressed JSON."""
    return zlib.compress(msgspec.json.encode(document), _LEVEL)


def unpack(packed: bytes) -> Any:
    """Return a document that :func:`pack` made, as dicts, lists and texts."""
    return msgspec.json.decode(zlib.decompress(packed))


ERASED: Final = """CREATE TABLE IF NOT EXISTS erased (
    lead_id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID"""


def is_erased(connection: sqlite3.Connection, lead_id: str, at_ms: int) -> bool:
    """Whether a person asked to be forgotten at or after ``at_ms``. What happened later starts afresh."""
    found = connection.execute("SELECT at_ms FROM erased WHERE lead_id = ?", (lead_id,)).fetchone()
    return found is not None and at_ms <= found[0]
