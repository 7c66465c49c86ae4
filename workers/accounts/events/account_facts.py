"""The CRM has a record that claims this account key, or has changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.account_keys import crm_claims, dropped_domains, name_index, parents, placements
from workers.accounts.evaluation import unread_fields
from workers.accounts.state.facts import ClaimRow, Dropped
from workers.accounts.worth.facts import company_of
from workers.accounts.worth.unread_notes import notes_of
from workers.identity.crm_keys import is_lookup_key
from workers.identity.event_time import to_ms

if TYPE_CHECKING:
    from schemas.lead_events import AccountFacts
    from workers.accounts.case import Case


def handle(case: Case, event: AccountFacts) -> None:
    """Record the claim, and bring the account in line with the claim that holds.

    At a lookup key, record instead which CRM account has the name or id.
    """
    if is_lookup_key(case.key):
        name_index.add_account(case, event)
        return
    account = event.account
    row = ClaimRow(
        company=company_of(account),
        primary_key=event.primary_key,
        dated_ms=to_ms(account.occurred_at),
        dropped=tuple(Dropped(one.domain or "", one.use) for one in event.dropped),
        unread=notes_of(event.unread, to_ms(account.occurred_at)),
    )
    crm_account_id = account.crm_account_id
    before = case.rows.get(ClaimRow, case.key, crm_account_id)
    if before is not None and before.primary_key == row.primary_key:
        row = replace(row, is_apart=before.is_apart)
    if before != row:
        case.rows.put(row, case.key, crm_account_id)
        unread_fields.report_record(case, crm_account_id, before, row)
        parents.record_claim_change(case, crm_account_id, before, row)
        dropped_domains.report_dropped_domains(case, crm_account_id, before, row)
        placements.end_apart(case, before, row)
        placements.review_claims(case)
        placements.send_urgent(case)
        crm_claims.refresh_account(case)
