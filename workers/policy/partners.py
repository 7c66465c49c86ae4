"""The model of the ``partners`` section: partners and distributors who get leads of the accounts that they cover.

In: texts of the section. Out: typed agreements. workers/accounts/routing/partners.py finds the partner of an account.
checks/partners.py checks the agreements.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from workers.policy.conditions import Region
from workers.policy.part import Part
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
"""A field of a lead that a partner may see."""


TIMES_BY_KIND, ONE_TIME = "times by kind", "one time"
"""Tags of the two forms of ``answer_within``, for pydantic only. They are not part of the file."""


class PartnerTimes(Part):
    """Times to the first response of a partner who gets MQLs, by kind of lead."""

    raised_hand: OpeningTime
    """Time to answer a lead who asks for sales: ``raised_hand: 2d``."""
    mql: OpeningTime
    """Time to answer every other lead: ``mql: 5d``."""


def _form_of_times(value: Any) -> str:
    return TIMES_BY_KIND if isinstance(value, dict | PartnerTimes) else ONE_TIME


class Partner(Part):
    """One partner, who covers every account that meets any of its conditions.

    If several partners cover an account, the first one gets it.
    """

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """Regions whose accounts the partner covers, as ISO 3166-2 codes or names: ``regions: [HI]``."""
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """Countries of the company or, if unknown, of the person: ``countries: [PR]``.

    If the country becomes known while a rep has the account, the account stays with the rep.
    """
    accounts: Annotated[tuple[Text, ...], Field(max_length=1_000)] = ()
    """CRM ids of single accounts that the partner covers: ``accounts: [ACC-7]``."""
    relationship: tuple[Literal["partner", "distributor"], ...] = ()
    """CRM relationships whose accounts the partner covers: ``relationship: [distributor]``."""
    gets: Literal["mql", "sql"]
    """The stage at which the partner gets a lead. mql: at once; sql: after inside sales has qualified it. Every message
    to the partner carries the definition of that term: ``gets: sql``."""
    answer_within: Annotated[
        Annotated[PartnerTimes, Tag(TIMES_BY_KIND)] | Annotated[OpeningTime, Tag(ONE_TIME)],
        Discriminator(_form_of_times),
    ]
    """Time to the first response: opening hours of the calendar, as ``16h``, or business days, as ``2d``. A partner who
    gets MQLs may have two times: ``answer_within: {raised_hand: 2d, mql: 5d}``."""
    calendar: Name | None = None
    """A calendar of ``calendars``: ``calendar: west``. Left out: the calendar of the desk of ``otherwise``."""
    then: Literal["return", "report"]
    """Consequence of a missing answer: ``then: return``. return: the account comes back and is routed again; report: the
    partner keeps it, and the missing answer is reported."""
    sees: Annotated[tuple[Seen, ...], Field(max_length=20)]
    """Fields of a lead that the partner sees; others are withheld: ``sees: [name, company, job_title, request]``."""

    @model_validator(mode="after")
    def _require_conditions_and_fields(self) -> Partner:
        if not self.conditions:
            refuse(
                "at least one of regions, countries, accounts, relationship: otherwise the partner covers no account"
            )
        if not self.sees:
            refuse("at least one field in sees: otherwise the partner gets leads without content")
        return self

    @model_validator(mode="after")
    def _require_times_that_occur(self) -> Partner:
        if self.gets == "sql" and isinstance(self.answer_within, PartnerTimes):
            refuse(
                "one answer_within with gets: sql, as 2d: inside sales has answered those who ask for sales",
                "two times",
            )
        return self

    def time_for(self, *, raised_hand: bool) -> OpeningTime:
        """Return the time to answer a lead. ``raised_hand``: whether the lead asks for sales."""
        times = self.answer_within
        if isinstance(times, PartnerTimes):
            return times.raised_hand if raised_hand else times.mql
        return times

    @property
    def has_times_by_kind(self) -> bool:
        """Whether leads who ask for sales have a time of their own."""
        return isinstance(self.answer_within, PartnerTimes)

    @property
    def conditions(self) -> dict[str, frozenset[str]]:
        """Return the conditions that are given, by key."""
        conditions = {
            "regions": self.regions,
            "countries": self.countries,
            "accounts": self.accounts,
            "relationship": self.relationship,
        }
        return {name: frozenset(values) for name, values in conditions.items() if values}
