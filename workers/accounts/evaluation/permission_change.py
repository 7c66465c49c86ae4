"""Open hand-offs of a lead whose permission changes: it may, or may no longer, be offered more than it asks for.

In: a lead before and after. Out: revisions of its hand-offs. A hand-off that the lead did not ask for is withdrawn, and
may be due again later. One that answers a raised hand stays with its rep and shows the restriction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Kind, Reason
from workers.accounts.handoffs import buying_signals, handoffs
from workers.accounts.routing.permission import restriction
from workers.accounts.state.handoff import HandoffRow

if TYPE_CHECKING:
    from workers.accounts.case import LeadInHand
    from workers.accounts.state.lead import LeadRow


def apply_permission(hand: LeadInHand, before: LeadRow) -> None:
    """Bring the lead's open hand-offs in line with its permission, if that differs from the one ``before``."""
    case = hand.case
    was, why = restriction(case.terms, before), restriction(case.terms, hand.lead)
    if why is was:
        return
    if why is not None:
        buying_signals.withhold(case, hand.lead_id)
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None:
            continue
        is_asked = row.qualification is not None and row.kind is not Kind.MQL
        if not is_asked and why is not None:
            raised_hand = hand.lead.raised_hand
            hand.lead = handoffs.close(case, handoff_id, row, hand.lead, (why,))
            hand.change(handed=raised_hand, claimed=False)
            case.request_needs_review = True
        elif is_asked and (why is None) is not (was is None):
            handoffs.republish(case, handoff_id, row, hand.lead, Reason.FACTS_CHANGED if why is None else why)
