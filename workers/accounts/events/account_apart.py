"""Several CRM accounts claim a domain: this account is stored at its own key, or at the domain again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import crm_claims

if TYPE_CHECKING:
    from schemas.account_links import AccountApart
    from workers.accounts.case import Case


def handle(case: Case, event: AccountApart) -> None:
    """Record it, and bring the account in line with it."""
    if event.is_apart:
        case.change(apart_from=event.from_account_key)
    elif case.account.apart_from == event.from_account_key:
        case.change(apart_from="")
    crm_claims.refresh_account(case)
