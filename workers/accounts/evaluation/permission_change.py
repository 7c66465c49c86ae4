"""What becomes of a lead's open hand-offs when it may, or may no longer, be offered anything.

In: a lead before and after. Out: revisions. A hand-off that nobody asked for is withdrawn, and may be due again one day;
one that answers a raised hand stays with its rep and says what may be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Kind, Reason
from workers.accounts.handoffs import buying_signals, handoffs
from workers.accounts.routing.permission import restriction
from workers.accounts.state.handoff import HandoffRow

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow


def withheld_or_given(case: Case, lead_id: str, before: LeadRow, lead: LeadRow) -> LeadRow:
    """Return the lead after its permission changed from what it was ``before``."""
    was, why = restriction(case.terms, before), restriction(case.terms, lead)
    if why is was:
        return lead
    if why is not None:
        buying_signals.withhold(case, lead_id)
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None:
            continue
        is_asked = row.qualification is not None and row.kind is not Kind.MQL
        if not is_asked and why is not None:
            closed = handoffs.close(case, handoff_id, row, lead, (why,))
            lead = replace(closed, handed=lead.raised_hand, claimed=False)
            case.owner_question = True
        elif is_asked and (why is None) is not (was is None):
            handoffs.say_again(case, handoff_id, row, lead, Reason.FACTS_CHANGED if why is None else why)
    return lead
