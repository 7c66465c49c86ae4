"""Facts as rows keep them: of a person, of a company and of the CRM record that claims an account key.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import Relationship
from workers.accounts.state.parts import Part
from workers.engine.rows import Row


class Fact(Part, frozen=True):
    """What was said, and when: the CRM's word goes before a form's, then the latest by ``at_ms`` holds."""

    name: str
    value: str
    at_ms: int
    is_crm: bool = False
    since_ms: int = 0
    """When the same was said first, and nothing else after it; 0: at ``at_ms``."""
    other_ms: int = 0
    """When something else was said last, before that; 0: never."""


class Contact(Part, frozen=True):
    """A person as the CRM knows them: the ids of its records, and whether they may be contacted."""

    lead_id: str | None = None
    contact_id: str | None = None
    account_id: str | None = None
    do_not_contact: bool = False


class CampaignMark(Part, frozen=True):
    """The latest campaign that brought a lead."""

    name: str
    source: str | None = None
    medium: str | None = None
    at_ms: int = 0


class Opportunity(Part, frozen=True):
    """An opportunity that is open now."""

    opportunity_id: str
    owner_rep_id: str
    opened_ms: int


class Company(Part, frozen=True):
    """What the CRM says of the company. Amounts as text, because they are decimal."""

    crm_account_id: str
    name: str = ""
    sic: tuple[str, ...] = ()
    naics: tuple[str, ...] = ()
    revenue: str | None = None
    currency: str | None = None
    employees: int | None = None
    country: str | None = None
    region: str | None = None
    """In capitals."""
    relationship: Relationship = Relationship.PROSPECT
    owner_rep_id: str | None = None
    opportunities: tuple[Opportunity, ...] = ()
    confirmed_ms: int | None = None
    parent_crm_account_id: str | None = None
    parent_owner_rep_id: str | None = None
    """Who owns the parent by the parent's own record: for routes of subsidiaries. None: no parent, or nobody."""


class ClaimRow(Row, frozen=True):
    """A CRM record that claims this key: key (account, crm_account_id). Bounded by the records that name a domain."""

    prefix: ClassVar[str] = "claim"
    company: Company
    primary_key: str
