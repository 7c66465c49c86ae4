"""Fields of input records that could not be read: an alert names each, and ends when a later record is right.

In: an event of a lead, or the claim of a CRM account, with the names of such fields. Out: alerts, and notes in the lead's
row. A CRM contact who was never active has notes, and alerts once it is a lead. Imported history raises none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from schemas.topics import CHAT_CONVERSATIONS, CRM_CONTACTS, FORM_FILLS, SALES_ACTIVITIES, WEB_ACTIVITY
from schemas.vocabulary import Alert
from workers.accounts.worth.unread_notes import is_known_since, notes_after, notes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import (
        LeadActivity,
        LeadChat,
        LeadConsent,
        LeadContact,
        LeadForm,
        LeadIdentified,
        SalesAnswered,
    )
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.facts import ClaimRow
    from workers.accounts.state.parts import UnreadNote

    PersonalEvent = LeadIdentified | LeadActivity | LeadForm | LeadChat | LeadConsent

_TOPICS: Final = {
    "lead_form": FORM_FILLS.name,
    "lead_chat": CHAT_CONVERSATIONS.name,
    "lead_contact": CRM_CONTACTS.name,
    "sales_answered": SALES_ACTIVITIES.name,
}


def record_event(hand: LeadInHand, event: PersonalEvent | LeadContact | SalesAnswered) -> None:
    """Note the fields of a lead's event that could not be read, and end notes that the event settles."""
    before = hand.lead.unread
    if not before and not event.unread:
        return
    if event.type != "sales_answered" and event.imported:
        return
    odd = notes_of(event.unread, event.occurred_at_ms)
    odd = tuple(one for one in odd if not is_known_since(hand.lead.facts, one))
    now = notes_after(
        before, _topic_of(event), event.occurred_at_ms, odd, lambda field: _has_value(_record(event), field)
    )
    if now == before:
        return
    hand.change(unread=now)
    hand.write_lead()
    places = {(one.topic, one.field) for one in now}
    _clear(hand.case, hand.lead_id, (one for one in before if (one.topic, one.field) not in places))
    report_all(hand)


def report_all(hand: LeadInHand) -> None:
    """Raise the alerts of a lead's notes, if the person is a lead. An open alert stays unchanged."""
    if hand.lead.stage is None:
        return
    for note in hand.lead.unread:
        hand.case.raise_alert(
            Alert.FIELD_UNREADABLE,
            _subject(hand.lead_id, note),
            lead_id=hand.lead_id,
            topic=note.topic,
            field=note.field,
            found=note.word,
        )


def clear_all(hand: LeadInHand) -> None:
    """Clear the alerts of a lead that is no longer stored here."""
    _clear(hand.case, hand.lead_id, hand.lead.unread)


def report_record(case: Case, crm_account_id: str, before: ClaimRow | None, now: ClaimRow | None) -> None:
    """Raise and clear the alerts of a CRM account's record. Only its primary key has them."""
    held, open_now = _notes_here(case, before), _notes_here(case, now)
    fields = {one.field for one in open_now}
    _clear(case, crm_account_id, (one for one in held if one.field not in fields))
    for note in open_now:
        case.raise_alert(
            Alert.FIELD_UNREADABLE,
            _subject(crm_account_id, note),
            topic=note.topic,
            field=note.field,
            found=note.word,
            crm_account_id=crm_account_id,
        )


def _notes_here(case: Case, claim: ClaimRow | None) -> tuple[UnreadNote, ...]:
    return claim.unread if claim is not None and claim.primary_key == case.key else ()


def _clear(case: Case, owner: str, notes: Iterable[UnreadNote]) -> None:
    for note in notes:
        case.clear_alert(Alert.FIELD_UNREADABLE, _subject(owner, note))


def _subject(owner: str, note: UnreadNote) -> str:
    return f"{owner} {note.topic} {note.field}"


def _topic_of(event: PersonalEvent | LeadContact | SalesAnswered) -> str:
    """Return the topic of the record behind an event."""
    if event.type == "lead_activity" and event.activity.startswith("chat_"):
        return CHAT_CONVERSATIONS.name
    return _TOPICS.get(event.type, WEB_ACTIVITY.name)


def _record(event: PersonalEvent | LeadContact | SalesAnswered) -> Any:
    """Return the part of an event that holds the fields of the input record."""
    if event.type == "sales_answered":
        return event.activity
    return event.record if event.type == "lead_contact" else event


def _has_value(record: Any, field: str) -> bool:
    """Whether a record has a value in a field. A field that the event does not carry counts as given."""
    for name in field.split("."):
        if record is None:
            return False
        record = getattr(record, name, True)
    return record not in (None, "", [])
