"""The hop of the desks: choose the rep who gets a lead.

It handles requests, returns, reps' records, accounts that depend on a rep, presence questions and erasures. It emits
answers to accounts and chats, entries to the ledger, and requests that it forwards to other desks.

The key of a record is the desk. ``desk:<name>`` is a team; ``rep:<rep_id>`` is the rep's own desk, with one member;
``partner:<name>`` is a partner; ``partners:all`` is the desk at which partners take turns.

This module only dispatches:

- turns.py, owners.py, partner_desks.py and partner_turns.py choose who gets a lead.
- request_answers.py stores and publishes the outcome; request_returns.py undoes it.
- waiting_release.py assigns leads from the waiting list.
- named_people.py reports people whom the policy names and crm.reps does not have.
- rep_records.py applies reps' records and notifies accounts; slip_alerts.py reports names in them that do not exist.
"""

from __future__ import annotations

from functools import partial

from schemas.desk_requests import (
    AccountDepends,
    DeskEvent,
    DeskRequest,
    DeskReturn,
    LookAgain,
    PersonNamed,
    PresenceAsked,
    RepFacts,
    RepNamed,
)
from schemas.desk_work import AccountWork, ResponseMissed
from schemas.erasure import PersonErased
from schemas.parsing import ContractError, parse_json
from schemas.partner_load import PartnerLoad
from schemas.topics import DESK_REQUESTS
from workers.desks import answer_erasure
from workers.desks.chat import answer_presence
from workers.desks.desk_terms import REP_PREFIX, Terms
from workers.desks.named_people import UNKNOWN_PERSON, announce_names, apply_announcement, review_names
from workers.desks.owners import is_back_at_rep
from workers.desks.partner_turns import apply_load
from workers.desks.presence_changes import PRESENCE
from workers.desks.rep_records import (
    NOTIFY,
    apply_dependence,
    apply_presence_change,
    apply_rep_record,
    notify_accounts,
    notify_asking_desks,
    remember_asking_desk,
)
from workers.desks.request_answers import FORGET, apply_outcome, forget_answer, repeat_answer
from workers.desks.request_outcome import Outcome, State
from workers.desks.request_returns import apply_return
from workers.desks.rows import AnswerRow, RotationRow
from workers.desks.slip_alerts import NAME_CHECK, SLIPS, apply_naming, report_unknown, review_chunk
from workers.desks.waiting_reasons import REPUBLISH, republish_chunk
from workers.desks.waiting_release import RELEASE, decide_request, release_waiting, schedule_release
from workers.desks.work_reports import apply_report
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.rows import Rows
from workers.engine.timers import set_timer, start_cursor
from workers.policy.model import Policy

REVIEW = "review"
_CHUNK = 50


