"""Territories: conditions of a route line on the facts of a company and a lead.

In: a territory of the policy, and the known facts. Out: None if every condition holds, else the first that does not.
An unknown fact keeps a lead out. A known fact that fails is reported before an unknown one. It chooses no desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.vocabulary import RouteMiss
from workers.accounts.routing.lead_country import country_of
from workers.accounts.state.company_bounds import employees_bounds, revenue_bounds
from workers.accounts.worth.facts import value_of
from workers.identity.region_names import is_in_regions
from workers.policy.routes import Span, normalize_postal_code

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company, Fact
    from workers.policy.routes import Territory

_FACTS = {
    "regions": "region",
    "countries": "country",
    "postal_codes": "postal_code",
    "languages": "language",
    "grades": "grade",
}
"""Name of the fact that each condition tests, where the two names differ."""


class LeadProfile(NamedTuple):
    """The values of a lead that the conditions of routes test."""

    facts: tuple[Fact, ...] = ()
    """Facts of the person."""
    total: int = 0
    """Points of fit and behaviour with which the lead became due."""
    grade: str = ""
    """Grade of those points."""
    signals: frozenset[str] = frozenset()
    """Buying signals that the lead has given by now."""
    is_mql: bool = False
    """Whether the lead became an MQL in this cycle."""
    is_sql: bool = False
    """Whether sales qualified the lead in this cycle."""
    contact_owner: str | None = None
    """Rep who owns the person's record in the CRM. None: it names no one."""


class UnmetCondition(NamedTuple):
    """The condition that keeps a lead out of a territory."""

    fact: str
    """Name of the fact that the condition tests."""
    why: RouteMiss
    """``elsewhere`` for a known fact, ``fact_unknown`` for an unknown one."""
    needed: str
    """Values that the condition needs, as text."""


def find_unmet(
    territory: Territory, company: Company | None, lead: LeadProfile, currency: str
) -> UnmetCondition | None:
    """Return the first condition that a known fact fails, else the first whose fact is unknown, else None."""
    unknown: UnmetCondition | None = None
    for name, wanted in territory.given.items():
        found = _found(name, company, lead, currency)
        fact = _FACTS.get(name, name)
        holds = None if found is None else _holds(name, wanted, found)
        if holds is None:
            unknown = unknown or UnmetCondition(fact, RouteMiss.FACT_UNKNOWN, _text_of(wanted))
        elif not holds:
            return UnmetCondition(fact, RouteMiss.ELSEWHERE, _text_of(wanted))
    return unknown


def _found(  # noqa: PLR0911 - one line per condition
    name: str, company: Company | None, lead: LeadProfile, currency: str
) -> Any:
    """Return the fact that a condition tests, or None if it is unknown."""
    match name:
        case "regions":
            return (company.region, company.country) if company and company.region else None
        case "countries":
            return country_of(company, lead.facts)
        case "postal_codes":
            return value_of(lead.facts, "postal_code")
        case "languages":
            return value_of(lead.facts, "language")
        case "revenue":
            return revenue_bounds(company, currency)
        case "employees":
            return employees_bounds(company)
        case "grades":
            return lead.grade
        case "signals":
            return lead.signals
        case _:
            return lead.total


def _holds(name: str, wanted: Any, found: Any) -> bool | None:
    """Whether a known fact fulfils its condition. None: only a part of its range does."""
    if isinstance(wanted, Span):
        return wanted.holds_range(*found) if isinstance(found, tuple) else wanted.holds(found)
    if name == "regions":
        region, country = found
        return is_in_regions(region, country, wanted)
    if name == "postal_codes":
        return normalize_postal_code(found).startswith(wanted)
    if name == "signals":
        return not found.isdisjoint(wanted)
    return found in wanted


def _text_of(wanted: Any) -> str:
    """Return the wanted values as text, at most 20 of them."""
    if isinstance(wanted, Span):
        return str(wanted)
    most = 20
    return ", ".join(wanted[:most]) + (" ..." if len(wanted) > most else "")
