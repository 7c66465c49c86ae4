"""The hop of `visitors`: events of a site or a chat become facts about leads once their visitor is identified.

In: web.activity, form.fills, chat.conversations and the own log (forwarded records, the directory's `ready`,
erasures). Out: lead.events, and lead.alerts for requests without a readable address. This hop never scores a lead, and never decides what an account is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.erasure import PersonErased
from schemas.form_fills import FormFill
from schemas.parsing import ContractError, parse_json
from schemas.tolerant_parsing import places_of, read_record
from schemas.topics import LEAD_EVENTS, TOPICS, VISITOR_EVENTS
from schemas.visitor_events import DirectoryReady
from schemas.vocabulary import DeadLetterReason
from schemas.web_activity import WebActivity
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.identity.company_domains import DATA_VERSION, domains_of
from workers.identity.consent_statements import latest, refuses_tracking, statements_of
from workers.identity.daily_sweep import begin_sweep, ensure_sweep
from workers.identity.erasure_marks import FORGET_MARK, erased_until_ms, forget_mark
from workers.identity.event_time import DAY_MS, EventTime, event_time, history_time
from workers.identity.lead_ids import Person, person_of
from workers.identity.repeats import (
    Arrival,
    id_of,
    may_hold_old_rows,
    name_by_producer,
    refuse_placeholder_id,
    remember,
)
from workers.identity.unread_facts import without_unread_facts
from workers.identity.word_meanings import with_own_words
from workers.outbox import emit
from workers.visitors.anonymous_history import Bounds, HistoryEvent, add_event, drop_event, take_events
from workers.visitors.browser_erasure import ERASE, erase_browsers, start_browser_erasure
from workers.visitors.chat_turns import anonymous_request
from workers.visitors.daily_counts import count
from workers.visitors.history_rows import row_of, stored_fact
from workers.visitors.imported_events import ImportRules, first_arrival_ms
from workers.visitors.input_events import (
    InputEvent,
    ParsedEvent,
    asks_for_a_person,
    browser_of,
    parsed_event,
    refuse_without_name,
)
from workers.visitors.lead_facts import VisitorFact, fact_of, identified_fact, redated, with_unread
from workers.visitors.links import link_at, with_link
from workers.visitors.quick_keys import quick_key_of
from workers.visitors.refused_requests import refusal_alert
from workers.visitors.rows import BrowserRow, ConsentStatement, Link, PersonRow, ReadyRow, VisitorRow
from workers.visitors.sweep import retention_of, sweep_chunk
from workers.visitors.visit_filter import VisitFilter

if TYPE_CHECKING:
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_UNKNOWN: Final = VisitorRow()


class VisitorsHop(BaseHop):
    """The hop of the agent `visitors`. ``lead_id_key`` is the secret under which lead ids are made."""

    def __init__(self, policy: Policy, lead_id_key: bytes, partitions: int) -> None:
        """Compile the policy. Every topic has ``partitions`` partitions: that many directory tasks must be ready."""
        self._lead_id_key = lead_id_key
        self._partitions = partitions
        self._domains = domains_of(policy)
        self._policy_ref = policy.ref
        history = policy.privacy.anonymous_history
        self._bounds = Bounds(history.events, history.ms)
        self._window_ms = policy.privacy.repeats.ms
        self._has_old_rows = True
        """Whether rows of repeats of an earlier release may be left. False holds for good."""
        self._looked_on_day = -1
        self._visit_filter = VisitFilter(policy.no_visits)
        self._counts_nothing_untracked = policy.privacy.without_tracking_consent == "count_nothing"
        self._import_rules = ImportRules(policy)
        self._retention = retention_of(policy)
        self._words = policy.words

    def parse(self, record: Record) -> ParsedEvent | DirectoryReady | PersonErased:
        """Type a record's value and normalise its address.

        Raises RefusedError if the value cannot be read. The reason is ``bad_address`` if the event names only an invalid
        address, and neither a browser nor a conversation. A raised hand is refused later, with an alert.
        """
        try:
            if record.topic == VISITOR_EVENTS.name:
                internal: DirectoryReady | PersonErased = parse_json(VISITOR_EVENTS, record.value)
                return internal
            reading = read_record(TOPICS[record.topic], record.value)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        if type(reading.body) is not WebActivity:  # an activity, by far the most records, has neither
            reading = with_own_words(without_unread_facts(record.topic, reading), self._words)
        refuse_placeholder_id(record.topic, reading.body)
        event = parsed_event(reading)
        refuse_without_name(event)
        return event

    def key_of(self, event: ParsedEvent | DirectoryReady | PersonErased) -> str | None:
        """Return the key of the event's partition: the browser, else the normalised address, else None.

        The browser is the anonymous_id, or the conversation of a chat turn without one.
        """
        if not isinstance(event, ParsedEvent):
            return None
        return browser_of(event.body) or (event.address.email if event.address else None)

    def quick_key_of(self, record: Record) -> str | None:
        """Return the browser of an ordinary activity. None: it must be parsed."""
        return quick_key_of(record)

    def unread_of(self, event: ParsedEvent | DirectoryReady | PersonErased) -> tuple[tuple[str, str], ...]:
        """Return (topic, field) of each field of an input event that could not be read."""
        return places_of(event.unread) if isinstance(event, ParsedEvent) and event.unread else ()

    def handle(
        self, event: ParsedEvent | DirectoryReady | PersonErased, record: Record, rows: Rows, clock: Clock
    ) -> list[Emit]:
        """Decide one record. Raises RefusedError ``too_old``."""
        if not isinstance(event, ParsedEvent):
            self._apply_internal(event, rows, clock)
            return []
        body = event.body
        if self._visit_filter.is_no_visit(body):
            count(rows, record.timestamp_ms, clock.now_ms, no_visits=1)
            return []
        refused = self._refuse_without_address(event, record, clock) if event.bad_address else []
        time = self._accept(event, record, rows, clock)
        if time is None:
            return []
        if body.producer is not None:
            event = replace(event, body=name_by_producer(body))
        if event.bad_address and time.counted_ms is None:
            count(rows, time.at_ms, clock.now_ms, bad_addresses=1)
        if event.address is not None:
            person = person_of(event.address, self._lead_id_key, self._domains)
            return self._handle_person(event, person, time, rows, clock)
        browser = browser_of(body)
        if browser is None:
            if time.counted_ms is None:
                count(rows, time.at_ms, clock.now_ms, nobody=1)
            return []
        return [*refused, *self._handle_visitor(event, browser, time, rows, clock)]

    def _refuse_without_address(self, event: ParsedEvent, record: Record, clock: Clock) -> list[Emit]:
        """Return the alert about a chat that asks for a person and whose address cannot be read.

        Raises RefusedError ``bad_address``, with the alert, for a form that does.
        """
        if not asks_for_a_person(event.body) or first_arrival_ms(record) is not None:
            return []
        alert = refusal_alert(event.body, record, self._policy_ref, clock)
        if isinstance(event.body, FormFill):
            raise RefusedError(DeadLetterReason.BAD_ADDRESS, f"email: {event.bad_address}", (alert,))
        return [alert]

    def _accept(self, event: ParsedEvent, record: Record, rows: Rows, clock: Clock) -> EventTime | None:
        """Remember an event that counts and return its time. Return None for an event that does not count.

        A repeat with an earlier date counts from now on under that date.
        """
        body, arrival_ms, first_ms = event.body, record.timestamp_ms, first_arrival_ms(record)
        event_id, arrival = id_of(body), Arrival(arrival_ms, clock.now_ms)
        if first_ms is None:
            time = event_time(body.occurred_at, arrival_ms, self._window_ms)
            if self._has_old_rows:
                self._look_for_old_rows(rows, clock)
            repeat = remember(
                rows, record.topic, event_id, time, arrival, self._window_ms, has_old_rows=self._has_old_rows
            )
            if repeat is None:
                return time
            count(rows, time.at_ms, clock.now_ms, repeated=1)
            return None if repeat.counted_ms is None else replace(time, counted_ms=repeat.counted_ms)
        time = history_time(body.occurred_at, min(first_ms, arrival_ms))
        is_anonymous = event.address is None
        rejection = self._import_rules.remember_or_reject(
            rows, record.topic, event_id, time, arrival, is_anonymous=is_anonymous
        )
        if rejection is None:
            return time
        count(rows, arrival_ms, clock.now_ms, **{rejection: 1})
        return None

    def _look_for_old_rows(self, rows: Rows, clock: Clock) -> None:
        """Look once a day whether rows of repeats of an earlier release are left."""
        day = clock.now_ms // DAY_MS
        if day != self._looked_on_day:
            self._looked_on_day = day
            self._has_old_rows = may_hold_old_rows(rows, clock.now_ms, self._window_ms)

    def _apply_internal(self, event: DirectoryReady | PersonErased, rows: Rows, clock: Clock) -> None:
        if isinstance(event, PersonErased):
            start_browser_erasure(rows, event, clock.now_ms, self._retention.marks_ms)
        else:
            rows.put(ReadyRow(partitions=event.partitions), str(event.partition))

    def _handle_visitor(
        self, parsed: ParsedEvent, anonymous_id: str, time: EventTime, rows: Rows, clock: Clock
    ) -> list[Emit]:
        """Handle an event without an address: emit the fact of its browser's lead, or store it in the history."""
        event = parsed.body
        visitor = rows.get(VisitorRow, anonymous_id)
        if visitor is None:
            visitor = _UNKNOWN
            ensure_sweep(rows, clock.now_ms)
        if visitor.links:
            link = link_at(visitor.links, time.at_ms)
            if time.counted_ms is not None and link_at(visitor.links, time.counted_ms) != link:
                return []  # a shared browser: the event stays with the lead for which it has counted
            if link.lead_id:
                return [emit(LEAD_EVENTS, fact) for fact in self._facts(parsed, link, time)]
        if time.counted_ms is not None:
            visitor = drop_event(rows, anonymous_id, visitor, time.counted_ms, event.event_id)
        if time.at_ms <= visitor.erased_ms:
            if time.counted_ms is None:
                count(rows, time.at_ms, clock.now_ms, erased=1)
            return []
        row = row_of(parsed, time, is_refused=self._is_refused(event))
        stored = HistoryEvent(time.at_ms, event.event_id, row)
        if event.consent is not None:
            visitor = replace(visitor, consents=latest(visitor.consents, _statements(event, time)))
        visitor = add_event(rows, anonymous_id, visitor, stored, self._bounds, clock.now_ms)
        rows.put(visitor, anonymous_id)
        is_request = not time.is_imported and time.counted_ms is None
        request = anonymous_request(event) if is_request else None
        return [] if request is None else [emit(LEAD_EVENTS, request)]

    def _handle_person(
        self, parsed: ParsedEvent, person: Person, time: EventTime, rows: Rows, clock: Clock
    ) -> list[Emit]:
        """Handle an event with an address: announce the lead if needed, then emit its history and the event's fact."""
        event = parsed.body
        to = Link(time.at_ms, person.lead_id, person.account_key)
        known = rows.get(PersonRow, person.lead_id)
        erased_ms = erased_until_ms(rows, person.lead_id) if known is None else known.erased_ms
        if time.at_ms <= erased_ms:
            if time.counted_ms is None:
                count(rows, time.at_ms, clock.now_ms, erased=1)
            return []
        must_announce = known is None or known.account_key != person.account_key
        if must_announce:
            ensure_sweep(rows, clock.now_ms)
            row = PersonRow(account_key=person.account_key, data_version=DATA_VERSION, erased_ms=erased_ms)
            rows.put(row, person.lead_id)
        history: list[VisitorFact] = []
        consents: tuple[ConsentStatement, ...] = ()
        browser = browser_of(event)
        if browser is not None:
            linked = self._link(browser, to, rows, clock)
            must_announce = linked is not None
            consents, history = linked or ((), [])
            consents = latest(consents, _statements(event, time))  # a refusal also covers the history
        facts = [*history, *self._facts(parsed, to, time)]
        announced = (
            [identified_fact(person, browser, event.event_id, time, consents, facts)] if must_announce else []
        )
        return [emit(LEAD_EVENTS, fact) for fact in (*announced, *facts)]

    def _link(
        self, anonymous_id: str, to: Link, rows: Rows, clock: Clock
    ) -> tuple[tuple[ConsentStatement, ...], list[VisitorFact]] | None:
        """Link a browser to a lead. Return the browser's consents and history, or None if it is linked already.

        Only the first link of a browser finds consents and history.
        """
        visitor = rows.get(VisitorRow, anonymous_id) or _UNKNOWN
        links = with_link(visitor.links, to)
        if links is visitor.links:
            return None
        history = take_events(rows, anonymous_id, visitor, self._bounds, clock.now_ms)
        rows.put(VisitorRow(links=links, erased_ms=visitor.erased_ms), anonymous_id)
        rows.put(BrowserRow(), to.lead_id, anonymous_id)
        for dropped in {link.lead_id for link in visitor.links} - {link.lead_id for link in links}:
            rows.delete(BrowserRow, dropped, anonymous_id)
        return visitor.consents, [
            stored_fact(stored, to, counts_nothing_untracked=self._counts_nothing_untracked)
            for stored in history
        ]

    def _is_refused(self, event: InputEvent) -> bool:
        """Whether an event's visitor refuses tracking and the policy counts nothing then."""
        return self._counts_nothing_untracked and refuses_tracking(event.consent)

    def _facts(self, parsed: ParsedEvent, to: Link, time: EventTime) -> list[VisitorFact]:
        event = parsed.body
        fact = with_unread(fact_of(event, to, time, is_refused=self._is_refused(event)), parsed.unread)
        return [fact] if time.counted_ms is None else redated(fact, time.counted_ms)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Begin the daily sweep, or delete an erasure mark."""
        if timer.kind == FORGET_MARK:
            forget_mark(rows, timer.key)
        else:
            begin_sweep(rows, clock.now_ms)
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Sweep one chunk, or make one chunk of an erased person's browsers anonymous."""
        if cursor.kind == ERASE:
            return [], erase_browsers(rows, cursor.key)
        return [], sweep_chunk(rows, cursor.position, clock.now_ms, self._retention)

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - see the docstring
        """Change nothing. New bounds apply to each visitor's next event and to the daily sweep."""
        return []

    def is_ready(self, rows: Rows) -> bool:
        """Whether every partition of the directory has read the CRM."""
        found = rows.scan(ReadyRow, limit=self._partitions)
        return sum(row.partitions == self._partitions for _, row in found) == self._partitions


def _statements(event: InputEvent, time: EventTime) -> list[ConsentStatement]:
    return [
        ConsentStatement(one.purpose, one.given, one.at_ms)
        for one in statements_of(event.consent, time.at_ms)
    ]
