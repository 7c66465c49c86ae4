"""What the CRM says of a person: facts that go before those of forms, ids for the hand-off, and do-not-contact.

In: a contact of the CRM, or its deletion. Out: the lead's facts, judged again, its touches keeping their dates. A contact
who never came by is remembered and is no lead: no stage, no score, no alert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.account_keys import crm_claims
from workers.accounts.account_keys.enrichment import company_facts
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.evaluation.lead_locations import is_forgotten
from workers.accounts.evaluation.permission_change import withheld_or_given
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.facts import Contact, Fact
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import merged

if TYPE_CHECKING:
    from schemas.crm_contacts import ContactRecord
    from schemas.lead_events import LeadContact
    from workers.accounts.case import Case

CONTACT_FACTS = ("first_name", "last_name", "job_title", "job_function", "phone")


def contact_said(case: Case, event: LeadContact) -> None:
    """Take the CRM's word on a person; the last record is all that the CRM says."""
    held = case.lead(event.lead_id)
    if is_forgotten(case, held, event):
        return
    contact, said = _read(event.record, event.occurred_at_ms)
    known = {(fact.name, fact.value): fact for fact in held.facts if fact.is_crm}
    now = [known.get((fact.name, fact.value), fact) for fact in said]  # what it says again is known already
    lead = replace(held, contact=contact, facts=merged(_of_forms(held.facts), now))
    lead = withheld_or_given(case, event.lead_id, held, lead)
    if lead != held:
        case.put_lead(event.lead_id, lead)
    if event.record is not None and event.record.company is not None:
        crm_claims.enriched(case, company_facts(event.record.company, event.occurred_at_ms))
    if lead.stage is not None:
        crm_claims.contact_named(case, contact.account_id if contact else None)
    if lead.stage is not None and lead != held:
        score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
        occasion = Occasion(case.terms.day_of(event.occurred_at_ms))
        judge(case, event.lead_id, lead, score, occasion, say=True)


def _read(record: ContactRecord | None, at_ms: int) -> tuple[Contact | None, list[Fact]]:
    if record is None:
        return None, []
    contact = Contact(
        record.crm_lead_id, record.crm_contact_id, record.crm_account_id, bool(record.do_not_contact)
    )
    said = ((name, getattr(record, name)) for name in CONTACT_FACTS)
    return contact, [Fact(name, value, at_ms, is_crm=True) for name, value in said if value]


def _of_forms(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if not fact.is_crm)
