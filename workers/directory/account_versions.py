"""Changes of a CRM account, as messages to account keys.

A CRM record is the present state of an account. Its difference to the last version decides which keys get a message.
Of two versions the one with the later date holds, and of one date the later in the log. A blank fact in a later version
overwrites nothing, as with contacts: only a deletion withdraws a fact. The owner and the open opportunity always follow
the latest version.

Every key that the record claims gets the record:
- its domains,
- the record's own ``crm:`` key, which is the primary key of an account without a domain,
- the ``name:`` keys, where people who name a company look for it,
- the ``id:`` key, by which contacts name it.

A key that the record no longer claims is released before the record is sent. The parent account is notified of the
subsidiary's primary key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from schemas.account_links import SubsidiaryNamed
from schemas.crm_accounts import CrmAccount
from schemas.lead_events import AccountFacts, AccountReleased, DroppedDomain
from schemas.topics import CRM_ACCOUNTS
from schemas.vocabulary import DomainUse
from workers.directory.account_domains import sort_hosts
from workers.directory.kept_values import pack_unread, unpack_unread, with_kept_values
from workers.directory.rows import AccountVersionRow
from workers.directory.versions import Known, merge_versions
from workers.identity import company_names
from workers.identity.company_domains import DATA_VERSION
from workers.identity.crm_keys import crm_key, id_key, name_key
from workers.identity.custom_fields import MOST_FIELDS, fold_fields
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.base import UnreadField
    from workers.directory.account_domains import SortedDomains
    from workers.engine.rows import Rows
    from workers.identity.company_domains import CompanyDomains

AccountMessage = AccountFacts | AccountReleased | SubsidiaryNamed
_FIELD = "fields."
"""Begin of the name of a custom field among the facts of a version."""
_NOTHING = AccountVersionRow(content="", event_id="")
_FACTS = (
    "sic",
    "naics",
    "industry",
    "revenue",
    "employees",
    "founded",
    "country",
    "region",
    "postal_code",
    "phone",
)
"""Fields of facts about the company itself. A blank in a later version keeps the last value."""


def account_changed(
    found: SortedDomains, dated_ms: int, rows: Rows, unread: tuple[UnreadField, ...] | None = None
) -> list[AccountMessage]:
    """Store a record. Return the messages to its keys, or an empty list if nothing changed.

    ``dated_ms``: the date of the version. An older version than the stored one adds only facts that newer ones left blank.
    A later date of a record with open opportunities is a change: sales may have closed them since the former date.
    The record's own key also gets the domains that were dropped, because it reports them.
    A key that is normalised otherwise than before, after an upgrade, is a change too.
    ``unread``: the fields of the version that could not be read. They keep their last values. None: as stored.
    """
    crm_account_id = found.account.crm_account_id
    before = rows.get(AccountVersionRow, crm_account_id) or _NOTHING
    if dated_ms < before.dated_ms and not before.content:
        return []
    account, still_unread = found.account, before.unread
    if unread is not None and dated_ms >= before.dated_ms:
        account, still_unread = with_kept_values(account, unread, before.content), pack_unread(unread)
    account, older = _merge_facts(account, dated_ms, before)
    hosts, dropped = found.hosts, tuple((one.use.value, one.domain or "") for one in found.dropped)
    if dated_ms < before.dated_ms or (not hosts and account.domains):
        hosts, dropped = before.hosts, before.dropped
    content = account.model_dump_json(exclude={"event_id", "occurred_at"}, exclude_none=True)
    now = AccountVersionRow(
        content=content,
        event_id=account.event_id,
        keys=(*(f"domain:{domain}" for domain in account.domains), crm_key(crm_account_id)),
        names=(*_names(account), id_key(crm_account_id)),
        parent=account.parent_crm_account_id or "",
        data_version=f"{DATA_VERSION}, {company_names.DATA_VERSION}",
        dated_ms=max(before.dated_ms, dated_ms),
        older=older,
        hosts=hosts,
        dropped=dropped,
        unread=still_unread,
    )
    rows.put(now, crm_account_id)
    is_confirmed = bool(account.open_opportunities) and now.dated_ms != before.dated_ms
    has_same_keys = (before.keys, before.names) == (now.keys, now.names)
    has_same_content = (before.content, before.dropped, before.unread) == (content, dropped, still_unread)
    if has_same_content and has_same_keys and not is_confirmed:
        return []
    claimed = (*now.keys, *now.names)
    lost = [key for key in (*before.keys, *before.names) if key not in claimed]
    return [
        *(_released(crm_account_id, key, account.event_id) for key in lost),
        *(_facts(account, key, now) for key in claimed),
        *_to_parents(crm_account_id, before, now, account.event_id),
    ]


def account_deleted(crm_account_id: str, arrival_ms: int, rows: Rows) -> list[AccountMessage]:
    """Delete a record. Return the release of every key that it claimed, and of its parent.

    The date of the deleted version is kept: an older version that arrives later does not bring the account back.
    """
    before = rows.get(AccountVersionRow, crm_account_id)
    if before is None or not before.content:
        return []
    kept = AccountVersionRow(content="", event_id=before.event_id, dated_ms=before.dated_ms)
    rows.put(kept, crm_account_id)
    cause = f"deleted {before.event_id} {arrival_ms}"
    return [
        *(_released(crm_account_id, key, cause) for key in (*before.keys, *before.names)),
        *_to_parents(crm_account_id, before, _NOTHING, cause),
    ]


def review_domains(
    rows: Rows, lists: CompanyDomains, after: str, limit: int
) -> tuple[list[AccountMessage], str | None]:
    """Sort the domains of the next ``limit`` records by the lists of a new policy.

    Returns the messages, and the key after which the next chunk starts, or None at the end. A record that was stored by
    a release without host names keeps its domains until its next version.
    """
    scanned = rows.scan(AccountVersionRow, after=(after,) if after else (), limit=limit)
    messages: list[AccountMessage] = []
    for _, row in scanned:
        if row.hosts:
            times = {
                "event_id": row.event_id,
                "occurred_at": datetime.fromtimestamp(row.dated_ms / 1000, UTC),
            }
            account = CrmAccount.model_validate(json.loads(row.content) | times)
            messages += account_changed(sort_hosts(account, row.hosts, lists), row.dated_ms, rows)
    return messages, scanned[-1][0][0] if len(scanned) == limit else None


def _merge_facts(
    account: CrmAccount, dated_ms: int, before: AccountVersionRow
) -> tuple[CrmAccount, tuple[tuple[str, int], ...]]:
    """Return the newer of two versions with the facts of both, and the facts that an older version states."""
    held = _spread_fields(json.loads(before.content) if before.content else {})
    sent = _spread_fields(account.model_dump(mode="json"))
    names = (*_FACTS, *sorted(name for name in {*held, *sent} if name.startswith(_FIELD)))
    known = _keep_latest_fields(
        merge_versions(Known(held, before.older), before.dated_ms, sent, dated_ms, names)
    )
    whole = sent if dated_ms >= before.dated_ms else held
    date = datetime.fromtimestamp(max(before.dated_ms, dated_ms) / 1000, UTC)
    facts = dict.fromkeys(names) | known.facts
    fields = {name.removeprefix(_FIELD): one for name, one in known.facts.items() if name.startswith(_FIELD)}
    facts["fields"] = fields or None
    stated = {name: one for name, one in (whole | facts).items() if one is not None}
    made = CrmAccount.model_validate(stated | {"event_id": account.event_id, "occurred_at": date})
    return made, known.older


def _spread_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with each custom field as a fact of its own, so that versions are merged field by field."""
    fields = fold_fields(record.get("fields"))
    return {**record, **{f"{_FIELD}{name}": value for name, value in fields.items()}}


