"""crm.accounts: the CRM's last word on a company. Key: crm_account_id; compacted; null deletes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Identifier, InboundEvent, Instant, Model, ShortText
from schemas.vocabulary import Relationship

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{2,8}$")]
"""A SIC or NAICS code: text, because leading zeros count."""


DomainText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=253, pattern=r"^[^\x00-\x20\x7f]+$"),
]
"""A domain as the CRM has it; whether it can be an account's is judged by the directory."""


class Revenue(Model):
    """A yearly revenue."""

    amount: Decimal = Field(ge=0, le=10**18, max_digits=24, decimal_places=6)
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")


class OpenOpportunity(Model):
    """An opportunity that is open now."""

    opportunity_id: Identifier
    owner_rep_id: Identifier
    opened_at: Instant


class CrmAccount(InboundEvent):
    """The whole record, not a difference; but of a fact that it leaves blank what was said before holds."""

    crm_account_id: Identifier
    name: ShortText
    other_names: list[ShortText] = Field(
        default_factory=list, max_length=20, description="Former and short names, brands."
    )
    domains: list[DomainText] = Field(
        default_factory=list, max_length=50, description="Registrable domains, the primary one first."
    )
    parent_crm_account_id: Identifier | None = None
    sic: list[Code] = Field(default_factory=list, max_length=20)
    naics: list[Code] = Field(default_factory=list, max_length=20)
    revenue: Revenue | None = None
    employees: int | None = Field(default=None, ge=0, le=10**9)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2.")
    region: ShortText | None = None
    postal_code: ShortText | None = None
    phone: ShortText | None = None
    relationship: Relationship = Relationship.PROSPECT
    owner_rep_id: Identifier | None = None
    open_opportunities: list[OpenOpportunity] = Field(default_factory=list, max_length=50)
    facts_confirmed_at: Instant | None = None
