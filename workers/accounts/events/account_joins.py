"""Another account key is an alias of this one from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims
from workers.accounts.handoffs.alias_members import AccountPayload
from workers.accounts.handoffs.transfer_payload import unpack_row

if TYPE_CHECKING:
    from schemas.account_links import AccountJoins
    from workers.accounts.case import Case


def handle(case: Case, event: AccountJoins) -> None:
    """Record the alias. Its enrichment and sales' question about its market apply to this account too."""
    aliases.add_alias(case, event)
    kept = unpack_row(event.kept, AccountPayload)
    crm_claims.enrich(case, kept.enriched)
    asked = kept.questioned
    if asked is not None and not event.is_unproven and case.account.questioned is None:
        case.change(questioned=asked)
        crm_claims.end_question_if_answered(case, case.account)