def _keep_latest_fields(known: Known) -> Known:
    """Return what is known with at most 20 custom fields: those that the latest versions state."""
    dates = dict(known.older)
    fields = sorted(
        (name for name in known.facts if name.startswith(_FIELD)),
        key=lambda name: (name in dates, -dates.get(name, 0), name),
    )
    gone = set(fields[MOST_FIELDS:])
    return Known(
        {name: one for name, one in known.facts.items() if name not in gone},
        tuple(one for one in known.older if one[0] not in gone),
    )


def _names(account: CrmAccount) -> tuple[str, ...]:
    found = (company_names.normalise_company(name) for name in (account.name, *account.other_names))
    return tuple(dict.fromkeys(name_key(name) for name in found if name is not None))


def _facts(account: CrmAccount, key: str, row: AccountVersionRow) -> AccountFacts:
    listed = row.dropped if key == crm_key(account.crm_account_id) else ()
    dropped = [DroppedDomain(domain=domain or None, use=DomainUse(use)) for use, domain in listed]
    unread = unpack_unread(CRM_ACCOUNTS, row.unread)
    return AccountFacts(
        account_key=key, account=account, primary_key=row.keys[0], dropped=dropped, unread=unread
    )


def _to_parents(
    crm_account_id: str, before: AccountVersionRow, now: AccountVersionRow, cause: str
) -> list[SubsidiaryNamed]:
    """Return the messages to the former parent, then to the present one.

    An account whose parent and primary key are unchanged sends none.
    """
    messages: list[SubsidiaryNamed] = []
    if before.parent and before.parent != now.parent:
        messages.append(_to_parent(before.parent, crm_account_id, None, cause))
    if now.parent and (now.parent, now.keys[:1]) != (before.parent, before.keys[:1]):
        messages.append(_to_parent(now.parent, crm_account_id, now.keys[0], cause))
    return messages


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
