"""An alias of this account key moves on to another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims, placements

if TYPE_CHECKING:
    from schemas.account_links import AccountLeaves
    from workers.accounts.case import Case


def handle(case: Case, event: AccountLeaves) -> None:
    """Withdraw the open hand-offs of the alias's leads, and send the leads to the other key."""
    aliases.detach_alias(case, event)
    placements.start_review(case)
    crm_claims.refresh_account(case)
