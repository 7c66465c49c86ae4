"""Another account key becomes an alias of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims, placements
from workers.accounts.handoffs.alias_members import AccountPayload
from workers.accounts.handoffs.transfer_payload import unpack_row

if TYPE_CHECKING:
    from schemas.account_links import AccountJoins
    from workers.accounts.case import Case


def handle(case: Case, event: AccountJoins) -> None:
    """Record the alias, and merge its enrichment.

    Sales' objection to the alias's market also applies to this account, if the match is proven and no objection is known
    here.
    """
    aliases.add_alias(case, event)
    placements.start_review(case)
    kept = unpack_row(event.kept, AccountPayload)
    crm_claims.enrich(case, kept.enriched)
    objection = kept.questioned
    if objection is not None and not event.is_unproven and case.account.questioned is None:
        case.change(questioned=objection)
        crm_claims.end_objection_if_outdated(case, case.account)
