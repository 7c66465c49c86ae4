"""Changes of a CRM contact, as facts to the account to which the person's lead belongs.

Of two versions the later in the log holds. A blank field in a later version overwrites nothing. Only a deletion
withdraws a fact.
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
    from workers.identity.lead_ids import Person


def contact_changed(contact: CrmContact, person: Person, at_ms: int, rows: Rows) -> list[LeadContact]:
    """Store a contact. Return the fact for the person's account, or an empty list if nothing changed."""
    before = rows.get(ContactVersionRow, person.lead_id)
    new = _without_blanks(contact.model_dump(mode="json", exclude={"event_id", "occurred_at", "email"}))
    known = _merge(json.loads(before.content), new) if before else new
    content = json.dumps(known, sort_keys=True, ensure_ascii=False)
    if before is not None and before.content == content:
        return []
    rows.put(ContactVersionRow(content=content, event_id=contact.event_id), person.lead_id)
    record = ContactRecord.model_validate(known)
    return [_contact(person, contact.event_id, at_ms, record)]


def contact_deleted(person: Person, arrival_ms: int, rows: Rows) -> list[LeadContact]:
    """Delete a contact. Return the fact that the CRM has no record of the person any more."""
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


def _without_blanks(value: dict[str, Any]) -> dict[str, Any]:
    """Return a record without its blank fields."""
    inner = {name: _without_blanks(one) if isinstance(one, dict) else one for name, one in value.items()}
    return {name: one for name, one in inner.items() if one not in (None, "", [], {})}


def _merge(before: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    company = before.get("company", {}) | new.get("company", {})
    return before | new | ({"company": company} if company else {})
