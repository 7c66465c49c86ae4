"""What the CRM says of a person: facts that go before those of forms, ids for the hand-off, and do-not-contact.

In: a contact of the CRM, or its deletion. Out: the lead's facts, judged again, its touches keeping their dates. A contact
who never came by is remembered and is no lead: no stage, no score, no alert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.lead_events import AdoptedContact, AdoptedFact
from workers.accounts import claims
from workers.accounts.enrichment import company_facts
from workers.accounts.facts import merged
from workers.accounts.judging import judge
from workers.accounts.qualifying import Occasion
from workers.accounts.rows import Contact, Fact, LeadRow, ScoreRow
from workers.accounts.withholding import withheld_or_given

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.crm_contacts import ContactRecord
    from schemas.lead_events import LeadContact
    from workers.accounts.case import Case

CONTACT_FACTS = ("first_name", "last_name", "job_title", "job_function", "phone")


def contact_said(case: Case, event: LeadContact) -> None:
    """Take the CRM's word on a person; the last record is all that the CRM says."""
    held = case.lead(event.lead_id)
    contact, said = _read(event.record, event.occurred_at_ms)
    lead = replace(held, contact=contact, facts=merged(_of_forms(held.facts), said))
    lead = withheld_or_given(case, held, lead)
    if lead != held:
        case.put_lead(event.lead_id, lead)
    if event.record is not None and event.record.company is not None:
        claims.enriched(case, company_facts(event.record.company, event.occurred_at_ms))
    if lead.stage is not None and lead != held:
        score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
        occasion = Occasion(case.terms.day_of(event.occurred_at_ms))
        judge(case, event.lead_id, lead, score, occasion, say=True)


def to_send(case: Case, lead: LeadRow) -> AdoptedContact | None:
    """Return what goes to the primary key with a lead: its contact, and what enrichment said of the company."""
    contact = lead.contact
    if contact is None:
        return None
    return AdoptedContact(
        crm_lead_id=contact.lead_id,
        crm_contact_id=contact.contact_id,
        crm_account_id=contact.account_id,
        do_not_contact=contact.do_not_contact,
        facts=_sent(fact for fact in lead.facts if fact.is_crm),
        company=_sent(case.account.enriched),
    )


def taken_in(case: Case, sent: AdoptedContact | None, lead: LeadRow) -> LeadRow:
    """Return a lead with the contact that another key knew; the one that is here already stays."""
    if sent is None:
        return lead
    claims.enriched(case, tuple(Fact(name, one.value, one.at_ms) for name, one in sent.company.items()))
    if lead.contact is not None:
        return lead
    said = [Fact(name, one.value, one.at_ms, is_crm=True) for name, one in sent.facts.items()]
    contact = Contact(sent.crm_lead_id, sent.crm_contact_id, sent.crm_account_id, sent.do_not_contact)
    return replace(lead, contact=contact, facts=merged(lead.facts, said))


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


def _sent(facts: Iterable[Fact]) -> dict[str, AdoptedFact]:
    return {fact.name: AdoptedFact(value=fact.value, at_ms=fact.at_ms) for fact in facts}
