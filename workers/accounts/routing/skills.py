"""Skills that a lead needs of its rep: a language and a company segment (policy key ``skills``).

In: facts of the company and the person. Out: names that desks compare with the skills of reps. The language is the one
that the person stated, else that of the company's country, else that of the country that the person named. The segment
follows the company's size. An unknown fact needs no skill. It chooses no rep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workers.accounts.routing.lead_country import country_of
from workers.accounts.state.company_bounds import employees_bounds, revenue_bounds
from workers.accounts.worth.facts import value_of

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company, Fact
    from workers.policy.model import Policy


class Needs(NamedTuple):
    """The skills that a lead needs."""

    language: str | None = None
    """Language that the rep must speak. None: no special one."""
    segment: str | None = None
    """Segment of the policy that the rep must know. None: no special one."""


NO_NEEDS = Needs()
"""The needs of a lead without special skills."""


def needs_of(policy: Policy, company: Company | None, facts: tuple[Fact, ...]) -> Needs:
    """Return the skills that a person with these facts at this company needs."""
    skills = policy.skills
    if skills is None:
        return NO_NEEDS
    stated = value_of(facts, "language")
    return Needs(
        skills.listed_language(stated) if stated else skills.language_of(country_of(company, facts)),
        skills.segment_of(revenue_bounds(company, policy.currency), employees_bounds(company)),
    )
