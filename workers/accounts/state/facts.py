"""Facts as rows keep them: of a person, of a company, and of the CRM record that claims an account key.

In: values that worth/facts.py and account_keys/ read from events. Out: parts of rows. Nothing is decided here.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import DomainUse, Relationship
from workers.accounts.state.parts import Part, UnreadNote
from workers.engine.rows import Row


class Fact(Part, frozen=True):
    """A value with its date and source. The CRM's value goes before a form's, then the latest by ``at_ms`` holds."""

    name: str
    value: str
    at_ms: int
    """Date of the latest source that gave this value. Milliseconds UTC."""
    is_crm: bool = False
    """Whether the CRM gave the value. Otherwise a form or an enrichment did."""
    since_ms: int = 0
    """Date since which the value has been given without another in between. Milliseconds UTC. 0: same as ``at_ms``."""
    other_ms: int = 0
    """Date of the latest different value before it. Milliseconds UTC. 0: there was none."""


class Contact(Part, frozen=True):
    """A person as the CRM knows them: the ids of their records, and whether they may be contacted."""

    lead_id: str | None = None
    """Id of the CRM's lead record."""
    contact_id: str | None = None
    """Id of the CRM's contact record."""
    account_id: str | None = None
    """Id of the CRM account that the record names."""
    do_not_contact: bool = False
    owner_rep_id: str | None = None
    """Rep who owns the person's record in the CRM. None: it names no one."""


class CampaignMark(Part, frozen=True):
    """The latest campaign that brought a lead."""

    name: str
    source: str | None = None
    medium: str | None = None
    at_ms: int = 0
    """Date of the event that named the campaign. Milliseconds UTC."""


class Opportunity(Part, frozen=True):
    """An opportunity that is open now."""

    opportunity_id: str
    """Id in the CRM; ``sales <lead_id>`` where sales opened it and the CRM has no record of it yet."""
    owner_rep_id: str
    opened_ms: int
    """Milliseconds UTC."""


class Company(Part, frozen=True):
    """A company as the CRM knows it. Amounts are text because they are decimal."""

    crm_account_id: str
    """Empty: only enrichment or sales knows the company."""
    name: str = ""
    sic: tuple[str, ...] = ()
    """SIC industry codes and ranges of codes, sorted."""
    naics: tuple[str, ...] = ()
    """NAICS industry codes and ranges of codes, sorted."""
    revenue: str | None = None
    """Annual revenue in ``currency``; of a range the lowest. Decimal as text."""
    currency: str | None = None
    """ISO 4217 code."""
    employees: int | None = None
    """Number of employees; of a range the lowest."""
    country: str | None = None
    """ISO 3166-1 alpha-2 code, in capitals."""
    region: str | None = None
    """Region as the CRM writes it, in capitals."""
    relationship: Relationship = Relationship.PROSPECT
    owner_rep_id: str | None = None
    """Owner of the account in the CRM. May be a robot or a queue."""
    opportunities: tuple[Opportunity, ...] = ()
    """Open opportunities, ascending by date of opening."""
    confirmed_ms: int | None = None
    """When the CRM confirmed the facts last. Milliseconds UTC. None: never."""
    parent_crm_account_id: str | None = None
    parent_owner_rep_id: str | None = None
    """Owner of the parent company, by the parent's own CRM record. None: no parent, or the parent has no owner."""
    revenue_to: str | None = None
    """Highest revenue of a range. Decimal as text, 10**18 without a bound. None: ``revenue`` is exact."""
    employees_to: int | None = None
    """Highest number of employees of a range, 10**18 without a bound. None: ``employees`` is exact."""
    other_names: tuple[str, ...] = ()
    """Further names of the company, as the CRM writes them. At most 20."""
    industry: str | None = None
    """Industry in words. Counts only without a code."""
    domains: tuple[str, ...] = ()
    """Registrable domains of the CRM record, the primary one first. At most 50."""
    founded: int | None = None
    """Year in which the company was founded. None: unknown."""
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of each custom field of the CRM record, sorted by name. At most 20."""


class Dropped(Part, frozen=True):
    """A domain of a CRM record that identifies no company."""

    domain: str
    """Host name. Empty for a text that is not a domain."""
    use: DomainUse
    """Why it identifies no company."""


class ClaimRow(Row, frozen=True):
    """A CRM record that claims this key: key (account, crm_account_id). One per record that names the domain."""

    prefix: ClassVar[str] = "claim"
    company: Company
    primary_key: str
    """Account key under which the CRM record is stored."""
    dated_ms: int = 0
    """Date of the record's version. Milliseconds UTC. 0: not known."""
    dropped: tuple[Dropped, ...] = ()
    """Domains of the record that identify no company. Only at the record's own key. At most 50."""
    unread: tuple[UnreadNote, ...] = ()
    """Fields of the record that could not be read."""
    is_apart: bool = False
    """Whether the record's own key was notified that another account has this domain."""
