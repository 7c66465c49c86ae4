"""The rows of `visitors`: the leads of a browser, its history before they were known, and daily counts."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from schemas.vocabulary import Purpose
from workers.engine.rows import Row


class Link(msgspec.Struct, frozen=True, array_like=True):
    """A browser belongs to this lead from ``since_ms`` until the next link. It is anonymous if the ids are empty."""

    since_ms: int
    lead_id: str
    account_key: str


class ConsentStatement(msgspec.Struct, frozen=True, array_like=True):
    """The consent statement of a browser on one purpose, and its time."""

    purpose: Purpose
    given: bool
    at_ms: int


class VisitorRow(Row, frozen=True):
    """One browser, keyed by anonymous_id: its links by time, or the size of its history.

    A row without links is swept with its history. A row with links (at most MAX_LINKS) stays until its people are erased.
    """

    prefix: ClassVar[str] = "visitor"
    links: tuple[Link, ...] = ()
    kept: int = 0
    """Number of history rows of this browser."""
    oldest_ms: int = 0
    """No history row is older than this time. Milliseconds UTC."""
    consents: tuple[ConsentStatement, ...] = ()
    """The latest statement on each purpose. Moves to the lead when the visitor is identified."""
    erased_ms: int = 0
    """When a person of this browser was erased. Anonymous events dated up to this time are dropped. Milliseconds UTC."""


class BrowserRow(Row, frozen=True):
    """Index of the browsers linked to a lead, keyed by (lead_id, anonymous_id).

    One row per lead linked in a VisitorRow. Erased with the lead.
    """

    prefix: ClassVar[str] = "browser"


class HistoryRow(Row, frozen=True):
    """One event of an anonymous visitor, keyed by (anonymous_id, time in 15 digits, kind, event_id).

    Bounded by the policy's events and days per visitor: the oldest is deleted. Deleted when the visitor is identified.
    """

    prefix: ClassVar[str] = "history"
    is_cached: ClassVar[bool] = False
    activity: str = ""
    url: str | None = None
    asset: str | None = None
    campaign: tuple[str, str | None, str | None] | None = None
    """Name, source and medium of the campaign."""
    duration_seconds: float | None = None
    is_clamped: bool = False
    form: str = ""
    """The form as JSON, without an address. Empty if the event is not a form."""
    chat: str = ""
    """The chat turn as JSON, without an address. Empty if the event is not a chat turn."""
    consent: tuple[bool | None, bool | None] | None = None
    """Consent to tracking and to marketing that came with an activity.

    If tracking is refused and the policy counts nothing then, nothing else is stored of the activity.
    """
    is_imported: bool = False
    message_id: str | None = None
    """The mail that the activity is about."""
    links_in_message: int | None = None
    """Number of links in that mail."""
    unread: tuple[tuple[str, str, str | None], ...] = ()
    """Topic, field and unknown word of each field that could not be read."""


class PersonRow(Row, frozen=True):
    """A lead that this partition has announced, keyed by lead_id. One row per person who gave an address here."""

    prefix: ClassVar[str] = "person"
    account_key: str
    data_version: str
    """Versions of the lists that decided the account key.

    If an upgrade gives another account key, the lead is announced there.
    """
    erased_ms: int = 0
    """Events of the lead dated up to this time are erased, and dropped if they arrive again. Milliseconds UTC."""


class CountRow(Row, frozen=True):
    """Counts of special events by day (UTC), mostly of those that became no fact. Kept for 30 days.

    Keyed by the day of the event, or by the day of its arrival if the event's own time does not count.
    """

    prefix: ClassVar[str] = "count"
    nobody: int = 0
    """Events that named neither a browser nor an address."""
    bad_addresses: int = 0
    """Events with an address that is not valid. The visitor counted without it."""
    repeated: int = 0
    """Events that arrived before."""
    no_visits: int = 0
    """Events of robots, and heartbeats."""
    erased: int = 0
    """Events of an erased person from before the erasure."""
    of_no_use: int = 0
    """Imported events that are too old to give points."""
    day_forgotten: int = 0
    """Imported events of a day whose ids are deleted."""


class ReadyRow(Row, frozen=True):
    """A partition of `directory` that has read the CRM, keyed by its number. One row per partition of `directory`."""

    prefix: ClassVar[str] = "ready"
    partitions: int
