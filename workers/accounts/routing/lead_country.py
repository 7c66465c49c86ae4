"""The country and the region of a lead, as routes, partners and skills test them: the company's, else the person's.

In: facts of the company and the person. Out: a country code, a region, or None. It chooses no route. The country gate is stricter:
it tests the company's country alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.worth.facts import value_of
from workers.identity.country_names import read_country

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company, Fact


def country_of(company: Company | None, facts: tuple[Fact, ...]) -> str | None:
    """Return the company's country; if it is unknown, the country that the person named. ISO 3166-1 alpha-2."""
    known = company.country if company is not None else None
    return read_country(known) or read_country(value_of(facts, "country"))


def region_of(company: Company | None, facts: tuple[Fact, ...]) -> tuple[str, str | None] | None:
    """Return the region of a lead, with the country in which it is read. None: it is unknown.

    It is the company's region. If that is unknown, it is the one that the person named, unless the person named another
    country than the company's.
    """
    known = company.country if company is not None else None
    if company is not None and company.region:
        return company.region, known
    region, stated = value_of(facts, "region"), read_country(value_of(facts, "country"))
    if region is None or (known and stated and known != stated):
        return None
    return region, known or stated
