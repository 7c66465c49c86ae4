"""The country of a lead, as routes, partners and skills test it: the company's, else the one that the person named.

In: facts of the company and the person. Out: a country code, or None. It chooses no route. The country gate is stricter:
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
