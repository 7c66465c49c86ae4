"""The nurture path of a lead: the first line of the policy whose conditions hold, while sales does not have the lead.

In: the stage of a lead and its score. Out: the name of a path. None: a hand-off is due or open, the person may not be
contacted, or no line holds. Nothing is stored: the path is published with the score from which it follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.routing.permission import restriction
from workers.accounts.worth.signals_given import signals_of

if TYPE_CHECKING:
    from schemas.vocabulary import Stage
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow


def path_of(terms: Terms, lead: LeadRow, stage: Stage, fit: Fit, behaviour: Behaviour) -> str | None:
    """Return the lead's path as of this score, or None."""
    if not terms.paths or is_with_sales(lead) or restriction(terms, lead) is not None:
        return None
    for line in terms.paths:
        needs = line.condition
        if (
            stage in needs.stages
            and (needs.total is None or needs.total.holds(fit.points + behaviour.points))
            and (not needs.grades or terms.grade(fit.points, behaviour.points) in needs.grades)
            and (not needs.signals or not signals_of(terms, behaviour).isdisjoint(needs.signals))
        ):
            return line.name
    return None


def is_with_sales(lead: LeadRow) -> bool:
    """Whether a hand-off of the lead is due or open."""
    return bool(lead.pending or lead.handoffs)
