"""A cycle ends with its opportunity, or because a customer is one no more.

In: a lead, and what its account is now. Out: the lead, recycled or in a new cycle, its hand-offs withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, Stage
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.queue import no_longer_due
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.stages.qualifying import new_cycle
from workers.accounts.worth.counts import after_no

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow

BY_ACCOUNT = frozenset({Stage.OPPORTUNITY, Stage.CUSTOMER})
"""Stages that a lead has from its account."""


def over(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, why: Reason, at_ms: int
) -> tuple[LeadRow, ScoreRow]:
    """Return the lead as recycled since ``at_ms``; a cycle that has ended already ended then."""
    if lead.verdict is not None:
        return lead, score
    lead = no_longer_due(case, lead_id, lead)
    lead = handoffs.close_all_of(case, lead, (why,))
    lead = replace(lead, verdict=Stage.RECYCLED, verdict_why=why, said_no_ms=at_ms)
    return lead, after_no(case.terms, score, at_ms)


def closed_by_crm(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, excluded: Reason | None
) -> tuple[LeadRow, ScoreRow]:
    """Return the lead after its account's opportunity closed without a customer, or after a customer was one no more.

    What was handed over with an opportunity comes back as recycled. A former customer is a prospect in a new cycle.
    """
    if lead.stage not in BY_ACCOUNT:
        return lead, score
    company = case.account.company
    if (
        excluded is not None
        or lead.verdict is not None
        or is_customer(company)
        or has_open_opportunity(company)
    ):
        return lead, score
    if lead.stage is Stage.OPPORTUNITY and lead.handoffs:
        return over(case, lead_id, lead, score, Reason.OPPORTUNITY_CLOSED, case.now_ms)
    if lead.stage is Stage.CUSTOMER:
        lead = no_longer_due(case, lead_id, lead)
        lead = handoffs.close_all_of(case, lead, (Reason.CUSTOMER_NO_MORE,))
        return new_cycle(lead, score)
    return lead, score
