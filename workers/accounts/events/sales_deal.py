"""An opportunity is opened, won or lost: sales' word of a deal.

In: what sales says of a person, by whatever date. Out: the account's deals, the lead's cycle, hand-offs announced or
withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, SalesAction
from workers.accounts.account_keys import crm_claims
from workers.accounts.evaluation.cycle_end import over
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.touches import settle
from workers.accounts.stages.deals import with_word
from workers.accounts.stages.qualifying import new_cycle
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.sales import Deal
from workers.accounts.state.score import ScoreRow

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case

_REASONS = {
    SalesAction.OPPORTUNITY_OPENED: Reason.OPPORTUNITY_OPENED,
    SalesAction.WON: Reason.OPPORTUNITY_WON,
    SalesAction.LOST: Reason.OPPORTUNITY_LOST,
}
OF_DEALS = frozenset(_REASONS)


def deal_said(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, event: SalesAnswered
) -> tuple[LeadRow, ScoreRow]:
    """Take sales' word of a deal; one that a later word has overtaken changes nothing."""
    said = event.activity
    record = crm_claims.record_of(case)
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
    crm_claims.follow(case)
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
