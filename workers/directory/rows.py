"""The state of `directory`: the last version of each CRM record, and what was counted."""

from __future__ import annotations

from typing import ClassVar

from workers.engine.rows import Row


class AccountVersionRow(Row, frozen=True):
    """The last version of one CRM account, keyed by crm_account_id: as many as the CRM has."""

    prefix: ClassVar[str] = "account-version"
    content: str
    """The record as JSON, domains reduced, without event_id and occurred_at: what makes two versions equal."""
    event_id: str
    keys: tuple[str, ...] = ()
    """The account keys that it claims, the primary one first, its own last; at most 51, by the contract's domains."""
    names: tuple[str, ...] = ()
    """The keys where it is looked up: of its names and of its id; at most 22."""
    parent: str = ""
    """The parent's crm_account_id."""
    data_version: str = ""
    """The lists by which its domains were reduced."""


class RepVersionRow(Row, frozen=True):
    """The last version of one rep, keyed by rep_id: as many as the CRM has."""

    prefix: ClassVar[str] = "rep-version"
    content: str
    """The record as JSON, without event_id and occurred_at."""
    event_id: str
    desks: tuple[str, ...] = ()
    """Names of the desks where the rep sits; at most 20, as the contract allows."""


class ContactVersionRow(Row, frozen=True):
    """The last version of one contact, keyed by lead_id: as many as the CRM has. It holds no address."""

    prefix: ClassVar[str] = "contact-version"
    content: str
    """What is known of the person, as JSON: a blank of a later version has overwritten nothing."""
    event_id: str


class CountRow(Row, frozen=True):
    """What was left out, keyed by the day (UTC) of stream time. Kept for 30 days."""

    prefix: ClassVar[str] = "count"
    dropped_domains: int = 0
    """Domains of CRM accounts that make none: free mail, public suffixes, no domains at all."""
    repeated: int = 0
    """Sales activities that came again."""


class ReadySentRow(Row, frozen=True):
    """The visitors have been told that the CRM is read. One row."""

    prefix: ClassVar[str] = "ready-sent"
    at_ms: int
