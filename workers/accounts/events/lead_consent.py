"""A person gave or withdrew consent outside of an event that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.evaluation.consents import change_consent
from workers.accounts.events.arrival import receive_lead

if TYPE_CHECKING:
    from schemas.lead_events import LeadConsent
    from workers.accounts.case import Case


def handle(case: Case, event: LeadConsent) -> None:
    """Apply the consents. A person without a lead stays without one."""
    hand = receive_lead(case, event)
    if hand is not None and event.consents:
        change_consent(hand, event)
