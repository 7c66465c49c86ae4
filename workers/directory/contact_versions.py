"""Changes of a CRM contact, as facts to the account to which the person's lead belongs.

Of two versions the one with the later date holds, and of one date the later in the log. A blank field overwrites nothing.
Only a deletion withdraws a fact.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from schemas.crm_contacts import ContactRecord
from schemas.lead_events import LeadContact
from schemas.topics import CRM_CONTACTS
from workers.directory.kept_values import pack_unread, unpack_unread
from workers.directory.rows import ContactVersionRow
from workers.directory.versions import Known, is_blank, merge_versions
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.base import UnreadField
    from schemas.crm_contacts import CrmContact
    from workers.directory.kept_values import Unread
    from workers.engine.rows import Rows
    from workers.identity.lead_ids import Person

_COMPANY = "company."


def contact_changed(
    contact: CrmContact,
    person: Person,
    at_ms: int,
    dated_ms: int,
    rows: Rows,
    unread: tuple[UnreadField, ...] = (),
) -> list[LeadContact]:
    """Store a contact. Return the fact for the person's account, or an empty list if nothing changed.

    A version that is older than the stored one adds only what newer ones left blank. ``dated_ms``: date of the version.
    ``unread``: the fields of the version that could not be read.
    """
    before = rows.get(ContactVersionRow, person.lead_id)
    if before is not None and not before.content and dated_ms < before.dated_ms:
        return []
    held = Known(_flat(json.loads(before.content or "{}")), before.older) if before else Known({}, ())
    held_ms = before.dated_ms if before is not None else dated_ms
    sent = _flat(contact.model_dump(mode="json", exclude={"event_id", "occurred_at", "email"}))
    known = merge_versions(held, held_ms, sent, dated_ms, sorted({*held.facts, *sent}))
    content = json.dumps(_nested(known.facts), sort_keys=True, ensure_ascii=False)
    row = ContactVersionRow(
        content=content,
        event_id=contact.event_id,
        dated_ms=max(held_ms, dated_ms),
        older=known.older,
        unread=pack_unread(unread) if before is None or dated_ms >= held_ms else before.unread,
    )
    rows.put(row, person.lead_id)
    if before is not None and (before.content, before.unread) == (content, row.unread):
        return []
    record = ContactRecord.model_validate(_nested(known.facts))
    return [_contact(person, contact.event_id, at_ms, record, row.unread)]


def contact_deleted(person: Person, arrival_ms: int, rows: Rows) -> list[LeadContact]:
    """Delete a contact. Return the fact that the CRM has no record of the person any more.

    The date of the deleted version is kept: an older version that arrives later does not bring the contact back.
    """
    before = rows.get(ContactVersionRow, person.lead_id)
    if before is None or not before.content:
        return []
    kept = ContactVersionRow(content="", event_id=before.event_id, dated_ms=before.dated_ms)
    rows.put(kept, person.lead_id)
    cause = fact_id("contact_deleted", person.lead_id, before.event_id, arrival_ms)
    return [_contact(person, cause, arrival_ms, None)]


def _contact(
    person: Person, event_id: str, at_ms: int, record: ContactRecord | None, unread: Unread = ()
) -> LeadContact:
    return LeadContact(
        event_id=event_id,
        account_key=person.account_key,
        lead_id=person.lead_id,
        occurred_at_ms=at_ms,
        record=record,
        unread=unpack_unread(CRM_CONTACTS, unread),
    )


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a record without blanks. Those about the company have the prefix ``company.``."""
    company = record.get("company") or {}
    facts = {name: one for name, one in record.items() if name != "company"}
    facts |= {f"{_COMPANY}{name}": one for name, one in company.items()}
    return {name: one for name, one in facts.items() if not is_blank(one)}


def _nested(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts as a record again: the inverse of ``_flat``."""
    record = {name: one for name, one in facts.items() if not name.startswith(_COMPANY)}
    company = {name.removeprefix(_COMPANY): one for name, one in facts.items() if name.startswith(_COMPANY)}
    return record | ({"company": company} if company else {})
