"""The model of the ``partners`` section: partners and distributors who get leads of the accounts that they cover.

In: texts of the section. Out: typed agreements. workers/accounts/routing/partners.py finds the partner of an account.
checks/partners.py checks the agreements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Discriminator, Field, Tag, model_validator

from workers.policy.conditions import Region
from workers.policy.part import Part
from workers.policy.scalars import Count, CountryCode, Name, OpeningTime, Text, refuse

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
    """Time to answer a lead who asks for sales: ``raised_hand: 2d``. At most that of ``mql``."""
    mql: OpeningTime
    """Time to answer every other lead: ``mql: 5d``."""


def _form_of_times(value: Any) -> str:
    return TIMES_BY_KIND if isinstance(value, dict | PartnerTimes) else ONE_TIME


class Partner(Part):
    """One partner, who covers every account that meets any of its conditions.

    If several partners cover an account, the first one gets it. Partners of one ``level`` take turns.
    """

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """Regions of the company or, if unknown, of the person, as ISO 3166-2 codes or names: ``regions: [HI]``.

    If the region becomes known while a rep has the account, the account stays with the rep.
    """
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """Countries of the company or, if unknown, of the person: ``countries: [PR]``.

    If the country becomes known while a rep has the account, the account stays with the rep.
    """
    accounts: Annotated[tuple[Text, ...], Field(max_length=1_000)] = ()
    """CRM ids of single accounts that the partner covers: ``accounts: [ACC-7]``."""
    relationship: tuple[Literal["partner", "distributor"], ...] = ()
    """CRM relationships whose accounts the partner covers: ``relationship: [distributor]``."""
    level: Name | None = None
    """The partner's level: ``level: gold``. Partners of one level who cover an account take turns. The levels are asked in
    the order in which the policy names them first. Partners of one level and one region get leads at one stage (``gets``).
    Left out: a level of its own."""
    weight: Annotated[Count, Field(le=100)] | None = None
    """The partner's share of the turns of its level. Of ``weight: 2`` and 1, the first gets two turns of three. Left out:
    1."""
    most_open: Count | None = None
    """The most open leads of the partner, as ``most_open: 10``. A further account goes to the next partner who covers it,
    else to the next route. A further lead of an account that the partner has goes to the partner, and counts. Left out:
    any number."""
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
    then: Literal["return", "report", "next_partner"]
    """Consequence of a missing answer: ``then: return``. return: the account comes back and is routed again, to no partner;
    report: the partner keeps it, and the missing answer is reported; next_partner: the account goes to the next partner who
    covers it and has not had it, else to the next route. That is also so if the partner gives it back. With next_partner, a
    partner who has answered a lead of the account keeps it, and a missing answer to another lead is reported."""
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
    def _require_level_with_weight(self) -> Partner:
        if self.weight is not None and self.level is None:
            refuse(
                "level beside weight, as level: gold: partners of one level take turns",
                "no level",
                at="weight",
            )
        return self

    @model_validator(mode="after")
    def _require_times_that_occur(self) -> Partner:
        if self.gets == "sql" and isinstance(self.answer_within, PartnerTimes):
            refuse(
                "one answer_within with gets: sql, as 2d: inside sales has answered those who ask for sales",
                "two times",
                at="answer_within",
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


class PartnerOrder(NamedTuple):
    """The order in which partners are asked."""

    levels: Mapping[str, int]
    """The place of each partner's level by the name of the partner. From 0."""
    take_turns: bool
    """Whether one desk decides for all partners, because some have a level or a limit."""
    has_limits: bool
    """Whether a partner has at most a number of open leads."""


def order_of(partners: Mapping[str, Partner]) -> PartnerOrder:
    """Return the order of a policy's partners."""
    places: dict[tuple[str, str], int] = {}
    levels = {
        name: places.setdefault(("", name) if one.level is None else (one.level, ""), len(places))
        for name, one in partners.items()
    }
    has_limits = any(one.most_open is not None for one in partners.values())
    return PartnerOrder(levels, has_limits or any(one.level for one in partners.values()), has_limits)
