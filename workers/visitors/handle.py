"""Who is this? What visitors do, fill in and ask becomes facts about leads, as soon as somebody says who they are.

In: web.activity, form.fills, chat.conversations and the own log (forwarded records, the directory's `ready`,
erasures). Out: lead.events. It never scores, and it never asks what an account is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from schemas.chat_conversations import ChatTurn
from schemas.erasure import PersonErased
from schemas.form_fills import FormFill
from schemas.parsing import ContractError, parse_json
from schemas.topics import LEAD_EVENTS, TOPICS, VISITOR_EVENTS
from schemas.visitor_events import DirectoryReady
from schemas.vocabulary import DeadLetterReason
from schemas.web_activity import WebActivity
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.identity.addresses import DATA_VERSION, Address, BadAddressError, normalise
from workers.identity.consents import latest, refuses_tracking, words_of
from workers.identity.daily import begin_sweep, ensure_sweep
from workers.identity.erasures import FORGET_MARK, erased_until_ms, forget_mark
from workers.identity.event_time import EventTime, event_time, history_time
from workers.identity.people import Person, person_of
from workers.identity.repeats import day_key, take_once
from workers.outbox import emit
from workers.visitors import erasure, facts
from workers.visitors.chats import asked_by_nobody, browser_of, kept_turn, turn_of
from workers.visitors.history import Bounds, Kept, hand_over, keep
from workers.visitors.imported import Imports, first_arrival_ms
from workers.visitors.links import link_at, linked
from workers.visitors.no_visits import Visits
from workers.visitors.rows import (
    BrowserRow,
    CountRow,
    HistoryRow,
    Link,
    PersonRow,
    ReadyRow,
    VisitorRow,
    Word,
)
from workers.visitors.sweep import remembered, sweep_chunk

if TYPE_CHECKING:
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_UNKNOWN: Final = VisitorRow()
_NO_COUNTS: Final = CountRow()


Said: TypeAlias = WebActivity | FormFill | ChatTurn


class VisitorEvent(msgspec.Struct, frozen=True):
    """What a record says, and by which address."""

    said: Said
    address: Address | None = None
    has_bad_address: bool = False


class VisitorsHop(BaseHop):
    """The function of the agent `visitors`; ``lead_id_key`` is the secret under which lead ids are made."""

    def __init__(self, policy: Policy, lead_id_key: bytes, partitions: int) -> None:
        """``partitions`` is that of every topic: so many directory tasks must be ready."""
        self._lead_id_key = lead_id_key
        self._partitions = partitions
        kept = policy.privacy.anonymous_history
        self._bounds = Bounds(kept.events, kept.ms)
        self._window_ms = policy.privacy.repeats.ms
        self._visits = Visits(policy.no_visits)
        self._counts_nothing_untracked = policy.privacy.without_tracking_consent == "count_nothing"
        self._imports = Imports(policy)
        self._remembered = remembered(policy)

    def parse(self, record: Record) -> VisitorEvent | DirectoryReady | PersonErased:
        """Type a record's value and its address.

        Raises RefusedError: what the contract does not allow, and ``bad_address`` where an address that is none was
        all that said who it is.
        """
        try:
            said = parse_json(TOPICS[record.topic], record.value)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        if record.topic == VISITOR_EVENTS.name:
            told: DirectoryReady | PersonErased = said
            return told
        if not said.email:
            return VisitorEvent(said)
        try:
            return VisitorEvent(said, normalise(said.email))
        except BadAddressError as error:
            if browser_of(said) is None:
                raise RefusedError(DeadLetterReason.BAD_ADDRESS, f"email: {error}") from None
            return VisitorEvent(said, None, has_bad_address=True)

    def key_of(self, event: VisitorEvent | DirectoryReady | PersonErased) -> str | None:
        """Return the anonymous_id (of a chat without one the conversation), else the normalised address, else None."""
        if not isinstance(event, VisitorEvent):
            return None
        return browser_of(event.said) or (event.address.email if event.address else None)

    def handle(
        self, event: VisitorEvent | DirectoryReady | PersonErased, record: Record, rows: Rows, clock: Clock
    ) -> list[Emit]:
        """Decide one record. Raises RefusedError ``too_old``."""
        if not isinstance(event, VisitorEvent):
            self._told(event, rows, clock)
            return []
        said = event.said
        if self._visits.is_none(said):
            _count(rows, record.timestamp_ms, clock, no_visits=1)
            return []
        time = self._time_of(event, record, rows, clock)
        if time is None:
            return []
        if event.has_bad_address:
            _count(rows, time.at_ms, clock, bad_addresses=1)
        if event.address is not None:
            return self._of_person(said, person_of(event.address, self._lead_id_key), time, rows, clock)
        browser = browser_of(said)
        if browser is None:
            _count(rows, time.at_ms, clock, nobody=1)
            return []
        return self._of_visitor(said, browser, time, rows, clock)

    def _time_of(self, event: VisitorEvent, record: Record, rows: Rows, clock: Clock) -> EventTime | None:
        """Return when an event happened, and remember that it was taken; None where it does not count."""
        said, arrival_ms, first_ms = event.said, record.timestamp_ms, first_arrival_ms(record)
        if first_ms is None:
            time = event_time(said.occurred_at, arrival_ms, self._window_ms)
            if take_once(rows, record.topic, said.event_id, time, arrival_ms):
                return time
            _count(rows, time.at_ms, clock, repeated=1)
            return None
        time = history_time(said.occurred_at, min(first_ms, arrival_ms))
        is_anonymous = event.address is None
        why_not = self._imports.why_not(rows, record, said.event_id, time, is_anonymous=is_anonymous)
        if why_not is None:
            return time
        _count(rows, arrival_ms, clock, **{why_not: 1})
        return None

    def _told(self, event: DirectoryReady | PersonErased, rows: Rows, clock: Clock) -> None:
        if isinstance(event, PersonErased):
            erasure.erase(rows, event, clock.now_ms, self._remembered.marks_ms)
        else:
            rows.put(ReadyRow(partitions=event.partitions), str(event.partition))

    def _of_visitor(
        self, said: Said, anonymous_id: str, time: EventTime, rows: Rows, clock: Clock
    ) -> list[Emit]:
        visitor = rows.get(VisitorRow, anonymous_id)
        if visitor is None:
            visitor = _UNKNOWN
            ensure_sweep(rows, clock.now_ms)
        if visitor.links:
            link = link_at(visitor.links, time.at_ms)
            if link.lead_id:
                return [emit(LEAD_EVENTS, self._fact(said, link, time))]
        if time.at_ms <= visitor.erased_ms:
            _count(rows, time.at_ms, clock, erased=1)
            return []
        event = Kept(time.at_ms, said.event_id, self._kept(said, time))
        if said.consent is not None:
            visitor = replace(visitor, consents=latest(visitor.consents, _words(said, time)))
        rows.put(keep(rows, anonymous_id, visitor, event, self._bounds, clock.now_ms), anonymous_id)
        asked = None if time.is_imported else asked_by_nobody(said)
        return [] if asked is None else [emit(LEAD_EVENTS, asked)]

    def _of_person(self, said: Said, person: Person, time: EventTime, rows: Rows, clock: Clock) -> list[Emit]:
        to = Link(time.at_ms, person.lead_id, person.account_key)
        known = rows.get(PersonRow, person.lead_id)
        erased_ms = erased_until_ms(rows, person.lead_id) if known is None else known.erased_ms
        if time.at_ms <= erased_ms:
            _count(rows, time.at_ms, clock, erased=1)
            return []
        must_announce = known is None or known.account_key != person.account_key
        if must_announce:
            ensure_sweep(rows, clock.now_ms)
            row = PersonRow(account_key=person.account_key, data_version=DATA_VERSION, erased_ms=erased_ms)
            rows.put(row, person.lead_id)
        history: list[facts.VisitorFact] = []
        consents: tuple[Word, ...] = ()
        browser = browser_of(said)
        if browser is not None:
            joined = self._link(browser, to, rows, clock)
            must_announce = joined is not None
            consents, history = joined or ((), [])
            consents = latest(consents, _words(said, time))  # the history belongs to nobody who refuses
        announced = (
            [facts.identified(person, browser, said.event_id, time, consents)] if must_announce else []
        )
        return [emit(LEAD_EVENTS, fact) for fact in (*announced, *history, self._fact(said, to, time))]

    def _link(
        self, anonymous_id: str, to: Link, rows: Rows, clock: Clock
    ) -> tuple[tuple[Word, ...], list[facts.VisitorFact]] | None:
        """Link a browser to somebody; return its consents and history, which only a first link finds.

        None if it is linked already.
        """
        visitor = rows.get(VisitorRow, anonymous_id) or _UNKNOWN
        links = linked(visitor.links, to)
        if links is visitor.links:
            return None
        history = hand_over(rows, anonymous_id, visitor, self._bounds, clock.now_ms)
        rows.put(VisitorRow(links=links, erased_ms=visitor.erased_ms), anonymous_id)
        rows.put(BrowserRow(), to.lead_id, anonymous_id)
        for gone in {link.lead_id for link in visitor.links} - {link.lead_id for link in links}:
            rows.delete(BrowserRow, gone, anonymous_id)
        return visitor.consents, [
            facts.fact_of_kept(kept, to, counts_nothing_untracked=self._counts_nothing_untracked)
            for kept in history
        ]

    def _is_refused(self, said: Said) -> bool:
        """Whether an event came with a no to being tracked, and the policy lets it count nothing."""
        return self._counts_nothing_untracked and refuses_tracking(said.consent)

    def _kept(self, said: Said, time: EventTime) -> HistoryRow:
        if isinstance(said, FormFill):
            return facts.kept_form(said, time)
        is_refused = self._is_refused(said)
        if isinstance(said, ChatTurn):
            return kept_turn(said, time, is_refused=is_refused)
        return facts.kept_activity(said, time, is_refused=is_refused)

    def _fact(self, said: Said, to: Link, time: EventTime) -> facts.VisitorFact:
        fact = self._live_fact(said, to, time)
        return facts.as_imported(fact) if time.is_imported else fact

    def _live_fact(self, said: Said, to: Link, time: EventTime) -> facts.VisitorFact:
        if isinstance(said, FormFill):
            return facts.form_of(said, to, time.at_ms, is_clamped=time.is_clamped)
        is_refused = self._is_refused(said)
        if isinstance(said, ChatTurn):
            return turn_of(said, to, time.at_ms, is_clamped=time.is_clamped, is_refused=is_refused)
        return facts.refusal_of(said, to, time) if is_refused else facts.activity_of(said, to, time)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Begin the daily sweep, or forget that somebody was erased."""
        if timer.kind == FORGET_MARK:
            forget_mark(rows, timer.key)
        else:
            begin_sweep(rows, clock.now_ms)
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Sweep one chunk, or make some of an erased person's browsers anonymous."""
        if cursor.kind == erasure.ERASE:
            return [], erasure.go_on(rows, cursor.key)
        return [], sweep_chunk(rows, cursor.position, clock.now_ms, self._remembered)

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - see the docstring
        """Change nothing: other bounds take hold with each visitor's next event, and in the daily sweep."""
        return []

    def is_ready(self, rows: Rows) -> bool:
        """Whether every partition of the directory has read the CRM."""
        found = rows.scan(ReadyRow, limit=self._partitions)
        return sum(row.partitions == self._partitions for _, row in found) == self._partitions


def _words(said: Said, time: EventTime) -> list[Word]:
    return [Word(word.purpose, word.given, word.at_ms) for word in words_of(said.consent, time.at_ms)]


def _count(
    rows: Rows,
    at_ms: int,
    clock: Clock,
    *,
    nobody: int = 0,
    bad_addresses: int = 0,
    repeated: int = 0,
    no_visits: int = 0,
    erased: int = 0,
    of_no_use: int = 0,
    day_forgotten: int = 0,
) -> None:
    ensure_sweep(rows, clock.now_ms)
    day = day_key(at_ms)
    now = rows.get(CountRow, day) or _NO_COUNTS
    rows.put(
        replace(
            now,
            nobody=now.nobody + nobody,
            bad_addresses=now.bad_addresses + bad_addresses,
            repeated=now.repeated + repeated,
            no_visits=now.no_visits + no_visits,
            erased=now.erased + erased,
            of_no_use=now.of_no_use + of_no_use,
            day_forgotten=now.day_forgotten + day_forgotten,
        ),
        day,
    )
