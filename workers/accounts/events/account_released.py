"""A CRM record no longer claims this account key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import crm_claims, dropped_domains, name_index, parents, placements
from workers.accounts.evaluation import unread_fields
from workers.accounts.state.facts import ClaimRow
from workers.identity.crm_keys import is_lookup_key

if TYPE_CHECKING:
    from schemas.lead_events import AccountReleased
    from workers.accounts.case import Case


def handle(case: Case, event: AccountReleased) -> None:
    """Delete the claim, and bring the account in line with the claim that holds then.

    At a lookup key, forget instead that the CRM account has the name or id.
    """
    if is_lookup_key(case.key):
        name_index.remove_account(case, event)
        return
    before = case.rows.get(ClaimRow, case.key, event.crm_account_id)
    if before is not None:
        case.rows.delete(ClaimRow, case.key, event.crm_account_id)
        unread_fields.report_record(case, event.crm_account_id, before, None)
        parents.record_claim_change(case, event.crm_account_id, before, None)
        dropped_domains.report_dropped_domains(case, event.crm_account_id, before, None)
        placements.end_apart(case, before)
        placements.review_claims(case, released=event.crm_account_id)
        placements.send_urgent(case)
        crm_claims.refresh_account(case)
