"""One record of a source becomes zero or more events of the contract.

In: a mapping, the bytes of a Kafka record, and its arrival. Out: events with topic, key and value, and notes about what was
dropped, refused or could not be read. A pure function: the same record gives the same events, ids included.

A value that cannot be read is left out and noted. Only a time that cannot be read refuses an event.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from schemas.topics import (
    CHAT_CONVERSATIONS,
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    FORM_FILLS,
    PRIVACY_REQUESTS,
    SALES_ACTIVITIES,
    WEB_ACTIVITY,
)
from workers.outbox import fact_id
from workers.sources.field_values import address_of, find_person, find_time, find_value, fold_word
from workers.sources.json_paths import compile_path, holds
from workers.sources.record_shapes import OUTER, records_in

if TYPE_CHECKING:
    from workers.sources.mapping_model import EventRule, Mapping

_WITH_BROWSER: Final = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name})
_WITH_PERSON: Final = _WITH_BROWSER | {CRM_CONTACTS.name, SALES_ACTIVITIES.name, PRIVACY_REQUESTS.name}
_IDS: Final = {
    WEB_ACTIVITY.name: ("activity",),
    FORM_FILLS.name: ("form_id",),
    CHAT_CONVERSATIONS.name: ("conversation_id", "turn"),
    CRM_ACCOUNTS.name: ("crm_account_id",),
    CRM_CONTACTS.name: ("email",),
    CRM_REPS.name: ("rep_id",),
    SALES_ACTIVITIES.name: ("action", "rep_id"),
    PRIVACY_REQUESTS.name: ("email", "request"),
}
"""Fields without which the contract refuses an event of the topic."""
_FOLDED: Final = frozenset({"activity"})
_to_bytes = msgspec.json.Encoder().encode
_to_sorted_bytes = msgspec.json.Encoder(order="sorted").encode


class MappedEvent(NamedTuple):
    """One event of the contract, ready to be written to its topic."""

    topic: str
    key: str | None
    value: dict[str, Any] | None
    """None deletes the record of the key from a CRM topic."""

    def encode(self) -> bytes | None:
        """Return the value as JSON."""
        return None if self.value is None else _to_bytes(self.value)


@dataclass(slots=True)
class RecordOutcome:
    """The result of one record of the source."""

    events: list[MappedEvent] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """Why no event was made, in words of the mapping or of the router. Never a value of the record."""
    refused: list[str] = field(default_factory=list)
    """Why an event cannot be made although it should be: its time cannot be read, or the record is not an object."""
    unread: list[tuple[str, str]] = field(default_factory=list)
    """(topic, field) of each value that was given and could not be read."""


def map_value(mapping: Mapping, value: bytes, arrival_ms: int) -> list[RecordOutcome]:
    """Map the value of one Kafka record. It may hold several records of the source.

    Args:
        mapping: the mapping of the source.
        value: the value of the Kafka record.
        arrival_ms: the time stamp of the Kafka record. Milliseconds UTC.

    Raises:
        NoRecordError: the value is not a record of the source.
    """
    return [_map_record(mapping, record, arrival_ms) for record in records_in(mapping, value)]


def _map_record(mapping: Mapping, record: Any, arrival_ms: int) -> RecordOutcome:
    outcome = RecordOutcome()
    if not isinstance(record, dict):
        outcome.refused.append("expected an object for each record")
        return outcome
    for drop in mapping.drop:
        if holds(compile_path(drop.when)(record)):
            outcome.dropped.append(drop.because)
            return outcome
    rules = [rule for rule in mapping.events if rule.when is None or holds(compile_path(rule.when)(record))]
    if not rules:
        outcome.dropped.append("no entry of events applies")
        return outcome
    occurred_at = _time_of(mapping, record, arrival_ms)
    if occurred_at is None:
        outcome.refused.append(
            "the time cannot be read; expected RFC 3339 with an offset, or seconds since 1970"
        )
        return outcome
    shared = _Shared(mapping, record, occurred_at, _id_of(mapping, record))
    counts: Counter[str] = Counter()
    for rule in rules:
        _add_event(shared, rule, outcome, counts)
    return outcome


class _Shared:
    """The facts that all events of one record have in common."""

    def __init__(self, mapping: Mapping, record: dict[str, Any], occurred_at: str, own_id: str) -> None:
        self.mapping = mapping
        self.record = record
        self.occurred_at = occurred_at
        self.own_id = own_id
        self.person = find_person(mapping.person, record) if mapping.person else None
        self.browser = find_value(mapping.browser, record) if mapping.browser else None


def _time_of(mapping: Mapping, record: dict[str, Any], arrival_ms: int) -> str | None:
    """Return the time of a record in RFC 3339. None: it is given, but cannot be read."""
    if mapping.time is not None:
        found = find_time(mapping.time, record)
        if found.value is not None:
            return str(found.value)
        if found.is_unread:
            return None
    return datetime.fromtimestamp(arrival_ms / 1_000, UTC).isoformat().replace("+00:00", "Z")


def _id_of(mapping: Mapping, record: dict[str, Any]) -> str:
    """Return the id that the source gave the record, or a text of all its facts."""
    if mapping.id is not None:
        found = find_value(mapping.id, record).value
        if found is not None:
            return found if isinstance(found, str) else _to_sorted_bytes(found).decode()
    facts = {name: value for name, value in record.items() if name != OUTER}
    return _to_sorted_bytes(facts).decode()


def _add_event(shared: _Shared, rule: EventRule, outcome: RecordOutcome, counts: Counter[str]) -> None:
    """Add the event of one rule, or the reason why it was not made."""
    number = counts[rule.to]
    counts[rule.to] += 1
    body: dict[str, Any] = {
        "event_id": fact_id("source", shared.mapping.source, shared.own_id, rule.to, number),
        "occurred_at": shared.occurred_at,
    }
    _add_shared(shared, rule.to, body, outcome)
    for name, rules in rule.fields.items():
        _put_found(body, name, find_value(rules, shared.record), rule.to, outcome)
    if "name" not in body.get("campaign", "name"):  # a source or medium alone names no campaign
        del body["campaign"]
    if (missing := _missing_field(rule, body)) is not None:
        outcome.dropped.append(f"{rule.to}: no {missing}")
        return
    for name in _FOLDED & body.keys():
        if isinstance(body[name], str):
            body[name] = fold_word(body[name])
    deletes = rule.delete is not None and holds(compile_path(rule.delete)(shared.record))
    outcome.events.append(MappedEvent(rule.to, _key_of(rule.to, body), None if deletes else body))


def _add_shared(shared: _Shared, topic: str, body: dict[str, Any], outcome: RecordOutcome) -> None:
    """Add browser, person and consent, as far as the topic has them."""
    if topic in _WITH_PERSON:
        _put(body, "email", shared.person)
    if topic not in _WITH_BROWSER:
        return
    if shared.browser is not None:
        _put_found(body, "anonymous_id", shared.browser, topic, outcome)
    consent = shared.mapping.consent
    for purpose in ("tracking", "marketing"):
        rules = getattr(consent, purpose, None)
        if rules is not None:
            _put_found(body, f"consent.{purpose}", find_value(rules, shared.record), topic, outcome)


def _put_found(body: dict[str, Any], name: str, found: Any, topic: str, outcome: RecordOutcome) -> None:
    _put(body, name, found.value)
    if found.is_unread:
        outcome.unread.append((topic, name))


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    """Put a value at a dotted name. None puts nothing."""
    if value is None:
        return
    holder = body
    *outer, last = name.split(".")
    for part in outer:
        inner = holder.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        holder = inner
    holder[last] = value


def _missing_field(rule: EventRule, body: dict[str, Any]) -> str | None:
    """Return the first field that is missing and without which the event must not be made. None: it can be made."""
    for name in (*_IDS[rule.to], *rule.needs):
        value: Any = body
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return name
    if rule.to == CRM_CONTACTS.name and address_of(body["email"]) is None:
        return "email that can be read"
    if rule.to == SALES_ACTIVITIES.name and not ("handoff_id" in body or "email" in body):
        return "handoff_id and no email"
    return None


def _key_of(topic: str, body: dict[str, Any]) -> str | None:
    """Return the key of a record of an input topic, as docs/producers.md has it."""
    address = address_of(body.get("email"))
    match topic:
        case CRM_ACCOUNTS.name:
            key = body["crm_account_id"]
        case CRM_REPS.name:
            key = body["rep_id"]
        case CRM_CONTACTS.name | PRIVACY_REQUESTS.name:
            key = address or body["email"]
        case SALES_ACTIVITIES.name:
            key = body.get("handoff_id") or address or body.get("email")
        case CHAT_CONVERSATIONS.name:
            key = body.get("anonymous_id") or body["conversation_id"]
        case _:
            key = body.get("anonymous_id") or address
    return None if key is None else str(key).strip()
