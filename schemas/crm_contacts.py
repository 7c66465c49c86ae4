"""crm.contacts: the latest CRM record of a person, enrichment included. Key: normalised e-mail; compacted; null deletes."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Identifier, InboundEvent, Model, ShortText
from schemas.crm_accounts import Code, Employees, Revenue


class EnrichedCompany(Model):
    """Facts of an enrichment service about the person's company. A fact in crm.accounts replaces the same fact here."""

    sic: list[Code] = Field(default_factory=list, max_length=20, description="SIC codes of the company.")
    naics: list[Code] = Field(default_factory=list, max_length=20, description="NAICS codes of the company.")
    industry: str | None = Field(default=None, description="The industry in words. Codes take precedence.")
    revenue: Revenue | str | None = Field(
        default=None, description="The company's yearly revenue, also as text such as `$10M-$50M`."
    )
    employees: str | Employees | None = Field(
        default=None, description="The number of employees, or a range or words such as `51-200` or `1,000+`."
    )
    founded: int | str | None = Field(
        default=None, description="The year in which the company was founded, or a date of that year."
    )
    country: str | None = Field(
        default=None,
        description="The company's country: a code of ISO 3166-1, a common alias such as UK, or a name in any language.",
    )
    region: ShortText | None = Field(
        default=None,
        description="The company's region, a state or a province: its ISO 3166-2 code, with or without the country, or name.",
    )


class ContactRecord(Model):
    """The CRM's facts about a person. A field that is left out, null or blank overwrites nothing."""

    crm_lead_id: Identifier | None = Field(
        default=None, description="The person's id as a lead in the CRM. Hand-offs carry it."
    )
    crm_contact_id: Identifier | None = Field(
        default=None, description="The person's id as a contact in the CRM. Hand-offs carry it."
    )
    crm_account_id: Identifier | None = Field(
        default=None,
        description="The account of which the person is a contact. It matches people with free mail to that account.",
    )
    first_name: ShortText | None = Field(default=None, description="The person's first name.")
    last_name: ShortText | None = Field(default=None, description="The person's last name.")
    job_title: ShortText | None = Field(
        default=None, description="The person's job title. It replaces the one given in a form."
    )
    job_function: str | None = Field(
        default=None,
        description="The person's function, as a name or words of the policy's `functions`. It replaces that of a form.",
    )
    phone: ShortText | None = Field(default=None, description="The person's phone number, in any notation.")
    region: ShortText | None = Field(
        default=None,
        description="The person's region, a state or a province: its ISO 3166-2 code, with or without the country, or name. It "
        "replaces that of a form, and counts where the company's region is unknown.",
    )
    do_not_contact: bool | None = Field(
        default=None,
        description="Whether the person must not be contacted. Then only what they ask for is answered.",
    )
    company: EnrichedCompany | None = Field(
        default=None, description="Facts of an enrichment service about the person's company."
    )
    owner_rep_id: Identifier | None = Field(
        default=None,
        description="The rep who owns the person's record in the CRM. Used if the policy has the route `contact_has_owner`.",
    )


class CrmContact(InboundEvent, ContactRecord):
    """The record of one person. A field that is left out, null or blank keeps its last value."""

    email: ShortText = Field(
        description="The person's e-mail address. Normalised (trimmed, without a display name, in lower case) it is the "
        "record's key."
    )
