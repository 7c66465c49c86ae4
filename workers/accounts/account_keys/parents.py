"""Parents and subsidiaries: a parent's own key knows its subsidiaries and tells each who owns the parent.

In: CRM records that name a parent, the parent's facts. Out: ``ParentFacts`` to the keys where subsidiaries live, in
chunks; there they become ``Company.parent_owner_rep_id``. One level up and no further: an owner is handed down by the
parent's own record only, so two records that name each other end nowhere. What the fact is worth the routes decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.account_links import ParentFacts
from schemas.topics import LEAD_EVENTS
from workers.accounts.state.facts import ClaimRow
from workers.engine.rows import Row
from workers.engine.timers import start_cursor
from workers.identity.crm_keys import crm_account_id_of
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.account_links import SubsidiaryNamed
    from workers.accounts.case import Case
    from workers.accounts.state.facts import Company

SUBSIDIARIES = "subsidiaries"


class SubsidiaryRow(Row, frozen=True):
    """A subsidiary of this parent: key (crm:<parent>, crm_account_id). As many as the CRM names."""

    prefix: ClassVar[str] = "subsidiary"
    primary_key: str
    """Where it lives."""


class ParentRow(Row, frozen=True):
    """What the parent of a CRM record said: key (account, crm_account_id of the subsidiary). One per claim at most."""

    prefix: ClassVar[str] = "parent"
    parent_crm_account_id: str
    owner_rep_id: str | None = None


def record_subsidiary(case: Case, event: SubsidiaryNamed) -> None:
    """A CRM record names this one as its parent, lives elsewhere now, or has another parent."""
    if event.primary_key is None:
        case.rows.delete(SubsidiaryRow, case.key, event.crm_account_id)
        return
    row = SubsidiaryRow(primary_key=event.primary_key)
    case.rows.put(row, case.key, event.crm_account_id)
    _tell(case, event.crm_account_id, row)


def record_changed(case: Case, crm_account_id: str, before: ClaimRow | None, now: ClaimRow | None) -> None:
    """A claim has changed: what a former parent said is forgotten; at its own key another owner is handed down."""
    former = None if before is None else before.company.parent_crm_account_id
    if former is not None and (now is None or now.company.parent_crm_account_id != former):
        said = case.rows.get(ParentRow, case.key, crm_account_id)
        if said is not None and said.parent_crm_account_id == former:
            case.rows.delete(ParentRow, case.key, crm_account_id)
    if crm_account_id_of(case.key) == crm_account_id and _owner(before) != _owner(now):
        start_cursor(case.rows, SUBSIDIARIES, case.key)


def notify_next(case: Case, position: str, limit: int) -> str | None:
    """Tell at most ``limit`` subsidiaries behind ``position``; return where to go on, or None."""
    found = case.rows.scan(
        SubsidiaryRow, case.key, after=(case.key, position) if position else (), limit=limit
    )
    for (_, crm_account_id), row in found:
        _tell(case, crm_account_id, row)
    return found[-1][0][1] if len(found) == limit else None


def record_parent(case: Case, event: ParentFacts) -> None:
    """Remember what a parent said; who speaks for this key is looked at again by the caller."""
    row = ParentRow(parent_crm_account_id=event.parent_crm_account_id, owner_rep_id=event.owner_rep_id)
    case.rows.put(row, case.key, event.crm_account_id)


def with_parent(case: Case, company: Company) -> Company:
    """Return the company with its parent's owner; a parent that it names no more hands nothing down."""
    row = case.rows.get(ParentRow, case.key, company.crm_account_id)
    if row is None or row.parent_crm_account_id != company.parent_crm_account_id:
        return company
    return replace(company, parent_owner_rep_id=row.owner_rep_id)


def _owner(claim: ClaimRow | None) -> str | None:
    return None if claim is None else claim.company.owner_rep_id


def _tell(case: Case, crm_account_id: str, row: SubsidiaryRow) -> None:
    parent = crm_account_id_of(case.key) or ""
    event = ParentFacts(
        event_id=fact_id("parent_facts", case.key, crm_account_id, case.event_id),
        account_key=row.primary_key,
        crm_account_id=crm_account_id,
        parent_crm_account_id=parent,
        owner_rep_id=_owner(case.rows.get(ClaimRow, case.key, parent)),
    )
    case.publish(LEAD_EVENTS, event)
