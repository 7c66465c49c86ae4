"""The steps before any fact about a lead is handled: forward it, drop what was erased, make the person a lead.

In: a fact about a lead, at the account key to which it was sent. Out: the lead in hand, or None if nothing is left to do
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import aliases, crm_claims
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation import expiry, imported_history
from workers.accounts.evaluation.evaluate import enter
from workers.accounts.evaluation.lead_locations import is_erased

if TYPE_CHECKING:
    from schemas.lead_events import (
        LeadActivity,
        LeadAdopted,
        LeadChat,
        LeadConsent,
        LeadContact,
        LeadForm,
        LeadIdentified,
    )
    from workers.accounts.case import Case

    PersonalEvent = LeadIdentified | LeadActivity | LeadForm | LeadChat | LeadConsent


def receive(case: Case, event: PersonalEvent | LeadContact | LeadAdopted) -> bool:
    """Return whether a fact is to be handled under this account key.

    A fact of a lead that lives under another key is forwarded there. A fact from before the person's erasure is dropped.
    """
    to = aliases.destination_of(case, event)
    if to:
        if event.type == "lead_contact":
            crm_claims.contact_named(case, None if event.record is None else event.record.crm_account_id)
        aliases.forward(case, event, to)
        return False
    if is_erased(case, case.lead(event.lead_id), event):
        return False
    if event.origin_account_key is not None and event.type != "lead_adopted":
        aliases.mark_home(case, event.lead_id, event.origin_account_key)
    return True


def meet(case: Case, event: PersonalEvent) -> LeadInHand | None:
    """Return the person in hand, as a lead from now on; None if the fact is not handled here."""
    if not receive(case, event):
        return None
    hand = LeadInHand(case, event.lead_id)
    was_lead = hand.lead.stage is not None
    if event.type != "lead_consent":
        enter(hand)
    if event.type == "lead_identified" and hand.lead.email is None:
        hand.change(email=event.email, role_address=event.role_address)
    hand.write_lead()
    if not was_lead and hand.lead.stage is not None:
        expiry.start_expiry(hand, event.occurred_at_ms)
    if event.type == "lead_identified" and was_lead:
        expiry.record_identification(hand, event.occurred_at_ms)
    if event.imported:
        imported_history.record_import(hand)
    if hand.lead.stage is not None and hand.lead.contact is not None:
        crm_claims.contact_named(case, hand.lead.contact.account_id)
    return hand
