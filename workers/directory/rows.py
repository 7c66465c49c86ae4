"""The rows of `directory`: the last version of each CRM record, and daily counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, CRM_REPS
from workers.engine.rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping


class AccountVersionRow(Row, frozen=True):
    """The last version of one CRM account, keyed by crm_account_id. One row per account that the CRM has or had."""

    prefix: ClassVar[str] = "account-version"
    content: str
    """The record as JSON with registrable domains, without event_id and occurred_at. Equal texts are equal versions.

    Empty: the record was deleted.
    """
    event_id: str
    keys: tuple[str, ...] = ()
    """Account keys that the record claims: the primary key first, its own ``crm:`` key last. At most 51."""
    names: tuple[str, ...] = ()
    """Keys where the account is looked up, by its names and by its id. At most 22."""
    parent: str = ""
    """The parent account (crm_account_id). Empty without a parent."""
    data_version: str = ""
    """Versions of the lists by which domains and names were normalised."""
    dated_ms: int = 0
    """Date of the version. Milliseconds UTC. 0: not known."""
    older: tuple[tuple[str, int], ...] = ()
    """(fact, date of the version that states it) of facts that the last version left blank. Milliseconds UTC. At most 8."""
    hosts: tuple[str, ...] = ()
    """Host names of the record's domains, dropped ones included. Empty for a text that is not a domain. At most 50."""
    dropped: tuple[tuple[str, str], ...] = ()
    """(reason, host name) of each domain that identifies no company. At most 50."""
    unread: tuple[tuple[str, str | None], ...] = ()
    """(field, unknown word) of the last version's fields that could not be read."""


class RepVersionRow(Row, frozen=True):
    """The last version of one rep, keyed by rep_id. One row per rep that the CRM has or had."""

    prefix: ClassVar[str] = "rep-version"
    content: str
    """The record as JSON, without event_id and occurred_at. Empty: the record was deleted."""
    event_id: str
    desks: tuple[str, ...] = ()
    """Names of the rep's desks. At most 20, the limit of the contract."""
    dated_ms: int = 0
    """Date of the version. Milliseconds UTC. 0: not known."""
    unread: tuple[tuple[str, str | None], ...] = ()
    """(field, unknown word) of the last version's fields that could not be read."""


class ContactVersionRow(Row, frozen=True):
    """The last version of one contact, keyed by lead_id. It holds no address.

    One row per contact that the CRM has or had.
    """

    prefix: ClassVar[str] = "contact-version"
    content: str
    """The known facts about the person, as JSON. A blank in a later version overwrites nothing.

    Empty: the record was deleted.
    """
    event_id: str
    dated_ms: int = 0
    """Date of the version. Milliseconds UTC. 0: not known."""
    older: tuple[tuple[str, int], ...] = ()
    """(fact, date of the version that states it) of facts that the last version left blank. Milliseconds UTC. At most 20."""
    unread: tuple[tuple[str, str | None], ...] = ()
    """(field, unknown word) of the last version's fields that could not be read."""


VERSIONS: Final[Mapping[str, type[AccountVersionRow | ContactVersionRow | RepVersionRow]]] = {
    CRM_ACCOUNTS.name: AccountVersionRow,
    CRM_CONTACTS.name: ContactVersionRow,
    CRM_REPS.name: RepVersionRow,
}
"""Row of a record's last version, by the topic of the record."""


class CountRow(Row, frozen=True):
    """Counts of dropped input, keyed by the day (UTC) of stream time. Kept for 30 days."""

    prefix: ClassVar[str] = "count"
    dropped_domains: int = 0
    """Domains of CRM accounts that identify no company: free mail, shared sites, public suffixes, other texts."""
    repeated: int = 0
    """Sales activities that arrived before."""
    outdated: int = 0
    """Versions of CRM records that arrived after a newer one. They overwrote nothing."""


class ReadySentRow(Row, frozen=True):
    """Marks that `visitors` was notified that this partition has read the CRM. One row."""

    prefix: ClassVar[str] = "ready-sent"
    at_ms: int
