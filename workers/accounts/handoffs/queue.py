"""The queue of leads that are due for a hand-off and wait for the account's one request to a desk.

In: a lead that became due. Out: its PendingRow, in order: raised hands and claims first, then the oldest. The choice of
the desk is in desk_protocol/requests.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.state.handoff import PendingRow

if TYPE_CHECKING:
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.stages.qualifying import DueHandoff


def make_due(hand: LeadInHand, due: DueHandoff, total: int, fit_points: int) -> None:
    """Queue the lead for a hand-off. A queued lead only moves up, if it raises its hand or a rep claims it."""
    case, lead_id, lead = hand.case, hand.lead_id, hand.lead
    held = case.rows.get(PendingRow, case.key, lead.pending, lead_id) if lead.pending else None
    if held is not None:
        if not due.claimed_by and (held.raised or not due.raised):
            return
        remove_pending(case, lead.pending, lead_id)
        handoff_id = held.handoff_id
    else:
        number = case.account.handoff_n + 1
        case.change(handoff_n=number)
        handoff_id = f"{case.key}#{lead.cycle}.{number}"
    row = PendingRow(
        raised=due.raised or (held is not None and held.raised),
        since_ms=case.now_ms,
        day=due.day,
        total=total,
        fit=fit_points,
        handoff_id=handoff_id,
        event_id=case.event_id,
        reasons=due.reasons,
        campaign=lead.campaign,
        claimed_by=due.claimed_by or (held.claimed_by if held else ""),
        is_early=bool(due.claimed_by) if held is None else held.is_early,
    )
    order = f"{0 if row.raised or row.claimed_by else 1}{case.now_ms:015d}"
    case.rows.put(row, case.key, order, lead_id)
    case.change(waiting=case.account.waiting + 1)
    case.request_needs_review = True
    hand.change(pending=order, handed=True)


def due_since_ms(order: str) -> int:
    """Return when the lead with this order in the queue took its place. Milliseconds UTC."""
    return int(order[1:])


def dequeue(hand: LeadInHand) -> None:
    """Remove the lead from the queue, if it is in it."""
    if not hand.lead.pending:
        return
    remove_pending(hand.case, hand.lead.pending, hand.lead_id)
    hand.case.request_needs_review = True
    hand.change(pending="")


def remove_pending(case: Case, order: str, lead_id: str) -> None:
    """Delete a lead's PendingRow, if there is one."""
    if case.rows.get(PendingRow, case.key, order, lead_id) is not None:
        case.rows.delete(PendingRow, case.key, order, lead_id)
        case.change(waiting=case.account.waiting - 1)


def first_due(case: Case) -> tuple[str, str, PendingRow] | None:
    """Return (order, lead_id, row) of the next lead to request a desk for, or None.

    Without a waiting lead there is no scan: it would walk over the deleted rows of all leads that ever waited.
    """
    if not case.account.waiting:
        return None
    found = case.rows.scan(PendingRow, case.key, limit=1)
    if not found:
        return None
    (_, order, lead_id), row = found[0]
    return order, lead_id, row
