"""Does a lead belong to a territory? Facts of the company and of the person against one line of the routes.

In: a territory of the policy, what is known. Out: None where every condition holds, else the condition that does not.
Not known is not in the territory; a fact that speaks against it weighs more than one that is missing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.vocabulary import RouteMiss
from workers.accounts.worth.facts import value_of
from workers.policy.routes import Span, plain_postal_code

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


class Asker(NamedTuple):
    """The lead for whom the routes are asked; its points are those with which it became due."""

    facts: tuple[Fact, ...] = ()
    total: int = 0
    grade: str = ""
    signals: frozenset[str] = frozenset()
    """Buying signals among what it has done by now."""
    is_mql: bool = False
    is_sql: bool = False


class Missed(NamedTuple):
    """The condition that keeps a lead out of a territory."""

    fact: str
    why: RouteMiss
    needed: str


def missed(territory: Territory, company: Company | None, asker: Asker, currency: str) -> Missed | None:
    """Return the first condition that a known fact fails, else the first whose fact is unknown, else None."""
    unknown: Missed | None = None
    for name, wanted in territory.given.items():
        found = _found(name, company, asker, currency)
        fact = _FACTS.get(name, name)
        if found is None:
            unknown = unknown or Missed(fact, RouteMiss.FACT_UNKNOWN, _said(wanted))
        elif not _holds(name, wanted, found):
            return Missed(fact, RouteMiss.ELSEWHERE, _said(wanted))
    return unknown


def _found(  # noqa: PLR0911 - one line per condition
    name: str, company: Company | None, asker: Asker, currency: str
) -> Any:
    match name:
        case "regions":
            return company.region if company else None
        case "countries":
            return (company.country if company else None) or value_of(asker.facts, "country")
        case "postal_codes":
            return value_of(asker.facts, "postal_code")
        case "languages":
            return value_of(asker.facts, "language")
        case "revenue":
            is_known = company is not None and company.revenue is not None and company.currency == currency
            return Decimal(company.revenue or 0) if company is not None and is_known else None
        case "employees":
            return company.employees if company else None
        case "grades":
            return asker.grade
        case "signals":
            return asker.signals
        case _:
            return asker.total


def _holds(name: str, wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Span):
        return wanted.holds(found)
    if name == "postal_codes":
        return plain_postal_code(found).startswith(wanted)
    if name == "signals":
        return not found.isdisjoint(wanted)
    return found in wanted


def _said(wanted: Any) -> str:
    if isinstance(wanted, Span):
        return str(wanted)
    most = 20
    return ", ".join(wanted[:most]) + (" ..." if len(wanted) > most else "")
