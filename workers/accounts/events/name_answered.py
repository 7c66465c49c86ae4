"""The key of a company name or id has answered which CRM account has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, contact_lookup, crm_claims, name_lookup
from workers.accounts.evaluation import lookup_wait

if TYPE_CHECKING:
    from schemas.account_links import NameAnswered
    from workers.accounts.case import Case


def handle(case: Case, event: NameAnswered) -> None:
    """Record the answer and bring the account in line with it. The lead that waited for it is sent before all others."""
    if event.asked_crm_account_id is not None:
        lead_id = case.key.removeprefix("lead:") if contact_lookup.apply_answer(case, event) else ""
    else:
        was_asked = name_lookup.apply_answer(case, event)
        lead_id = case.account.naming.lead_id if was_asked and case.account.naming is not None else ""
    crm_claims.refresh_account(case)
    if lead_id:
        aliases.send_lead_now(case, lead_id)
    lookup_wait.evaluate_after_lookup(case)
