"""Which rep takes it? The hop of desks: requests, returns, reps' records and dependents in; answers and the ledger out.

Key: the desk, ``desk:<name>`` or ``rep:<rep_id>``, a desk of one. Here is only dispatched: turns.py and owners.py decide,
answers.py writes down and says, returns.py undoes, release.py lets those go who waited, people.py keeps the reps.
"""

from __future__ import annotations

from functools import partial

from schemas.desk_requests import (
    AccountDepends,
    DeskEvent,
    DeskRequest,
    DeskReturn,
    LookAgain,
    PresenceAsked,
    RepFacts,
)
from schemas.erasure import PersonErased
from schemas.parsing import ContractError, parse_json
from schemas.topics import DESK_REQUESTS
from workers.desks import erasure
from workers.desks.absences import PRESENCE
from workers.desks.answers import FORGET, again, forget, settle
from workers.desks.chat import tell as tell_chat
from workers.desks.outcome import Outcome, State
from workers.desks.owners import has_come_back
from workers.desks.people import TELL, changes, depend, learn, remember_asked, tell, tell_desks
from workers.desks.release import RELEASE, decide, look_again, release
from workers.desks.retelling import RETELL, go_on
from workers.desks.returns import take_back
from workers.desks.rows import AnswerRow, RotationRow
from workers.desks.terms import Terms
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.rows import Rows
from workers.engine.timers import set_timer, start_cursor
from workers.policy.model import Policy

REVIEW = "review"
_CHUNK = 50


class DesksHop(BaseHop):
    """The pure function of one policy version over the desks' rows."""

    def __init__(self, policy: Policy) -> None:
        self._terms = Terms(policy)

    def parse(self, record: Record) -> DeskEvent:
        """Type a record of desk.requests. Raises RefusedError."""
        try:
            event: DeskEvent = parse_json(DESK_REQUESTS, record.value)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        return event

    def key_of(self, event: DeskEvent) -> str | None:
        """The desk; None where every partition is told."""
        return None if isinstance(event, PersonErased) else event.desk

    def handle(self, event: DeskEvent, record: Record, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - the value says it all
        """Decide one record."""
        if isinstance(event, DeskRequest):
            return self._ask(event, rows, clock.now_ms)
        if isinstance(event, DeskReturn):
            return take_back(self._terms, rows, event, clock.now_ms)
        if isinstance(event, RepFacts):
            return learn(self._terms, rows, event, clock.now_ms)
        return self._told(event, rows, clock.now_ms)

    def _told(
        self, event: PresenceAsked | AccountDepends | PersonErased | LookAgain, rows: Rows, now_ms: int
    ) -> list[Emit]:
        """What asks for no turn."""
        if isinstance(event, PresenceAsked):
            return tell_chat(self._terms, rows, event, now_ms)
        if isinstance(event, AccountDepends):
            return depend(rows, event, now_ms)
        if isinstance(event, PersonErased):
            erasure.erase(rows, event)
            return []
        if isinstance(event, LookAgain):
            return release(self._terms, rows, event.desk, now_ms, stand_in_is_back=True)
        raise TypeError(type(event).__name__)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Let waiting leads go, tell of an absence, or forget an old answer."""
        if timer.kind == RELEASE:
            return release(self._terms, rows, timer.key, clock.now_ms)
        if timer.kind == PRESENCE:
            changes(rows, timer.key, clock.now_ms)
            return tell_desks(rows, timer.key, clock.now_ms)
        if timer.kind == FORGET:
            forget(rows, timer.key, clock.now_ms)
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Tell accounts of a rep's change or why they wait, forget a person, or look at all desks again after a change of the policy."""
        if cursor.kind == TELL:
            return tell(rows, cursor.key, cursor.position, clock.now_ms)
        if cursor.kind == RETELL:
            return go_on(rows, cursor, partial(self._decide_first, rows, clock.now_ms), clock.now_ms)
        if cursor.kind == erasure.ERASE:
            return [], erasure.go_on(rows, cursor)
        after = (cursor.position,) if cursor.position else ()
        found = rows.scan(RotationRow, after=after, limit=_CHUNK)
        for (desk,), rotation in found:
            if rotation.waiting:
                set_timer(rows, RELEASE, desk, clock.now_ms)
        return [], found[-1][0][0] if len(found) == _CHUNK else None

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:  # noqa: ARG002 - what waits is looked at in chunks
        """Look again at every desk where somebody waits, under the new terms."""
        start_cursor(rows, REVIEW, "")
        return []

    def _decide_first(self, rows: Rows, now_ms: int, request: DeskRequest) -> Outcome:
        return decide(self._terms, rows, request, now_ms, is_released=True)

    def _ask(self, request: DeskRequest, rows: Rows, now_ms: int) -> list[Emit]:
        known = rows.get(AnswerRow, request.desk, request.request_id)
        is_back = has_come_back(request) or (known is not None and request.rounds > known.rounds)
        is_new = known is None or (known.state == State.SENT_ON and is_back)
        if known is not None and not is_new:
            return again(known)
        outcome = decide(self._terms, rows, request, now_ms)
        emits = settle(self._terms, rows, request, outcome, now_ms)
        if outcome.state is State.SENT_ON:
            remember_asked(rows, request)
        if outcome.state is State.WAITING:
            look_again(self._terms, rows, request.desk, now_ms)
        return emits
