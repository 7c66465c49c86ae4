"""Skills that a lead needs of its rep: a language and a company segment (policy key ``skills``).

In: facts of the company and the person. Out: names that desks compare with the skills of reps. The language is the one
that the person stated, else that of the company's country, else that of the country that the person named. The segment
follows the company's size and conditions with names. An unknown fact needs no skill. It chooses no rep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workers.accounts.routing.lead_country import country_of
from workers.accounts.routing.territories import find_unmet
from workers.accounts.state.company_bounds import employees_bounds, revenue_bounds
from workers.accounts.worth.facts import value_of

if TYPE_CHECKING:
    from workers.accounts.routing.territories import LeadProfile
    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy
    from workers.policy.skills import Segment


class Needs(NamedTuple):
    """The skills that a lead needs."""

    language: str | None = None
    """Language that the rep must speak. None: no special one."""
    segment: str | None = None
    """Segment of the policy that the rep must know. None: no special one."""


NO_NEEDS = Needs()
"""The needs of a lead without special skills."""


def needs_of(policy: Policy, company: Company | None, lead: LeadProfile) -> Needs:
    """Return the skills that a lead at this company needs."""
    skills = policy.skills
    if skills is None:
        return NO_NEEDS
    stated = value_of(lead.facts, "language")
    return Needs(
        skills.listed_language(stated) if stated else skills.language_of(country_of(company, lead.facts)),
        next((name for name, one in skills.segment.items() if _is_in(policy, one, company, lead)), None),
    )


def _is_in(policy: Policy, segment: Segment, company: Company | None, lead: LeadProfile) -> bool:
    """Whether a lead at this company is in a segment."""
    if not segment.has_size(revenue_bounds(company, policy.currency), employees_bounds(company)):
        return False
    tested = segment.by_name
    return tested is None or find_unmet(tested, company, lead, policy.currency, policy.conditions) is None
