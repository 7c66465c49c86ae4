"""The former primary key of this alias has sent all its leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims

if TYPE_CHECKING:
    from schemas.account_links import AccountLeft
    from workers.accounts.case import Case


def handle(case: Case, event: AccountLeft) -> None:
    """Complete the move of the key, and bring the account in line with the claim that holds now."""
    aliases.complete_move(case, event)
    crm_claims.refresh_account(case)
