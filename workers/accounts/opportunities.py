"""An opportunity is opened, won or lost: sales' word of a deal, and the CRM's that one has closed.

In: what sales says of a person, by whatever date; a lead whose account is no customer, or has no open opportunity, any
more. Out: the account's deals, the lead's cycle, hand-offs announced or withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, SalesAction, Stage
from workers.accounts import claims, handoffs
from workers.accounts.counts import after_no
from workers.accounts.deals import with_word
from workers.accounts.ownership import has_open_opportunity, is_customer
from workers.accounts.pending import no_longer_due
from workers.accounts.qualifying import new_cycle
from workers.accounts.rows import LeadRow, ScoreRow
from workers.accounts.said import Deal
from workers.accounts.touches import settle

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case

_REASONS = {
    SalesAction.OPPORTUNITY_OPENED: Reason.OPPORTUNITY_OPENED,
    SalesAction.WON: Reason.OPPORTUNITY_WON,
    SalesAction.LOST: Reason.OPPORTUNITY_LOST,
}
OF_DEALS = frozenset(_REASONS)
BY_ACCOUNT = frozenset({Stage.OPPORTUNITY, Stage.CUSTOMER})
"""Stages that a lead has from its account."""


def deal_said(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, event: SalesAnswered
) -> tuple[LeadRow, ScoreRow]:
    """Take sales' word of a deal; one that a later word has overtaken changes nothing."""
    said = event.activity
    record = claims.record_of(case)
    word = Deal(
        lead_id=lead_id,
        rep_id=said.rep_id,
        state=said.action,
        at_ms=event.occurred_at_ms,
        amount=None if said.amount is None else f"{said.amount:f}",
        currency=None if said.amount is None else said.currency or case.terms.policy.currency,
    )
    if record is not None:
        word = replace(word, relationship_then=record.relationship)
    deals = with_word(case.account.deals, word)
    if deals is case.account.deals:
        return lead, score
    case.change(deals=deals)
    claims.follow(case)
    reason = _REASONS[said.action]
    if said.action is SalesAction.LOST:
        return over(case, lead_id, lead, score, reason, event.occurred_at_ms)
    if lead.verdict is not None and event.occurred_at_ms > lead.said_no_ms:
        lead, score = new_cycle(lead, score)
    if lead.verdict is None:
        lead = replace(lead, accepted=True, qualified=True)
    settle(case, lead_id)
    handoffs.announce(case, lead, reason)
    return lead, score


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
