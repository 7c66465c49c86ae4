"""The forwarding of records about leads, from an alias to its primary key or after a lead that was sent on.

In: a fact about a lead or feedback of sales, at the account key to which it was sent. Out: the record, sent to the key
where the lead is stored, and before it the lead if it is still stored here. It never starts or ends a move: that is in
aliases.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from schemas.topics import LEAD_EVENTS
from workers.accounts.account_keys import placements
from workers.accounts.account_keys.alias_chains import introduce_alias
from workers.accounts.account_keys.lead_transfer import send_lead
from workers.accounts.account_keys.name_lookup import look_up_form_company
from workers.accounts.case import LeadInHand
from workers.accounts.handoffs.alias_members import JoinedRow, is_leaving
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.accounts.state.lead import LeadRow, MovedRow

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case

MOST_FORWARDS: Final = 4
"""Most times that one record is forwarded. No known order of moves reaches it; it is a safeguard against a loop."""


def destination_of(case: Case, fact: Any) -> str:
    """Return the key to which a fact about a lead is forwarded; '' if it is handled here."""
    if fact.forwards >= MOST_FORWARDS:
        return ""
    placed = placements.find_destination(case, fact)
    if placed is not None:
        return placed
    if fact.origin_account_key is None:
        return case.account.forwards_to
    origin = fact.home_account_key if fact.type == "lead_adopted" else fact.origin_account_key
    if origin == case.key:  # another key sent it back; this key may have moved again since
        return case.account.forwards_to if case.account.moving_to != "" else ""
    alias = case.rows.get(JoinedRow, case.key, origin)
    if alias is not None and alias.via and not alias.gone_to:
        alias = case.rows.get(JoinedRow, case.key, alias.via) or alias
    if alias is None or (alias.gone_to == origin and _is_placed_here(case, fact, alias, origin)):
        return _destination_of_placed(case, fact)
    return alias.gone_to


def _is_placed_here(case: Case, fact: Any, alias: JoinedRow, origin: str) -> bool:
    """Whether a former alias, now a shared domain, stores the lead of a fact here.

    It has sent the fact a second time, or its lead is here although all leads of the alias have left. A fact that comes
    over another key is forwarded twice at its first arrival.
    """
    lead = case.rows.get(LeadRow, case.key, fact.lead_id)
    is_here = lead is not None and lead.home == origin and not is_leaving(case, lead)
    return is_here or fact.forwards > (2 if alias.asked else 1)


def _destination_of_placed(case: Case, fact: Any) -> str:
    """Return where a fact goes whose lead a shared domain has placed here; '' if the lead is stored here."""
    account = case.account
    forwards_to = account.forwards_to if account.moving_to is None else ""
    if fact.type == "lead_adopted" or case.rows.get(LeadRow, case.key, fact.lead_id) is not None:
        return forwards_to
    moved = case.rows.get(MovedRow, case.key, fact.lead_id)
    return forwards_to if moved is None else moved.to


def forward(case: Case, fact: Any, to: str) -> None:
    """Forward a fact to the key ``to``, marked with its origin. If its lead is still stored here, send the lead first.

    A company that a form names is looked up at the alias, before the form is forwarded: another name may move the alias.
    """
    if fact.type == "lead_form":
        look_up_form_company(case, fact)
    _send_lead_first(case, fact.lead_id, to)
    origin = fact.origin_account_key or case.key
    if to == case.account.forwards_to:
        introduce_alias(case, origin, to, case.key)
    moved = {"account_key": to, "origin_account_key": origin, "forwards": fact.forwards + 1}
    case.publish(LEAD_EVENTS, fact.model_copy(update=moved))


def forward_feedback(case: Case, event: SalesAnswered) -> bool:
    """Forward feedback of sales to the key where its lead is stored now. Return whether it was forwarded.

    Feedback about a hand-off that a move withdrew applies to the lead's open hand-offs at the new key. Feedback about a
    hand-off that was closed before the move stays feedback about a closed hand-off.
    """
    lead_id, is_over = event.lead_id, event.is_over
    handoff_id = event.activity.handoff_id
    if handoff_id is not None and case.rows.get(HandoffRow, case.key, handoff_id) is None:
        closed = case.rows.get(ClosedHandoffRow, case.key, handoff_id)
        if closed is not None:
            lead_id, is_over = closed.lead_id, not closed.is_moved
    if lead_id is None or event.forwards >= MOST_FORWARDS:
        return False
    to = case.account.forwards_to
    if to and event.forwards == 0:
        _send_lead_first(case, lead_id, to)
    if case.rows.get(LeadRow, case.key, lead_id) is not None:
        return False
    placed = case.rows.get(placements.PlacementRow, case.key, lead_id)
    moved = placed or case.rows.get(MovedRow, case.key, lead_id)
    to = moved.to if moved is not None else to
    if not to:
        return False
    update = {"account_key": to, "lead_id": lead_id, "is_over": is_over, "forwards": event.forwards + 1}
    case.publish(LEAD_EVENTS, event.model_copy(update=update))
    return True


def record_home_key(case: Case, lead_id: str, origin: str) -> None:
    """Record the alias from which a lead's own records come; '' if they come to this key directly."""
    home = "" if origin == case.key else origin
    lead = case.lead(lead_id)
    if lead.home != home:
        case.put_lead(lead_id, replace(lead, home=home))


def _send_lead_first(case: Case, lead_id: str, to: str) -> None:
    """Send a lead that is still stored here before a record about it. A key that becomes primary again keeps it."""
    lead = case.rows.get(LeadRow, case.key, lead_id)
    if lead is not None and case.account.moving_to != "":
        send_lead(LeadInHand(case, lead_id, lead), to, is_placed=not case.account.forwards_to)
