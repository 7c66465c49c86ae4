"""What changed at an account? A CRM record says what is; the difference to the last one says who must hear of it.

Every key that the record claims gets the facts; a key that it claims no more is released, before the facts go out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.lead_events import AccountFacts, AccountReleased
from workers.directory.rows import AccountVersionRow
from workers.identity.addresses import DATA_VERSION, company_domain, normalise_domain
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.crm_accounts import CrmAccount
    from workers.engine.rows import Rows


def reduced(account: CrmAccount) -> tuple[CrmAccount, int]:
    """Return the record with registrable domains, each once, and how many of its domains make no account."""
    domains: list[str] = []
    dropped = 0
    for raw in account.domains:
        host = normalise_domain(raw)
        domain = None if host is None else company_domain(host)
        if domain is None:
            dropped += 1
        elif domain not in domains:
            domains.append(domain)
    return account.model_copy(update={"domains": domains}), dropped


def account_changed(account: CrmAccount, rows: Rows) -> list[AccountFacts | AccountReleased]:
    """Keep a record whose domains are reduced; return what its keys must hear, nothing where it says nothing new."""
    keys = tuple(f"domain:{domain}" for domain in account.domains)
    content = account.model_dump_json(exclude={"event_id", "occurred_at"}, exclude_none=True)
    before = rows.get(AccountVersionRow, account.crm_account_id)
    if before is not None and before.content == content:
        return []
    version = AccountVersionRow(
        content=content, event_id=account.event_id, keys=keys, data_version=DATA_VERSION
    )
    rows.put(version, account.crm_account_id)
    lost = [key for key in before.keys if key not in keys] if before else []
    return [
        *(_released(account.crm_account_id, key, account.event_id) for key in lost),
        *(AccountFacts(account_key=key, account=account, primary_key=keys[0]) for key in keys),
    ]


def account_deleted(crm_account_id: str, arrival_ms: int, rows: Rows) -> list[AccountReleased]:
    """Forget a record; return the release of every key that it claimed."""
    before = rows.get(AccountVersionRow, crm_account_id)
    if before is None:
        return []
    rows.delete(AccountVersionRow, crm_account_id)
    cause = f"deleted {before.event_id} {arrival_ms}"
    return [_released(crm_account_id, key, cause) for key in before.keys]


def _released(crm_account_id: str, key: str, cause: str) -> AccountReleased:
    event_id = fact_id("account_released", crm_account_id, key, cause)
    return AccountReleased(event_id=event_id, account_key=key, crm_account_id=crm_account_id)
