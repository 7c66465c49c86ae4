"""Sales reports that an opportunity was opened, won or lost.

In: a report of sales about a lead, with its own date. Out: changes to the account's deals and to the lead's cycle, and its
hand-offs, published again or withdrawn. The stored CRM record is not changed: crm_claims.py combines it with the deals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, SalesAction
from workers.accounts.account_keys import crm_claims
from workers.accounts.evaluation.cycle_end import recycle
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.raised_hands import end_all_else, has_asked_since
from workers.accounts.handoffs.touches import clear_early_rejection
from workers.accounts.stages.deals import merge_deal
from workers.accounts.stages.qualifying import new_cycle
from workers.accounts.state.sales import Deal

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case, LeadInHand

_REASONS = {
    SalesAction.OPPORTUNITY_OPENED: Reason.OPPORTUNITY_OPENED,
    SalesAction.WON: Reason.OPPORTUNITY_WON,
    SalesAction.LOST: Reason.OPPORTUNITY_LOST,
}
OF_DEALS = frozenset(_REASONS)


def apply_deal(hand: LeadInHand, event: SalesAnswered) -> None:
    """Record the deal and apply it to the lead. It changes nothing if a later report about the same lead is known.

    A loss ends the lead's cycle, except if the lead has asked for sales since the loss.
    """
    case, activity = hand.case, event.activity
    record = crm_claims.find_crm_record(case)
    deal = Deal(
        lead_id=hand.lead_id,
        rep_id=activity.rep_id,
        state=activity.action,
        at_ms=event.occurred_at_ms,
        amount=None if activity.amount is None else f"{activity.amount:f}",
        currency=None if activity.amount is None else activity.currency or case.terms.policy.currency,
        stands_for=_rep_behind(case, activity.rep_id),
    )
    if record is not None:
        deal = replace(deal, relationship_then=record.relationship)
    deals = merge_deal(case.account.deals, deal)
    if deals is case.account.deals:
        return
    case.change(deals=deals)
    crm_claims.refresh_account(case)
    reason = _REASONS[activity.action]
    if activity.action is SalesAction.LOST:
        if has_asked_since(hand, event.occurred_at_ms):
            end_all_else(hand, reason)
        else:
            recycle(hand, reason, event.occurred_at_ms)
        return
    if hand.lead.verdict is not None and event.occurred_at_ms > hand.lead.said_no_ms:
        hand.lead, hand.score = new_cycle(hand.lead, hand.score)
    if hand.lead.verdict is None:
        hand.change(accepted=True, qualified=True)
    clear_early_rejection(case, hand.lead_id)
    handoffs.republish_all(case, hand.lead, reason)


def _rep_behind(case: Case, rep_id: str) -> str:
    """Return the rep for whom ``rep_id`` holds the account, by rep_id. Empty: for no other rep."""
    holder = case.account.holder
    if holder is None or holder.id != rep_id or holder.stands_for == rep_id:
        return ""
    return holder.stands_for or ""
