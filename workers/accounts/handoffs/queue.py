"""Leads that are due for a hand-off and wait for the account's one request: raised hands first, then the oldest.

In: a lead that became due. Out: its row, in order. Who is asked is decided in requests.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.state.handoff import PendingRow

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.stages.qualifying import Due
    from workers.accounts.state.lead import LeadRow


def make_due(case: Case, lead_id: str, lead: LeadRow, due: Due, total: int, fit_points: int) -> LeadRow:
    """Return the lead as due. One that waits already only moves up when it raises its hand, or a rep takes it."""
    held = case.rows.get(PendingRow, case.key, lead.pending, lead_id) if lead.pending else None
    if held is not None:
        if not due.claimed_by and (held.raised or not due.raised):
            return lead
        waits_no_more(case, lead.pending, lead_id)
        handoff_id = held.handoff_id
    else:
        number = case.account.handoff_n + 1
        case.change(handoff_n=number)
        handoff_id = f"{case.key}#{lead.cycle}.{number}"
    row = PendingRow(
        raised=due.raised or (held is not None and held.raised),
        since_ms=case.now_ms,
        day=due.day,
        total=total,
        fit=fit_points,
        handoff_id=handoff_id,
        event_id=case.event_id,
        reasons=due.reasons,
        campaign=lead.campaign,
        claimed_by=due.claimed_by or (held.claimed_by if held else ""),
        is_early=bool(due.claimed_by) if held is None else held.is_early,
    )
    order = f"{0 if row.raised or row.claimed_by else 1}{case.now_ms:015d}"
    case.rows.put(row, case.key, order, lead_id)
    case.change(waiting=case.account.waiting + 1)
    case.owner_question = True
    return replace(lead, pending=order, handed=True)


def no_longer_due(case: Case, lead_id: str, lead: LeadRow) -> LeadRow:
    """Return the lead without its place among those who wait."""
    if not lead.pending:
        return lead
    waits_no_more(case, lead.pending, lead_id)
    case.owner_question = True
    return replace(lead, pending="")


def waits_no_more(case: Case, order: str, lead_id: str) -> None:
    """Take a lead's row from those that wait."""
    if case.rows.get(PendingRow, case.key, order, lead_id) is not None:
        case.rows.delete(PendingRow, case.key, order, lead_id)
        case.change(waiting=case.account.waiting - 1)


def first_due(case: Case) -> tuple[str, str, PendingRow] | None:
    """Return (order, lead_id, row) of the next lead to ask for, or None.

    Where none waits there is no search: it would walk over the deleted rows of all who ever did.
    """
    if not case.account.waiting:
        return None
    found = case.rows.scan(PendingRow, case.key, limit=1)
    if not found:
        return None
    (_, order, lead_id), row = found[0]
    return order, lead_id, row
