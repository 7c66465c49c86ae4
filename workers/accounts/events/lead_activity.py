"""Somebody comes by: who that is, what brought them, that it is a touch, and what it is worth now.

In: a fact of a person. Out: the lead as it is after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.account_keys import contact_lookup
from workers.accounts.evaluation import expiry
from workers.accounts.evaluation.evaluate import enter, judge
from workers.accounts.rulebook.campaign_responses import responded
from workers.accounts.worth.facts import latest_campaign

if TYPE_CHECKING:
    from schemas.lead_events import LeadActivity, LeadChat, LeadConsent, LeadForm, LeadIdentified
    from workers.accounts.case import Case
    from workers.accounts.stages.qualifying import Occasion
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow
    from workers.accounts.worth.durations import Counted


def met(case: Case, event: LeadIdentified | LeadActivity | LeadForm | LeadChat | LeadConsent) -> LeadRow:
    """Return the person, who is a lead from now on if that was not known before."""
    held = case.lead(event.lead_id)
    lead = enter(case, event.lead_id, held) if event.type != "lead_consent" else held
    if event.type == "lead_identified" and lead.email is None:
        lead = replace(lead, email=event.email, role_address=event.role_address)
    if lead is not held:
        case.put_lead(event.lead_id, lead)
        if held.stage is None and lead.stage is not None:
            expiry.begin(case, event.lead_id, event.occurred_at_ms)
    if event.type == "lead_identified" and held.stage is not None:
        expiry.identified(case, event.lead_id, lead, event.occurred_at_ms)
    return lead


def came_by(case: Case, lead: LeadRow, event: LeadActivity | LeadForm) -> LeadRow:
    """Return the lead with the campaign that brought it; the account remembers who was active."""
    if not lead.role_address:  # a mailbox of a function is nobody's colleague
        case.was_active(event.lead_id, event.occurred_at_ms)
    campaign = latest_campaign(lead.campaign, event.campaign, event.occurred_at_ms)
    if campaign is lead.campaign:
        return lead
    made = replace(lead, campaign=campaign)
    case.put_lead(event.lead_id, made)
    return made


def touched(
    case: Case,
    event: LeadActivity | LeadForm,
    lead: LeadRow,
    before: ScoreRow,
    counted: Counted,
    *,
    has_responded: bool,
) -> tuple[LeadRow, Counted]:
    """Return the lead after what it did as a touch: it does not expire yet, or has not expired.

    A response to a campaign is one of the cycle that goes on because of it.
    """
    made, score = expiry.touched(
        case,
        event.lead_id,
        lead,
        before,
        counted.score,
        event.occurred_at_ms,
        is_history=event.imported,
    )
    if has_responded:
        answered = responded(made, case.terms.day_of(event.occurred_at_ms))
        if answered is not made:
            made = answered
            case.put_lead(event.lead_id, made)
    return made, counted if score is counted.score else counted._replace(score=score)


def judge_counted(
    case: Case,
    lead_id: str,
    lead: LeadRow,
    before: ScoreRow,
    counted: Counted,
    occasion: Occasion,
    *,
    say: bool,
) -> None:
    """Judge a lead by what it just did."""
    if occasion.earned:
        contact_lookup.earned(case)
    if not say and counted.score is not before:
        case.rows.put(counted.score, case.key, lead_id)  # nothing counts, but when it was is remembered
    judge(case, lead_id, lead, counted.score, occasion, say=say)
