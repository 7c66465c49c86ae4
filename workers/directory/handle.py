"""The hop of `directory`: changes and deletions of CRM records become messages to the accounts and desks concerned.

In: crm.accounts, crm.contacts, crm.reps, sales.activities, privacy.requests, and dead.letters for an erasure. Out:
lead.events, desk.requests, erasures to every hop, and once the `ready` to visitor.events.
Of two versions of a record the later dated holds (versions.py). This hop never decides who owns an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.crm_accounts import CrmAccount
from schemas.crm_contacts import CrmContact
from schemas.crm_reps import CrmRep
from schemas.erasure import PersonErased
from schemas.lead_events import SalesAnswered
from schemas.parsing import ContractError, parse_json
from schemas.privacy_requests import PrivacyRequest
from schemas.sales_activities import SalesActivity
from schemas.tolerant_parsing import Reading, places_of, read_record
from schemas.topics import (
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    DEAD_LETTERS,
    DESK_REQUESTS,
    DIRECTORY_EVENTS,
    LEAD_EVENTS,
    TOPICS,
    VISITOR_EVENTS,
)
from schemas.visitor_events import DirectoryReady
from schemas.vocabulary import DeadLetterReason
from workers.directory.account_domains import sort_domains
from workers.directory.account_versions import account_changed, account_deleted, review_domains
from workers.directory.contact_erasure import (
    ERASE,
    erase_next_letters,
    request_erasure,
    start_contact_erasure,
)
from workers.directory.contact_versions import contact_changed, contact_deleted
from workers.directory.dead_letter_index import FORGET_LETTER, Letter, drop_entry, index_letter, read_letter
from workers.directory.handoff_ids import account_key_of, without_unread_handoff
from workers.directory.rep_versions import rep_changed, rep_deleted
from workers.directory.rows import VERSIONS, CountRow, ReadySentRow
from workers.directory.versions import version_date
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.timers import start_cursor
from workers.identity import repeats
from workers.identity.addresses import Address, BadAddressError, normalise
from workers.identity.company_domains import domains_of
from workers.identity.consent_statements import consent_changed
from workers.identity.daily_sweep import begin_sweep, ensure_sweep, sweep_counts
from workers.identity.erasure_marks import FORGET_MARK, erased_until_ms, forget_mark, mark_kept_ms
from workers.identity.event_time import AHEAD_MS, EventTime, event_time, to_ms
from workers.identity.lead_ids import Person, person_of
from workers.identity.repeats import CHUNK, Arrival, day_key, id_of, name_by_producer, remember, sweep_seen
from workers.identity.unread_facts import without_unread_facts
from workers.identity.word_meanings import with_own_words
from workers.outbox import emit

if TYPE_CHECKING:
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_NO_COUNTS: Final = CountRow()


@dataclass(frozen=True, slots=True)
class Deleted:
    """The deletion of a CRM record."""

    record_id: str
    """Key of the deleted record: its id, or of a contact the address."""


_REVIEW: Final = "domains"
"""Kind of the cursor over all CRM accounts, started by a new policy."""
InputRecord = CrmAccount | CrmContact | CrmRep | SalesActivity | PrivacyRequest
DirectoryEvent = Reading | PersonErased | Letter | Deleted


class DirectoryHop(BaseHop):
    """The hop of the agent `directory`. ``lead_id_key`` is the secret under which lead ids are made."""

    def __init__(self, policy: Policy, lead_id_key: bytes, partitions: int = 1) -> None:
        """Compile the policy: lists of domains, retention times. Every topic has ``partitions`` partitions."""
        self._lead_id_key = lead_id_key
        self._domains = domains_of(policy)
        self._words = policy.words
        self._partitions = partitions
        self._window_ms = policy.privacy.repeats.ms
        self._mark_kept_ms = mark_kept_ms(policy)

    def parse(self, record: Record) -> DirectoryEvent:
        """Type a record's value. In the CRM's topics, a record without a value is a deletion.

        Raises RefusedError if the value cannot be read, or if a CRM record's key is not its id. A deletion
        of such a record could not be matched to it.
        """
        if record.topic == DEAD_LETTERS.name:
            return read_letter(record, self._lead_id_key)
        is_crm = record.topic in VERSIONS
        if is_crm and record.value is None:
            return Deleted(_record_id(record))
        try:
            if record.topic == DIRECTORY_EVENTS.name:
                erased: PersonErased = parse_json(DIRECTORY_EVENTS, record.value)
                return erased
            reading = without_unread_facts(record.topic, read_record(TOPICS[record.topic], record.value))
            reading = with_own_words(without_unread_handoff(reading), self._words)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        if not is_crm:  # of a CRM record the date names the version
            repeats.refuse_placeholder_id(record.topic, reading.body)
        elif record.key is not None and _record_id(record) != _expected_key(reading.body):
            detail = f"{record.topic}: the record's key is not its id, so its deletion would not be found"
            raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail)
        return reading

    def key_of(self, event: DirectoryEvent) -> str | None:  # noqa: ARG002 - see the docstring
        """Return None: any partition is right, because every row is found by its own topic's key."""
        return None

    def unread_of(self, event: DirectoryEvent) -> tuple[tuple[str, str], ...]:
        """Return (topic, field) of each field of an input record that could not be read."""
        return places_of(event.unread) if isinstance(event, Reading) else ()

    def is_outdated(self, event: DirectoryEvent, record: Record, rows: Rows) -> bool:
        """Whether an input record is a version of a CRM record that is older than the one held, by their dates."""
        if not isinstance(event, Reading) or record.topic not in VERSIONS:
            return False
        body = event.body
        key = self._person(body.email).lead_id if isinstance(body, CrmContact) else _expected_key(body)
        held = rows.get(VERSIONS[record.topic], key)
        return held is not None and version_date(body.occurred_at, record.timestamp_ms) < held.dated_ms

    def handle(self, event: DirectoryEvent, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one record. Raises RefusedError: ``too_old``, ``bad_address``, ``unknown_handoff`` of a sales activity."""
        if isinstance(event, Reading):
            return self._handle_input(event, record, rows, clock)
        if isinstance(event, Letter):
            return index_letter(rows, event, clock.now_ms)
        if isinstance(event, PersonErased):
            return start_contact_erasure(rows, event, clock.now_ms, self._mark_kept_ms)
        return self._handle_deletion(event, record, rows)

    def _handle_input(self, reading: Reading, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        event: InputRecord = reading.body
        if self.is_outdated(reading, record, rows):
            _count(rows, clock, outdated=1)
        if isinstance(event, CrmAccount):
            return self._handle_account(reading, record, rows, clock)
        if isinstance(event, CrmContact):
            return self._handle_contact(reading, record, rows)
        if isinstance(event, CrmRep):
            dated_ms = version_date(event.occurred_at, record.timestamp_ms)
            return [emit(DESK_REQUESTS, fact) for fact in rep_changed(event, dated_ms, rows, reading.unread)]
        if isinstance(event, SalesActivity):
            return self._handle_sales_activity(reading, record, rows, clock)
        return self._handle_privacy(event, record, rows, clock)

    def _handle_account(self, reading: Reading, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        event: CrmAccount = reading.body
        found = sort_domains(event, self._domains)
        if found.dropped:
            _count(rows, clock, dropped_domains=len(found.dropped))
        dated_ms = version_date(event.occurred_at, record.timestamp_ms)
        return [emit(LEAD_EVENTS, fact) for fact in account_changed(found, dated_ms, rows, reading.unread)]

    def _handle_contact(self, reading: Reading, record: Record, rows: Rows) -> list[Emit]:
        contact: CrmContact = reading.body
        person = self._person(contact.email)
        at_ms = min(to_ms(contact.occurred_at), record.timestamp_ms + AHEAD_MS)
        if at_ms <= erased_until_ms(rows, person.lead_id):
            return []
        dated_ms = version_date(contact.occurred_at, record.timestamp_ms)
        facts = contact_changed(contact, person, at_ms, dated_ms, rows, reading.unread)
        return [emit(LEAD_EVENTS, fact) for fact in facts]

    def _handle_deletion(self, event: Deleted, record: Record, rows: Rows) -> list[Emit]:
        if record.topic == CRM_ACCOUNTS.name:
            gone = account_deleted(event.record_id, record.timestamp_ms, rows)
            return [emit(LEAD_EVENTS, fact) for fact in gone]
        if record.topic == CRM_CONTACTS.name:
            lost = contact_deleted(self._person(event.record_id), record.timestamp_ms, rows)
            return [emit(LEAD_EVENTS, fact) for fact in lost]
        return [emit(DESK_REQUESTS, fact) for fact in rep_deleted(event.record_id, record.timestamp_ms, rows)]

    def _handle_sales_activity(
        self, reading: Reading, record: Record, rows: Rows, clock: Clock
    ) -> list[Emit]:
        activity: SalesActivity = reading.body
        time = event_time(activity.occurred_at, record.timestamp_ms, self._window_ms)
        lead_id = None
        if activity.handoff_id is not None:
            account_key = account_key_of(activity.handoff_id)
        else:
            person = self._person(activity.email or "")
            account_key, lead_id = person.account_key, person.lead_id
        if self._is_repeated(activity, time, record, rows, clock):
            return []
        answered = SalesAnswered(
            account_key=account_key,
            lead_id=lead_id,
            occurred_at_ms=time.at_ms,
            clamped=time.is_clamped,
            activity=name_by_producer(activity),
            unread=list(reading.unread) or None,
        )
        return [emit(LEAD_EVENTS, answered)]

    def _handle_privacy(self, event: PrivacyRequest, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        person = self._person(event.email)
        at_ms = min(to_ms(event.occurred_at), record.timestamp_ms + AHEAD_MS)
        time = EventTime(at_ms, to_ms(event.occurred_at))
        if self._is_repeated(event, time, record, rows, clock):
            return []
        if event.consent is None:
            return request_erasure(event, person, record.timestamp_ms, self._partitions)
        if at_ms <= erased_until_ms(rows, person.lead_id):
            return []
        changed = consent_changed(person.lead_id, person.account_key, event.event_id, at_ms, event.consent)
        return [emit(LEAD_EVENTS, changed)]

    def _is_repeated(
        self, event: SalesActivity | PrivacyRequest, time: EventTime, record: Record, rows: Rows, clock: Clock
    ) -> bool:
        """Whether an event has arrived before. It counts once, under the date of its first arrival."""
        ensure_sweep(rows, clock.now_ms)
        arrival = Arrival(record.timestamp_ms, clock.now_ms)
        repeat = remember(rows, record.topic, id_of(event), time, arrival, self._window_ms)
        if repeat is not None:
            _count(rows, clock, repeated=1)
        return repeat is not None

    def _person(self, email: str) -> Person:
        return person_of(_address(email), self._lead_id_key, self._domains)

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        """Notify every partition of `visitors`, once, that this partition has read the CRM's state at the first start."""
        if rows.get(ReadySentRow) is not None:
            return []
        rows.put(ReadySentRow(at_ms=clock.now_ms))
        value = DirectoryReady(partition=partition, partitions=partitions).model_dump_json().encode()
        return [
            Emit(topic=VISITOR_EVENTS.name, key=None, value=value, partition=to) for to in range(partitions)
        ]

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Begin the daily sweep, or delete an erasure mark or an entry of the dead letter index."""
        if timer.kind == FORGET_MARK:
            forget_mark(rows, timer.key)
        elif timer.kind == FORGET_LETTER:
            drop_entry(rows, timer.key)
        else:
            begin_sweep(rows, clock.now_ms)
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Sweep one chunk, sort domains of one chunk of accounts, or erase one chunk of a person's dead letters.

        The sweep deletes ids of sales activities that are too old to be repeated, then old counts.
        """
        if cursor.kind == ERASE:
            return erase_next_letters(rows, cursor.key)
        if cursor.kind == _REVIEW:
            facts, position = review_domains(rows, self._domains, cursor.position, CHUNK)
            return [emit(LEAD_EVENTS, fact) for fact in facts], position
        after = tuple(cursor.position.split("\x00")) if cursor.position else ()
        following = sweep_seen(rows, after, clock.now_ms, self._window_ms)
        if following is not None:
            return [], "\x00".join(following)
        sweep_counts(rows, CountRow, clock.now_ms)
        return [], None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """Start to sort the domains of all CRM accounts by the lists of the new policy, in chunks."""
        del clock
        start_cursor(rows, _REVIEW, "all")
        return []


def _address(email: str) -> Address:
    try:
        return normalise(email)
    except BadAddressError as error:
        raise RefusedError(DeadLetterReason.BAD_ADDRESS, f"email: {error}") from None


def _expected_key(event: InputRecord) -> str:
    """Return the key that a CRM record must have: its id, or a contact's normalised address."""
    if isinstance(event, CrmAccount):
        return event.crm_account_id
    if isinstance(event, CrmContact):
        return _address(event.email).email
    return event.rep_id if isinstance(event, CrmRep) else ""


def _record_id(record: Record) -> str:
    try:
        text = (record.key or b"").decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or "\x00" in text:
        raise RefusedError(
            DeadLetterReason.BREAKS_CONTRACT, f"{record.topic}: expected the record's id as its key"
        )
    return text


def _count(rows: Rows, clock: Clock, dropped_domains: int = 0, repeated: int = 0, outdated: int = 0) -> None:
    ensure_sweep(rows, clock.now_ms)
    day = day_key(clock.now_ms)
    now = rows.get(CountRow, day) or _NO_COUNTS
    counted = replace(
        now,
        dropped_domains=now.dropped_domains + dropped_domains,
        repeated=now.repeated + repeated,
        outdated=now.outdated + outdated,
    )
    rows.put(counted, day)
