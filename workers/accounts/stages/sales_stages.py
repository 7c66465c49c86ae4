"""How far sales has brought a lead in its cycle: accepted (SAL) or qualified (SQL), by sales itself or only by a partner.

In: a lead, and whether a partner has its account. Out: the lead after the feedback, or after the partner had it. A
partner that returns an account undoes only what the partner itself has reported. Nothing is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.stages.qualifying import new_cycle

if TYPE_CHECKING:
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow


def accepted_lead(lead: LeadRow, *, by_partner: bool) -> LeadRow:
    """Return the lead as accepted. A lead that is accepted already stays as it is."""
    return lead if lead.accepted else replace(lead, accepted=True, accepted_by_partner=by_partner)


def qualified_lead(lead: LeadRow, *, by_partner: bool) -> LeadRow:
    """Return the lead as accepted and qualified. A lead that is qualified already stays as it is."""
    if lead.qualified:
        return lead
    made = accepted_lead(lead, by_partner=by_partner)
    return replace(made, qualified=True, qualified_by_partner=by_partner)


def cycle_after_partner(lead: LeadRow, score: ScoreRow) -> tuple[LeadRow, ScoreRow]:
    """Return the lead at the beginning of the cycle after a partner had it. It is as far as sales itself had brought it.

    A lead that sales has accepted or qualified stays an SAL or SQL. What only the partner reported is not kept.
    """
    own = without_partner_stage(lead)
    fresh, points = new_cycle(lead, score)
    is_worked = own.accepted or own.qualified
    reached = own.reached_mql and is_worked
    return replace(fresh, accepted=own.accepted, qualified=own.qualified, reached_mql=reached), points


def without_partner_stage(lead: LeadRow) -> LeadRow:
    """Return the lead without what only a partner has reported: that it was accepted or qualified."""
    if not (lead.accepted_by_partner or lead.qualified_by_partner):
        return lead
    return replace(
        lead,
        accepted=lead.accepted and not lead.accepted_by_partner,
        qualified=lead.qualified and not lead.qualified_by_partner,
        accepted_by_partner=False,
        qualified_by_partner=False,
    )
