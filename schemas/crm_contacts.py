"""crm.contacts: the CRM's last word on a person, enrichment included. Key: the normalised e-mail; compacted; null deletes."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Identifier, InboundEvent, Model, ShortText, Word
from schemas.crm_accounts import Code, Revenue


class EnrichedCompany(Model):
    """What an enrichment service says of the person's company; crm.accounts goes before it, fact by fact."""

    sic: list[Code] = Field(default_factory=list, max_length=20)
    naics: list[Code] = Field(default_factory=list, max_length=20)
    revenue: Revenue | None = None
    employees: int | None = Field(default=None, ge=0, le=10**9)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2.")


class ContactRecord(Model):
    """What is known of a person; a field that is left out, null or blank says nothing and overwrites nothing."""

    crm_lead_id: Identifier | None = None
    crm_contact_id: Identifier | None = None
    crm_account_id: Identifier | None = None
    first_name: ShortText | None = None
    last_name: ShortText | None = None
    job_title: ShortText | None = None
    job_function: Word | None = None
    phone: ShortText | None = None
    do_not_contact: bool | None = Field(
        default=None, description="True: nothing is offered to them; what they ask for is answered."
    )
    company: EnrichedCompany | None = None


class CrmContact(InboundEvent, ContactRecord):
    """The record of one person."""

    email: ShortText
