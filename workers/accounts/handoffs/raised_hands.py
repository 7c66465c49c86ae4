"""Raised hands that no rep has answered yet. They survive every change of their account.

In: a lead and its account after a change. Out: hand-offs without a request withdrawn, those of an open request
published again. The holder stays here. If another rep owns the account now, desk_protocol/ reassigns the hand-off. While
the account is excluded, no rep has the request. It is given to its holder or the owner again when the exclusion ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Kind
from workers.accounts.handoffs import deadlines, handoffs, open_index
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.handoffs.substitutes import account_for_routes, is_substitute
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.routes import plan_for
from workers.accounts.state.handoff import HandoffRow, PendingRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.vocabulary import Qualification, Reason
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.lead import LeadRow


def mark_answered(hand: LeadInHand, found: Iterable[tuple[str, HandoffRow]], at_ms: int, rep_id: str) -> None:
    """Record that a rep has answered hand-offs of the lead, and so its request if one of them is for it."""
    for handoff_id, row in found:
        if deadlines.is_unanswered(hand.lead, row):
            hand.change(request_answered=True)
            hand.write_lead()
        deadlines.mark_answered(hand.case, handoff_id, row, at_ms, rep_id)


def has_open_request(hand: LeadInHand) -> bool:
    """Whether the lead asked for sales and waits for the answer: its hand-off is due, or open and untouched."""
    return has_asked_since(hand, -1)


def has_asked_since(hand: LeadInHand, at_ms: int) -> bool:
    """Whether the lead has an open request that it made after ``at_ms``. Milliseconds UTC.

    Feedback of that date has answered the open hand-offs that are older. Only one that is still due has its own date.
    """
    case, lead = hand.case, hand.lead
    if lead.request_answered:
        return False
    due = case.rows.get(PendingRow, case.key, lead.pending, hand.lead_id) if lead.pending else None
    if due is not None and due.raised and (lead.asked_ms or due.since_ms) > at_ms:
        return True
    rows = (case.rows.get(HandoffRow, case.key, one) for one in lead.handoffs)
    return any(row is not None and deadlines.is_unanswered(lead, row) for row in rows)


def withhold(hand: LeadInHand, why: Reason) -> bool:
    """End what is due or open of a lead whose account is excluded. Return whether an open request is held.

    A held request is with no rep: it stays in the queue, or its hand-off stays in transit until the exclusion ends.
    """
    case = hand.case
    due = case.rows.get(PendingRow, case.key, hand.lead.pending, hand.lead_id) if hand.lead.pending else None
    if due is not None and (not due.raised or hand.lead.request_answered):
        dequeue(hand)
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            hand.lead = _withhold_one(case, handoff_id, row, hand.lead, why)
    return bool(hand.lead.pending or hand.lead.handoffs)


def withhold_all(case: Case, why: Reason) -> None:
    """Withdraw the open hand-offs of an excluded account. The cursor over leads does so for a large account."""
    if open_index.is_large(case):
        return
    for handoff_id, row in open_index.open_rows(case):
        lead = case.lead(row.lead_id)
        made = _withhold_one(case, handoff_id, row, lead, why)
        if made is not lead:
            case.put_lead(row.lead_id, made)


def end_all_else(hand: LeadInHand, why: Reason) -> None:
    """Withdraw the lead's hand-offs that its account has ended, except those of its open request.

    The lead stays in its cycle, because its request belongs to it. What sales did before the end counts no more.
    """
    case = hand.case
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None and not deadlines.is_unanswered(hand.lead, row):
            hand.lead = handoffs.close(case, handoff_id, row, hand.lead, (why,))
    hand.change(
        accepted=False,
        qualified=False,
        accepted_by_partner=False,
        qualified_by_partner=False,
        claimed=False,
    )


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


def _withhold_one(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, why: Reason) -> LeadRow:
    """Withdraw a hand-off. Return its lead. The hand-off of an open request stays in transit."""
    if not deadlines.is_unanswered(lead, row):
        return handoffs.close(case, handoff_id, row, lead, (why,))
    if not row.withdrawn_for:
        deadlines.stop_timers(case, handoff_id)
        open_index.write_handoff(case, handoff_id, handoffs.withdraw(case, handoff_id, row, (why,)))
    return lead


def _follow_routes(case: Case) -> None:
    """Record by which route the account's holder has it now, if the routes name the same rep."""
    holder = case.account.holder
    if holder is None:
        return
    plan = plan_for(case.terms.policy, account_for_routes(case), Kind.RAISED_HAND, case.now_ms)
    if plan.rep_id is not None and plan.rep_id in {holder.id, holder.stands_for}:
        how = holder.how if is_substitute(holder) else plan.how or holder.how
        case.change(holder=replace(holder, route=plan.route, how=how, earlier=plan.earlier))
