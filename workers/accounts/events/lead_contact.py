"""The CRM has a record of a person, has changed it, or has deleted it.

In: a contact of the CRM, or its deletion. Out: the lead's facts, which take precedence over those of forms; ids
for the hand-off; do-not-contact; the lead evaluated again. A contact who was never active is stored without a stage and
has no score and no alert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import crm_claims
from workers.accounts.account_keys.enrichment import company_facts
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation import unread_fields
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.evaluation.permission_change import apply_permission
from workers.accounts.events.arrival import accept_fact
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.facts import Contact, Fact
from workers.accounts.worth.facts import merge_facts, stated_text

if TYPE_CHECKING:
    from schemas.crm_contacts import ContactRecord
    from schemas.lead_events import LeadContact
    from workers.accounts.case import Case

CONTACT_FACTS = ("first_name", "last_name", "job_title", "job_function", "region", "phone")
"""Fields of a CRM contact that become facts of the lead."""


def handle(case: Case, event: LeadContact) -> None:
    """Apply the CRM's record of a person. It replaces everything that an earlier record stated."""
    if not accept_fact(case, event):
        return
    hand = LeadInHand(case, event.lead_id)
    before = hand.lead
    contact, stated = _read(event.record, event.occurred_at_ms)
    known = {(fact.name, fact.value): fact for fact in before.facts if fact.is_crm}
    facts = [known.get((fact.name, fact.value), fact) for fact in stated]  # an unchanged fact keeps its date
    hand.change(contact=contact, facts=merge_facts(_of_forms(before.facts), facts))
    unread_fields.record_event(hand, event)
    apply_permission(hand, before)
    if hand.lead == before:
        hand.lead = before
    hand.write_lead()
    if event.record is not None and event.record.company is not None:
        crm_claims.enrich(case, company_facts(event.record.company, event.occurred_at_ms))
    if hand.lead.stage is None:
        return
    crm_claims.look_up_contact_account(case, contact.account_id if contact else None)
    if hand.lead is not before:
        occasion = Occasion(case.terms.day_of(event.occurred_at_ms))
        evaluate(hand, occasion, is_news=True)


def _read(record: ContactRecord | None, at_ms: int) -> tuple[Contact | None, list[Fact]]:
    """Return the contact and the facts of a CRM record. A deleted record has neither."""
    if record is None:
        return None, []
    contact = Contact(
        record.crm_lead_id,
        record.crm_contact_id,
        record.crm_account_id,
        bool(record.do_not_contact),
        record.owner_rep_id,
    )
    stated = ((name, stated_text(name, getattr(record, name))) for name in CONTACT_FACTS)
    return contact, [Fact(name, value, at_ms, is_crm=True) for name, value in stated if value]


def _of_forms(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts that forms stated."""
    return tuple(fact for fact in facts if not fact.is_crm)
