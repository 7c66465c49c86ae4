"""crm.accounts: the latest CRM record of a company. Key: crm_account_id; compacted; null deletes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import CustomFields, Identifier, InboundEvent, Instant, Model, ShortText
from schemas.vocabulary import Relationship

Code = Annotated[str, StringConstraints(strip_whitespace=True)]
"""A SIC or NAICS code, a range such as 31-33, or a code with words. A text, because leading zeros count."""


DomainText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=253, pattern=r"^[^\x00-\x20\x7f]+$"),
]
"""A domain as the CRM has it. The directory decides whether it can identify an account."""


Employees = Annotated[int, Field(ge=0, le=10**9)]
"""An exact number of employees. At most 10**9."""
Amount = Annotated[Decimal, Field(ge=0, le=10**18, max_digits=24, decimal_places=6)]
"""An exact amount in whole units of a currency. At most 10**18."""


class Revenue(Model):
    """A yearly revenue."""

    amount: Annotated[Amount | str, Field(union_mode="left_to_right")] = Field(
        description="The revenue of a year, in whole units of the currency, or a range or words such as `10M-50M`. Send an "
        "exact amount as text to keep it exact."
    )
    currency: str | None = Field(
        default=None, description="The currency, ISO 4217. It may be left out if the amount names it."
    )


class OpenOpportunity(Model):
    """An opportunity that is open now."""

    opportunity_id: Identifier = Field(description="The opportunity's id in the CRM.")
    owner_rep_id: Identifier = Field(description="The rep who owns the opportunity.")
    opened_at: Instant | None = Field(
        default=None,
        description="When the opportunity was opened. Of several open ones the owner of the latest gets the leads. Left out: "
        "before all others.",
    )


class CrmAccount(InboundEvent):
    """The whole record of a company, not a difference.

    A blank `sic`, `naics`, `industry`, `revenue`, `employees`, `founded`, `country`, `region`, `postal_code` or `phone`
    keeps its last value, and so does each custom field. All other fields are taken as they are: an owner or an opportunity that is left out is removed.
    """

    STAND_INS: ClassVar[Mapping[str, str]] = {"name": ""}
    """Values of required fields that cannot be read, although they are neither identity nor time."""

    SEPARATED: ClassVar[tuple[str, ...]] = ("domains",)
    """Lists whose items are sometimes written as one text, with commas, semicolons or blanks between them."""

    crm_account_id: Identifier = Field(
        description="The account's id in the CRM. It is also the record's key."
    )
    name: ShortText = Field(description="The name of the company.")
    other_names: list[ShortText] = Field(
        default_factory=list,
        max_length=20,
        description="Further names under which people know the company: former and short names, brands.",
    )
    domains: list[DomainText] = Field(
        default_factory=list,
        max_length=50,
        description="The company's domains, the primary one first. Each is reduced to its registrable domain. Domains "
        "of free mail and of sites that companies share are dropped, and reported by the alert `domain_dropped`.",
    )
    parent_crm_account_id: Identifier | None = Field(
        default=None,
        description="The id of the parent company. The policy may give a subsidiary's leads to the parent's owner.",
    )
    sic: list[Code] = Field(
        default_factory=list,
        max_length=20,
        description="SIC codes of 2 to 8 digits, or ranges such as `60-62`. Any listed code is enough for a gate.",
    )
    naics: list[Code] = Field(
        default_factory=list,
        max_length=20,
        description="NAICS codes of 2 to 8 digits, or ranges such as `31-33`. Any listed code is enough for a gate.",
    )
    industry: str | None = Field(
        default=None,
        description="The industry in words. A table of the policy names its code. Codes take precedence.",
    )
    revenue: Revenue | str | None = Field(
        default=None, description="The company's yearly revenue, also as text such as `$10M-$50M`."
    )
    employees: str | Employees | None = Field(
        default=None, description="The number of employees, or a range or words such as `51-200` or `1,000+`."
    )
    founded: int | str | None = Field(
        default=None,
        description="The year in which the company was founded, or a date of that year, as `1998` or `1998-05-01`. Only the "
        "year counts.",
    )
    country: str | None = Field(
        default=None,
        description="The company's country: a code of ISO 3166-1, a common alias such as UK, or a name in any language.",
    )
    region: ShortText | None = Field(
        default=None,
        description="The company's region, a state or a province: its ISO 3166-2 code, with or without the country, or name.",
    )
    fields: CustomFields | None = Field(
        default=None,
        description='Custom fields of the account that the policy tests, as `{"plan": "gold"}`. Names are compared in '
        "lower case, with underscores between words. A field that is left out or blank keeps its last value. The 20 stated "
        "last are kept.",
    )
    postal_code: ShortText | None = Field(default=None, description="The company's postal code.")
    phone: ShortText | None = Field(default=None, description="The company's phone number, in any notation.")
    relationship: Relationship = Field(
        default=Relationship.PROSPECT, description="The company's relationship to us."
    )
    owner_rep_id: Identifier | None = Field(
        default=None, description="The rep who owns the account. Left out: the account has no owner."
    )
    open_opportunities: list[OpenOpportunity] = Field(
        default_factory=list, max_length=50, description="All opportunities that are open now."
    )
    facts_confirmed_at: Instant | None = Field(
        default=None,
        description="When the record's facts were last confirmed. A time after a `not_our_market` rejection ends its "
        "effect.",
    )