class DesksHop(BaseHop):
    """Decide records, timers and cursors of the desks by one policy version. It is a pure function over rows."""

    def __init__(self, policy: Policy) -> None:
        self._terms = Terms(policy)

    def parse(self, record: Record) -> DeskEvent:
        """Parse a record of desk.requests. Raises RefusedError."""
        try:
            event: DeskEvent = parse_json(DESK_REQUESTS, record.value)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        return event

    def key_of(self, event: DeskEvent) -> str | None:
        """Return the desk. None for an erasure, which every partition handles."""
        return None if isinstance(event, PersonErased) else event.desk

    def handle(self, event: DeskEvent, record: Record, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - the value has all that is needed
        """Handle one record."""
        if isinstance(event, DeskRequest):
            return self._handle_request(event, rows, clock.now_ms)
        if isinstance(event, DeskReturn):
            return apply_return(self._terms, rows, event, clock.now_ms)
        if isinstance(event, RepFacts):
            return self._apply_rep_record(event, rows, clock.now_ms)
        if isinstance(event, PartnerLoad):
            apply_load(rows, event)
            return []
        if isinstance(event, AccountWork | ResponseMissed):
            return apply_report(self._terms, rows, event, clock.now_ms)
        return self._handle_notice(event, rows, clock.now_ms)

    def _handle_notice(
        self,
        event: PresenceAsked | AccountDepends | PersonErased | LookAgain | PersonNamed | RepNamed,
        rows: Rows,
        now_ms: int,
    ) -> list[Emit]:
        """Handle a record that neither requests nor returns an assignment and is not a rep's record."""
        if isinstance(event, PresenceAsked):
            return answer_presence(self._terms, rows, event, now_ms)
        if isinstance(event, AccountDepends):
            return apply_dependence(rows, event, now_ms)
        if isinstance(event, PersonErased):
            answer_erasure.start_erasure(rows, event)
            return []
        if isinstance(event, PersonNamed):
            return apply_announcement(self._terms, rows, event, now_ms)
        if isinstance(event, RepNamed):
            return apply_naming(self._terms, rows, event, now_ms)
        if isinstance(event, LookAgain):
            return release_waiting(self._terms, rows, event.desk, now_ms, stand_in_is_back=True)
        raise TypeError(type(event).__name__)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Release waiting leads, notify about a presence change, or forget an old answer."""
        if timer.kind == RELEASE:
            return release_waiting(self._terms, rows, timer.key, clock.now_ms)
        if timer.kind == PRESENCE:
            apply_presence_change(rows, timer.key, clock.now_ms)
            return notify_asking_desks(rows, timer.key, clock.now_ms)
        if timer.kind == UNKNOWN_PERSON:
            return review_names(self._terms, rows, timer.key, clock.now_ms)
        if timer.kind == NAME_CHECK:
            return report_unknown(self._terms, rows, timer.key, clock.now_ms)
        if timer.kind == FORGET:
            forget_answer(rows, timer.key, clock.now_ms)
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Process one chunk of work that concerns many rows.

        Notify a rep's accounts, republish why leads wait, erase a person. After a policy change, review reps' records, or
        schedule a release at every desk with waiting leads and announce the people it names.
        """
        if cursor.kind == NOTIFY:
            return notify_accounts(rows, cursor.key, cursor.position, clock.now_ms)
        if cursor.kind == REPUBLISH:
            return republish_chunk(
                rows, cursor, partial(self._decide_first, rows, clock.now_ms), clock.now_ms
            )
        if cursor.kind == SLIPS:
            return review_chunk(self._terms, rows, cursor, clock.now_ms)
        if cursor.kind == answer_erasure.ERASE:
            return [], answer_erasure.erase_chunk(rows, cursor)
        after = (cursor.position,) if cursor.position else ()
        found = rows.scan(RotationRow, after=after, limit=_CHUNK)
        emits: list[Emit] = []
        for (desk,), rotation in found:
            emits += announce_names(self._terms, rows, desk)
            if rotation.waiting:
                set_timer(rows, RELEASE, desk, clock.now_ms)
        return emits, found[-1][0][0] if len(found) == _CHUNK else None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - the cursor looks at waiting leads in chunks
        """Start to look at every desk with waiting leads, under the new policy."""
        start_cursor(rows, REVIEW, "")
        start_cursor(rows, SLIPS, "")
        return []

    def _apply_rep_record(self, event: RepFacts, rows: Rows, now_ms: int) -> list[Emit]:
        """Apply a rep's record at one desk. The first record at a team also announces the people whom it names."""
        emits = apply_rep_record(self._terms, rows, event, now_ms)
        if event.desk.startswith(REP_PREFIX):
            return [*emits, *review_names(self._terms, rows, event.desk, now_ms)]
        return [*emits, *announce_names(self._terms, rows, event.desk)]

    def _decide_first(self, rows: Rows, now_ms: int, request: DeskRequest) -> Outcome:
        """Decide the first request of a lane as if it were released now."""
        return decide_request(self._terms, rows, request, now_ms, is_released=True)

    def _handle_request(self, request: DeskRequest, rows: Rows, now_ms: int) -> list[Emit]:
        """Decide a request and publish the outcome; publish the stored answer again for a repeated request.

        A request that was forwarded is decided again if it comes back: no stand-in was available, or its ``rounds``
        grew.
        """
        known = rows.get(AnswerRow, request.desk, request.request_id)
        is_back = is_back_at_rep(request) or (known is not None and request.rounds > known.rounds)
        is_new = known is None or (known.state == State.SENT_ON and is_back)
        if known is not None and not is_new:
            return repeat_answer(known)
        outcome = decide_request(self._terms, rows, request, now_ms)
        emits = apply_outcome(self._terms, rows, request, outcome, now_ms)
        emits += announce_names(self._terms, rows, request.desk)  # a team without members has no rep's record
        if outcome.state is State.SENT_ON:
            remember_asking_desk(rows, request)
        if outcome.state is State.WAITING:
            schedule_release(self._terms, rows, request.desk, now_ms)
        return emits
