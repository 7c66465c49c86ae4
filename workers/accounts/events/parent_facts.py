"""The parent of a CRM record that claims this key has another owner, or reports its owner for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import crm_claims, parents
from workers.accounts.state.facts import ClaimRow

if TYPE_CHECKING:
    from schemas.account_links import ParentFacts
    from workers.accounts.case import Case


def handle(case: Case, event: ParentFacts) -> None:
    """Record the parent's owner, and bring the account in line with it."""
    parents.record_parent_owner(case, event)
    if case.rows.get(ClaimRow, case.key, event.crm_account_id) is not None:
        crm_claims.refresh_account(case)
