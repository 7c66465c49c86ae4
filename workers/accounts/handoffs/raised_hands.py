"""Raised hands that no rep has answered yet. They survive every change of their account.

In: a lead and its account after a change. Out: hand-offs without a request withdrawn, those of an open request
published again. The holder stays here. If another rep owns the account now, desk_protocol/ reassigns the hand-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Kind
from workers.accounts.handoffs import handoffs, open_index
from workers.accounts.handoffs.substitutes import account_for_routes, is_substitute
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.routes import plan_for
from workers.accounts.state.handoff import HandoffRow, PendingRow

if TYPE_CHECKING:
    from schemas.vocabulary import Qualification, Reason
    from workers.accounts.case import Case, LeadInHand


def is_unanswered(row: HandoffRow) -> bool:
    """Whether a hand-off is for a raised hand that no rep has answered. A label alone makes no raised hand."""
    return row.qualification is not None and row.kind is not Kind.MQL and row.touched_ms is None


def has_open_request(hand: LeadInHand) -> bool:
    """Whether the lead asked for sales and waits for the answer: its hand-off is due, or open and untouched."""
    return has_asked_since(hand, -1)


def has_asked_since(hand: LeadInHand, at_ms: int) -> bool:
    """Whether the lead has an open request that it made after ``at_ms``. Milliseconds UTC.

    Feedback of that date has answered the open hand-offs that are older. Only one that is still due has its own date.
    """
    case, lead = hand.case, hand.lead
    due = case.rows.get(PendingRow, case.key, lead.pending, hand.lead_id) if lead.pending else None
    if due is not None and due.raised and due.since_ms > at_ms:
        return True
    rows = (case.rows.get(HandoffRow, case.key, one) for one in lead.handoffs)
    return any(row is not None and is_unanswered(row) for row in rows)


def end_all_else(hand: LeadInHand, why: Reason) -> None:
    """Withdraw the lead's hand-offs that its account has ended, except those of its open request.

    The lead stays in its cycle, because its request belongs to it. What sales did before the end counts no more.
    """
    case = hand.case
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None and not is_unanswered(row):
            hand.lead = handoffs.close(case, handoff_id, row, hand.lead, (why,))
    hand.change(accepted=False, qualified=False, claimed=False)


def publish_kept(hand: LeadInHand, why: Reason, label: Qualification) -> None:
    """Publish the lead's kept hand-offs by the route that now leads to their holder, once.

    If another rep owns the account now, the revision that reassigns them carries it.
    """
    case = hand.case
    _follow_routes(case)
    holder, owner = case.account.holder, owner_of(case.terms.policy, case.account)
    if holder is None:
        return
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None:
            continue
        made = replace(row, qualification=label)
        if owner is not None and owner.rep_id != holder.stands_for:
            open_index.write_handoff(case, handoff_id, made)
        else:
            made = made if row.withdrawn_for else replace(made, holder=holder)
            handoffs.republish(case, handoff_id, made, hand.lead, why)


def _follow_routes(case: Case) -> None:
    """Record by which route the account's holder has it now, if the routes name the same rep."""
    holder = case.account.holder
    if holder is None:
        return
    plan = plan_for(case.terms.policy, account_for_routes(case), Kind.RAISED_HAND, case.now_ms)
    if plan.rep_id is not None and plan.rep_id in {holder.id, holder.stands_for}:
        how = holder.how if is_substitute(holder) else plan.how or holder.how
        case.change(holder=replace(holder, route=plan.route, how=how, earlier=plan.earlier))
