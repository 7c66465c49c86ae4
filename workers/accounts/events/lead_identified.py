"""A visitor gave an e-mail address: the person is a lead from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_lookup
from workers.accounts.evaluation.consents import change_consent
from workers.accounts.events.arrival import receive_lead
from workers.accounts.worth.facts import latest_campaign, with_form

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

    A new fact may lead a waiting lead to another desk. Their campaign is known too, unless a consent decides about it.
    Then it is recorded with the form itself.
    """
    facts, campaign = hand.lead.facts, hand.lead.campaign
    has_no_consent = hand.case.terms.may_track_unasked and hand.score.untracked is None and not event.consents
    for form in event.forms:
        name_lookup.look_up_form_company(hand.case, form)
        facts = with_form(facts, form, fields=hand.case.terms.tested_fields)
        if has_no_consent and form.consent is None:
            campaign = latest_campaign(campaign, form.campaign, form.occurred_at_ms)
    if facts is hand.lead.facts and campaign is hand.lead.campaign:
        return
    hand.change(facts=facts, campaign=campaign)
    hand.write_lead()
    hand.case.request_needs_review |= bool(hand.lead.pending)
