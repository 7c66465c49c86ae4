"""The nurture path of a lead: the first line of the policy whose conditions hold, while sales does not have the lead.

In: the stage of a lead, its score, and for named conditions its facts. Out: the name of a path. None: a hand-off is due or open, the person may not be
contacted, or no line holds. Nothing is stored: the path is published with the score from which it follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.routing.lead_profile import profile_of
from workers.accounts.routing.permission import restriction
from workers.accounts.routing.territories import find_unmet
from workers.accounts.worth.signals_given import signals_of

if TYPE_CHECKING:
    from schemas.vocabulary import Stage
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.facts import Company
    from workers.accounts.state.lead import LeadRow
    from workers.policy.conditions import Territory


def path_of(
    terms: Terms,
    company: Company | None,
    lead: LeadRow,
    stage: Stage,
    fit: Fit,
    behaviour: Behaviour,
    day: int,
) -> str | None:
    """Return the lead's path as of this score, or None. ``day``: that of the score."""
    if not terms.paths or is_with_sales(lead) or restriction(terms, lead) is not None:
        return None
    for line in terms.paths:
        needs = line.condition
        if (
            stage in needs.stages
            and (needs.total is None or needs.total.holds(fit.points + behaviour.points))
            and (not needs.grades or terms.grade(fit.points, behaviour.points) in needs.grades)
            and (not needs.signals or not signals_of(terms, behaviour).isdisjoint(needs.signals))
            and (needs.by_name is None or _holds(terms, needs.by_name, company, lead, fit, behaviour, day))
        ):
            return line.name
    return None


def _holds(
    terms: Terms,
    by_name: Territory,
    company: Company | None,
    lead: LeadRow,
    fit: Fit,
    behaviour: Behaviour,
    day: int,
) -> bool:
    """Whether the named conditions of a line hold. An unknown fact fulfils none."""
    total, grade = fit.points + behaviour.points, terms.grade(fit.points, behaviour.points)
    profile = profile_of(terms, lead, total, grade, signals_of(terms, behaviour), day)
    return find_unmet(by_name, company, profile, terms.policy.currency, terms.policy.conditions) is None


def is_with_sales(lead: LeadRow) -> bool:
    """Whether a hand-off of the lead is due or open."""
    return bool(lead.pending or lead.handoffs)
