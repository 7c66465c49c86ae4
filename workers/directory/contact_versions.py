"""What changed at a contact? The last version of the CRM's word on a person, told to the account where the lead lives.

Of two versions the later in the log holds; what it leaves blank overwrites nothing. Only a deletion takes a fact back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from schemas.crm_contacts import ContactRecord
from schemas.lead_events import LeadContact
from workers.directory.rows import ContactVersionRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.crm_contacts import CrmContact
    from workers.engine.rows import Rows
    from workers.identity.people import Person


def contact_changed(contact: CrmContact, person: Person, at_ms: int, rows: Rows) -> list[LeadContact]:
    """Keep a record; return what the person's account must hear, nothing where it says nothing new."""
    before = rows.get(ContactVersionRow, person.lead_id)
    said = _said(contact.model_dump(mode="json", exclude={"event_id", "occurred_at", "email"}))
    known = _completed(json.loads(before.content), said) if before else said
    content = json.dumps(known, sort_keys=True, ensure_ascii=False)
    if before is not None and before.content == content:
        return []
    rows.put(ContactVersionRow(content=content, event_id=contact.event_id), person.lead_id)
    record = ContactRecord.model_validate(known)
    return [_contact(person, contact.event_id, at_ms, record)]


def contact_deleted(person: Person, arrival_ms: int, rows: Rows) -> list[LeadContact]:
    """Forget a record; return that the CRM says nothing of the person any more."""
    before = rows.get(ContactVersionRow, person.lead_id)
    if before is None:
        return []
    rows.delete(ContactVersionRow, person.lead_id)
    cause = fact_id("contact_deleted", person.lead_id, before.event_id, arrival_ms)
    return [_contact(person, cause, arrival_ms, None)]


def _contact(person: Person, event_id: str, at_ms: int, record: ContactRecord | None) -> LeadContact:
    return LeadContact(
        event_id=event_id,
        account_key=person.account_key,
        lead_id=person.lead_id,
        occurred_at_ms=at_ms,
        record=record,
    )


def _said(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a record says, without its blanks."""
    inner = {name: _said(one) if isinstance(one, dict) else one for name, one in value.items()}
    return {name: one for name, one in inner.items() if one not in (None, "", [], {})}


def _completed(before: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    company = before.get("company", {}) | said.get("company", {})
    return before | said | ({"company": company} if company else {})
