"""What changed at an account? A CRM record says what is; the difference to the last one says who must hear of it.

The record says who owns the account and what is open as it is now; of its facts, what a version leaves blank overwrites
nothing, as with contacts: only a deletion takes a fact back.

Every key that the record claims gets the facts: its domains, the record's own key (where it lives if it has no domain),
its names, where people who name a company look for it, and its id, by which contacts name it. A key that it claims no more is released, before the facts
go out. The parent that it names is told where its subsidiary lives.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemas.account_links import SubsidiaryNamed
from schemas.crm_accounts import CrmAccount
from schemas.lead_events import AccountFacts, AccountReleased
from workers.directory.rows import AccountVersionRow
from workers.identity import company_names
from workers.identity.account_keys import crm_key, id_key, name_key
from workers.identity.addresses import DATA_VERSION, company_domain, normalise_domain
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.engine.rows import Rows

Told = AccountFacts | AccountReleased | SubsidiaryNamed
_NOTHING = AccountVersionRow(content="", event_id="")
_FACTS = ("sic", "naics", "revenue", "employees", "country", "region", "postal_code", "phone")
"""What is known of a company, whoever owns it and whatever it is to us."""


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


def account_changed(account: CrmAccount, rows: Rows) -> list[Told]:
    """Keep a record whose domains are reduced; return what its keys must hear, nothing where it says nothing new."""
    crm_account_id = account.crm_account_id
    before = rows.get(AccountVersionRow, crm_account_id) or _NOTHING
    account = _completed(account, before.content)
    content = account.model_dump_json(exclude={"event_id", "occurred_at"}, exclude_none=True)
    if before.content == content:
        return []
    now = AccountVersionRow(
        content=content,
        event_id=account.event_id,
        keys=(*(f"domain:{domain}" for domain in account.domains), crm_key(crm_account_id)),
        names=(*_names(account), id_key(crm_account_id)),
        parent=account.parent_crm_account_id or "",
        data_version=f"{DATA_VERSION}, {company_names.DATA_VERSION}",
    )
    rows.put(now, crm_account_id)
    heard = (*now.keys, *now.names)
    lost = [key for key in (*before.keys, *before.names) if key not in heard]
    return [
        *(_released(crm_account_id, key, account.event_id) for key in lost),
        *(AccountFacts(account_key=key, account=account, primary_key=now.keys[0]) for key in heard),
        *_to_parents(crm_account_id, before, now, account.event_id),
    ]


def account_deleted(crm_account_id: str, arrival_ms: int, rows: Rows) -> list[Told]:
    """Forget a record; return the release of every key that it claimed, and of its parent."""
    before = rows.get(AccountVersionRow, crm_account_id)
    if before is None:
        return []
    rows.delete(AccountVersionRow, crm_account_id)
    cause = f"deleted {before.event_id} {arrival_ms}"
    return [
        *(_released(crm_account_id, key, cause) for key in (*before.keys, *before.names)),
        *_to_parents(crm_account_id, before, _NOTHING, cause),
    ]


def _completed(account: CrmAccount, content: str) -> CrmAccount:
    """Return the record with the facts of the last version where this one is blank."""
    blank = [name for name in _FACTS if _is_blank(getattr(account, name))]
    held = json.loads(content) if blank and content else {}
    kept = {name: held[name] for name in blank if not _is_blank(held.get(name))}
    if not kept:
        return account
    before = CrmAccount.model_validate(account.model_dump() | kept)
    return account.model_copy(update={name: getattr(before, name) for name in kept})


def _is_blank(value: object) -> bool:
    return value is None or value in ("", [])


def _names(account: CrmAccount) -> tuple[str, ...]:
    found = (company_names.normalise_company(name) for name in (account.name, *account.other_names))
    return tuple(dict.fromkeys(name_key(name) for name in found if name is not None))


def _to_parents(
    crm_account_id: str, before: AccountVersionRow, now: AccountVersionRow, cause: str
) -> list[SubsidiaryNamed]:
    """Tell a parent that was lost, then the one that is named now; who stays in the same place says nothing."""
    told: list[SubsidiaryNamed] = []
    if before.parent and before.parent != now.parent:
        told.append(_to_parent(before.parent, crm_account_id, None, cause))
    if now.parent and (now.parent, now.keys[:1]) != (before.parent, before.keys[:1]):
        told.append(_to_parent(now.parent, crm_account_id, now.keys[0], cause))
    return told


def _to_parent(parent: str, crm_account_id: str, primary_key: str | None, cause: str) -> SubsidiaryNamed:
    return SubsidiaryNamed(
        event_id=fact_id("subsidiary_named", parent, crm_account_id, primary_key or "", cause),
        account_key=crm_key(parent),
        crm_account_id=crm_account_id,
        primary_key=primary_key,
    )


def _released(crm_account_id: str, key: str, cause: str) -> AccountReleased:
    event_id = fact_id("account_released", crm_account_id, key, cause)
    return AccountReleased(event_id=event_id, account_key=key, crm_account_id=crm_account_id)
