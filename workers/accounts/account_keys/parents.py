"""Parents and subsidiaries: the parent's own ``crm:`` key stores its subsidiaries and sends each the parent's owner.

In: CRM records that name a parent, the parent's CRM record. Out: ParentFacts to the account keys of the subsidiaries, in
chunks; there the owner becomes ``Company.parent_owner_rep_id``. An owner is sent one level down and never further, so
two records that name each other cause no loop. Whether a subsidiary goes to its parent's owner is decided by the routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.account_links import ParentFacts
from schemas.topics import LEAD_EVENTS
from workers.accounts.state.facts import ClaimRow
from workers.engine.rows import Row
from workers.engine.timers import start_cursor
from workers.identity.crm_keys import crm_account_id_of, crm_key
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.account_links import SubsidiaryNamed
    from workers.accounts.case import Case
    from workers.accounts.state.facts import Company

SUBSIDIARIES = "subsidiaries"
"""Kind of the cursor over the subsidiaries of a parent."""


class SubsidiaryRow(Row, frozen=True):
    """A subsidiary of this parent: key (crm:<parent>, crm_account_id). The CRM bounds their number."""

    prefix: ClassVar[str] = "subsidiary"
    primary_key: str
    """Account key under which the subsidiary is stored."""


class ParentRow(Row, frozen=True):
    """The owner of a CRM record's parent: key (account, crm_account_id of the subsidiary). At most one per claim."""

    prefix: ClassVar[str] = "parent"
    parent_crm_account_id: str
    owner_rep_id: str | None = None
    """Rep who owns the parent. None: the parent has no owner."""


def record_subsidiary(case: Case, event: SubsidiaryNamed) -> None:
    """Record a subsidiary or its new account key, and send it the owner. Delete one that has another parent."""
    if event.primary_key is None:
        case.rows.delete(SubsidiaryRow, case.key, event.crm_account_id)
        return
    row = SubsidiaryRow(primary_key=event.primary_key)
    case.rows.put(row, case.key, event.crm_account_id)
    _notify_subsidiary(case, event.crm_account_id, row)


def record_claim_change(
    case: Case, crm_account_id: str, before: ClaimRow | None, now: ClaimRow | None
) -> None:
    """Apply a changed or deleted claim: delete a former parent's owner. A parent's own key sends its new owner on."""
    former = None if before is None else before.company.parent_crm_account_id
    if former is not None and (now is None or now.company.parent_crm_account_id != former):
        row = case.rows.get(ParentRow, case.key, crm_account_id)
        if row is not None and row.parent_crm_account_id == former:
            case.rows.delete(ParentRow, case.key, crm_account_id)
    if crm_account_id_of(case.key) == crm_account_id and _owner_of(before) != _owner_of(now):
        start_cursor(case.rows, SUBSIDIARIES, case.key)


def notify_next(case: Case, position: str, limit: int) -> str | None:
    """Send the parent's owner to the next ``limit`` subsidiaries. Return where to continue, or None at the end."""
    found = case.rows.scan(
        SubsidiaryRow, case.key, after=(case.key, position) if position else (), limit=limit
    )
    for (_, crm_account_id), row in found:
        _notify_subsidiary(case, crm_account_id, row)
    return found[-1][0][1] if len(found) == limit else None


def record_parent_owner(case: Case, event: ParentFacts) -> None:
    """Store the parent's owner. The caller brings the account in line with it."""
    row = ParentRow(parent_crm_account_id=event.parent_crm_account_id, owner_rep_id=event.owner_rep_id)
    case.rows.put(row, case.key, event.crm_account_id)
    claim = case.rows.get(ClaimRow, case.key, event.crm_account_id)
    if claim is not None and claim.is_apart:
        send_parent_owner(case, event.crm_account_id, crm_key(event.crm_account_id))


def send_parent_owner(case: Case, crm_account_id: str, to: str) -> None:
    """Send the owner of a record's parent to the record's own key, because its people are stored there."""
    row = case.rows.get(ParentRow, case.key, crm_account_id)
    if row is None:
        return
    event = ParentFacts(
        event_id=fact_id("parent_facts", case.key, to, case.event_id),
        account_key=to,
        crm_account_id=crm_account_id,
        parent_crm_account_id=row.parent_crm_account_id,
        owner_rep_id=row.owner_rep_id,
    )
    case.publish(LEAD_EVENTS, event)


def with_parent_owner(case: Case, company: Company) -> Company:
    """Return the company with its parent's owner. The owner of a former parent is ignored."""
    row = case.rows.get(ParentRow, case.key, company.crm_account_id)
    if row is None or row.parent_crm_account_id != company.parent_crm_account_id:
        return company
    return replace(company, parent_owner_rep_id=row.owner_rep_id)


def _owner_of(claim: ClaimRow | None) -> str | None:
    """Return the rep_id of the owner whom a claim's CRM record names, or None."""
    return None if claim is None else claim.company.owner_rep_id


def _notify_subsidiary(case: Case, crm_account_id: str, row: SubsidiaryRow) -> None:
    """Send the parent's owner to one subsidiary."""
    parent = crm_account_id_of(case.key) or ""
    event = ParentFacts(
        event_id=fact_id("parent_facts", case.key, crm_account_id, case.event_id),
        account_key=row.primary_key,
        crm_account_id=crm_account_id,
        parent_crm_account_id=parent,
        owner_rep_id=_owner_of(case.rows.get(ClaimRow, case.key, parent)),
    )
    case.publish(LEAD_EVENTS, event)
