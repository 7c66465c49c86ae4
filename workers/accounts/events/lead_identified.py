"""A visitor gave an e-mail address: the person is a lead from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.evaluation.consents import change_consent
from workers.accounts.events.arrival import receive_lead

if TYPE_CHECKING:
    from schemas.lead_events import LeadIdentified
    from workers.accounts.case import Case


def handle(case: Case, event: LeadIdentified) -> None:
    """Make the person a lead, and apply the consents that the visitor gave before."""
    hand = receive_lead(case, event)
    if hand is not None and event.consents:
        change_consent(hand, event)
