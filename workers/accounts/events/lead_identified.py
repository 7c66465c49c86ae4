"""A visitor gave an e-mail address: the person is a lead from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_lookup
from workers.accounts.evaluation.consents import change_consent
from workers.accounts.events.arrival import receive_lead
from workers.accounts.worth.facts import with_form

if TYPE_CHECKING:
    from schemas.lead_events import LeadIdentified
    from workers.accounts.case import Case, LeadInHand


def handle(case: Case, event: LeadIdentified) -> None:
    """Make the person a lead, and apply the consents that the visitor gave before.

    The facts of the forms that follow are known from now on. Each form is counted when it arrives itself.
    """
    hand = receive_lead(case, event)
    if hand is None:
        return
    _record_facts(hand, event)
    if event.consents:
        change_consent(hand, event)


def _record_facts(hand: LeadInHand, event: LeadIdentified) -> None:
    """Record what the forms state that follow the event, and look up the company that they name.

    A new fact may lead a waiting lead to another desk.
    """
    facts = hand.lead.facts
    for form in event.forms:
        name_lookup.look_up_form_company(hand.case, form)
        facts = with_form(facts, form)
    if facts is hand.lead.facts:
        return
    hand.change(facts=facts)
    hand.write_lead()
    hand.case.request_needs_review |= bool(hand.lead.pending)
