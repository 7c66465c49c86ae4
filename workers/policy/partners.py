"""Partners and distributors: which accounts are theirs, at which stage they get a lead, how fast they answer, what they see.

In: texts of the policy's ``partners``. Out: typed agreements. Which partner covers an account is decided in
workers/accounts/routing/partners.py, whether that may be is checked in checks/partners.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.part import Part
from workers.policy.routes import Region
from workers.policy.scalars import CountryCode, Name, OpeningTime, Text, refuse

Seen = Literal[
    "name",
    "email",
    "phone",
    "company",
    "job_title",
    "country",
    "request",
    "campaign",
    "points",
    "colleagues",
    "crm_ids",
]
"""What a partner may be shown of a lead."""


class Partner(Part):
    """One agreement. A partner covers an account that any of its conditions names; of several partners the first."""

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """Accounts of these regions, as the CRM writes them: ``regions: [HI]``."""
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """Accounts of these countries: ``countries: [PR]``."""
    accounts: Annotated[tuple[Text, ...], Field(max_length=1_000)] = ()
    """Single accounts by their id in the CRM: ``accounts: [ACC-7]``."""
    relationship: tuple[Literal["partner", "distributor"], ...] = ()
    """Accounts that the CRM calls so: ``relationship: [distributor]``."""
    gets: Literal["mql", "sql"]
    """mql: at once; sql: after inside sales has qualified it. The definition of that word goes with every message:
    ``gets: sql``."""
    answer_within: OpeningTime
    """How long the partner has for the first response, in the calendar's opening hours: ``answer_within: 16h``."""
    calendar: Name | None = None
    """A calendar of ``calendars``; left out, that of the desk of ``otherwise``: ``calendar: west``."""
    then: Literal["return", "report"]
    """When the time is over: return takes the account back and judges it again, report only says so: ``then: return``."""
    sees: Annotated[tuple[Seen, ...], Field(max_length=20)]
    """What the partner may be shown of a lead, and nothing else: ``sees: [name, company, job_title, request]``."""

    @model_validator(mode="after")
    def _covers_something(self) -> Partner:
        if not self.conditions:
            refuse("at least one of regions, countries, accounts, relationship: else it covers nobody")
        if not self.sees:
            refuse("at least one thing to see: a lead without anything is none")
        return self

    @property
    def conditions(self) -> dict[str, frozenset[str]]:
        """The conditions that are given, by key."""
        said = {
            "regions": self.regions,
            "countries": self.countries,
            "accounts": self.accounts,
            "relationship": self.relationship,
        }
        return {name: frozenset(values) for name, values in said.items() if values}
