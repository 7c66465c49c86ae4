"""The first steps of every fact about a lead: forward it, drop it after an erasure, make the person a lead.

In: a fact about a lead, at the account key to which it was sent. Out: the lead in hand, or None if the fact is not
handled here. Nothing is evaluated here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import crm_claims, forwarding
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation import expiry, imported_history, unread_fields
from workers.accounts.evaluation.evaluate import enter
from workers.accounts.evaluation.lead_locations import is_before_erasure

if TYPE_CHECKING:
    from schemas.lead_events import LeadAdopted, LeadContact
    from workers.accounts.case import Case
    from workers.accounts.evaluation.unread_fields import PersonalEvent


def accept_fact(case: Case, event: PersonalEvent | LeadContact | LeadAdopted) -> bool:
    """Return whether a fact is to be handled under this account key.

    A fact of a lead that is stored under another key is forwarded there. A fact dated up to the person's erasure is
    dropped.
    """
    to = forwarding.destination_of(case, event)
    if to:
        if event.type == "lead_contact":
            crm_claims.look_up_contact_account(
                case, None if event.record is None else event.record.crm_account_id
            )
        forwarding.forward(case, event, to)
        return False
    if is_before_erasure(case, case.lead(event.lead_id), event):
        return False
    if event.origin_account_key is not None and event.type != "lead_adopted":
        forwarding.record_home_key(case, event.lead_id, event.origin_account_key)
    return True


def receive_lead(case: Case, event: PersonalEvent) -> LeadInHand | None:
    """Return the lead in hand; None if the fact is not handled here. A person who is not a lead yet becomes one.

    A consent alone makes no lead.
    """
    if not accept_fact(case, event):
        return None
    hand = LeadInHand(case, event.lead_id)
    was_lead = hand.lead.stage is not None
    if event.type != "lead_consent":
        enter(hand)
    if event.type == "lead_identified" and hand.lead.email is None:
        hand.change(email=event.email, role_address=event.role_address)
    hand.write_lead()
    unread_fields.record_event(hand, event)
    if not was_lead and hand.lead.stage is not None:
        unread_fields.report_all(hand)
        expiry.start_expiry(hand, event.occurred_at_ms)
    if event.type == "lead_identified" and was_lead:
        expiry.record_identification(hand, event.occurred_at_ms)
    if event.imported:
        imported_history.record_import(hand)
    if hand.lead.stage is not None and hand.lead.contact is not None:
        crm_claims.look_up_contact_account(case, hand.lead.contact.account_id)
    return hand
