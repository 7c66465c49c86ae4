"""The state of `visitors`: who a browser belongs to, what it did before that was known, and what was counted."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from schemas.vocabulary import Purpose
from workers.engine.rows import Row


class Link(msgspec.Struct, frozen=True, array_like=True):
    """A browser belongs to this lead from ``since_ms`` on, until the next link; to nobody where the ids are empty."""

    since_ms: int
    lead_id: str
    account_key: str


class Word(msgspec.Struct, frozen=True, array_like=True):
    """What a browser said of one purpose of consent."""

    purpose: Purpose
    given: bool
    at_ms: int


class VisitorRow(Row, frozen=True):
    """One browser, keyed by anonymous_id: its links by time, or how much of its history is kept.

    Without links it is swept with its history; with links (at most MAX_LINKS) it stays as long as its people do.
    """

    prefix: ClassVar[str] = "visitor"
    links: tuple[Link, ...] = ()
    kept: int = 0
    """History rows of this browser."""
    oldest_ms: int = 0
    """No history row is older."""
    consents: tuple[Word, ...] = ()
    """The latest of each purpose, until somebody identifies and takes it along."""
    erased_ms: int = 0
    """Somebody of this browser was erased: of nobody's time, what is dated up to here is dropped."""


class BrowserRow(Row, frozen=True):
    """A browser is linked to a lead: key (lead_id, anonymous_id). One per link of a VisitorRow; erased with the lead."""

    prefix: ClassVar[str] = "browser"


class HistoryRow(Row, frozen=True):
    """What an unknown visitor did, keyed by (anonymous_id, time in 15 digits, kind, event_id).

    Bounded by the policy's events and days per visitor; the oldest goes. Gone when the visitor is identified.
    """

    prefix: ClassVar[str] = "history"
    activity: str = ""
    url: str | None = None
    asset: str | None = None
    campaign: tuple[str, str | None, str | None] | None = None
    """Name, source, medium."""
    duration_seconds: float | None = None
    is_clamped: bool = False
    form: str = ""
    """The form as JSON, where it was one; without an address."""
    chat: str = ""
    """The turn of a chat as JSON, where it was one; without an address."""
    consent: tuple[bool | None, bool | None] | None = None
    """Tracking and marketing, as they came with an activity; where tracking is refused, nothing else is kept of it."""
    is_imported: bool = False


class PersonRow(Row, frozen=True):
    """A lead that this partition has announced, keyed by lead_id. One per person who gave an address here."""

    prefix: ClassVar[str] = "person"
    account_key: str
    data_version: str
    """The lists that decided the account key; an upgrade that decides otherwise announces the lead there anew."""
    erased_ms: int = 0
    """What is dated up to here was erased, and is dropped when it comes again."""


class CountRow(Row, frozen=True):
    """What became no fact, keyed by the day (UTC) of the event, or of its arrival. Kept for 30 days."""

    prefix: ClassVar[str] = "count"
    nobody: int = 0
    """Named neither a visitor nor a person."""
    bad_addresses: int = 0
    """Came with an address that is none; the visitor counted without it."""
    repeated: int = 0
    no_visits: int = 0
    """Robots and heartbeats."""
    erased: int = 0
    """Of somebody who was erased, from before."""
    of_no_use: int = 0
    """Imported, from so long ago that nothing gives points any more."""
    day_forgotten: int = 0
    """Imported, of a day whose ids are known no more."""


class ReadyRow(Row, frozen=True):
    """A partition of the directory that has read the CRM, keyed by its number. One per partition."""

    prefix: ClassVar[str] = "ready"
    partitions: int
