"""A lead filled in a form.

In: the form. Out: the lead's facts, a raised hand or a support question, a company-name lookup, and the results of the
steps that an activity has too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_lookup
from workers.accounts.events.arrival import receive_lead
from workers.accounts.events.visit_steps import SHARED_STEPS, Step, Visit
from workers.accounts.handoffs import support_questions
from workers.accounts.worth.facts import with_form

if TYPE_CHECKING:
    from schemas.lead_events import LeadForm
    from workers.accounts.case import Case


def look_up_company(visit: Visit) -> None:
    """Look up the company that the form names, if the account is unknown to the CRM."""
    name_lookup.look_up_form_company(visit.case, _form(visit))


def record_facts(visit: Visit) -> None:
    """Record the facts that the form states."""
    terms = visit.case.terms
    facts = with_form(
        visit.hand.lead.facts, _form(visit), keeps_form=terms.asks_forms, fields=terms.tested_fields
    )
    if facts is not visit.hand.lead.facts:
        visit.hand.change(facts=facts)


def read_request(visit: Visit) -> None:
    """Find out what the form asks for: sales, support, or neither."""
    request = _form(visit).request
    visit.is_question = support_questions.is_question(visit.case, visit.hand.lead, request)
    visit.raises_hand = request in visit.case.terms.asks_for and not visit.is_redated


def ask_support(visit: Visit) -> None:
    """Ask the service desk to answer a support question."""
    if visit.is_live and visit.is_question and not visit.is_redated:
        support_questions.ask_desk(visit.case, visit.event.lead_id, visit.event.occurred_at_ms)


STEPS: tuple[Step, ...] = (look_up_company, record_facts, read_request, *SHARED_STEPS, ask_support)
"""The steps of a form, in order."""


def handle(case: Case, event: LeadForm) -> None:
    """Run the steps of a form."""
    hand = receive_lead(case, event)
    if hand is None:
        return
    visit = Visit(hand, event, hand.lead)
    for step in STEPS:
        step(visit)


def _form(visit: Visit) -> LeadForm:
    """Return the event of the visit, typed as a form."""
    if visit.event.type != "lead_form":
        raise TypeError(f"expected a lead_form, found {visit.event.type}")
    return visit.event
