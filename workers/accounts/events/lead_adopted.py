"""Another account key has sent a lead here, because its account moved or was matched to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims
from workers.accounts.account_keys.lead_transfer import adopt_lead
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.evaluate import enter
from workers.accounts.events.arrival import accept_fact
from workers.accounts.handoffs.alias_members import AccountPayload
from workers.accounts.handoffs.transfer_payload import unpack_row
from workers.accounts.state.lead import LeadRow

if TYPE_CHECKING:
    from schemas.lead_events import LeadAdopted
    from workers.accounts.case import Case


def handle(case: Case, event: LeadAdopted) -> None:
    """Merge the lead, and add the deal that sales reported for it."""
    if not accept_fact(case, event):
        return
    if event.kept is not None:
        aliases.merge_last_rep(case, unpack_row(event.kept, AccountPayload))
    if event.deal is not None:
        crm_claims.add_deal(case, event.deal)
    known = case.rows.get(LeadRow, case.key, event.lead_id)
    hand = LeadInHand(case, event.lead_id)
    if event.is_lead:
        enter(hand)
    adopt_lead(hand, event, is_new=known is None)
