"""Store and publish the outcome of a request: rows, the answer to the account, the ledger line.

Input: a request and its outcome. Output: changed rows and emits. For 30 days a repeated request gets the identical
answer. A request that was returned gets none.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest
from schemas.lead_events import DeskAnswer, PassedOverRep, WaitAges
from schemas.partner_load import PARTNERS_DESK
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from workers.desks.capacity import add_taken, in_period
from workers.desks.desk_terms import Terms
from workers.desks.ledger import make_ledger_line
from workers.desks.open_work import count_assignment
from workers.desks.partner_turns import promise_lead
from workers.desks.request_outcome import Outcome, State
from workers.desks.rotation import apply_turn
from workers.desks.rows import AnswerRow, RotationRow
from workers.desks.waiting_list import add_waiting, is_waiting_list_full
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.engine.timers import set_timer
from workers.outbox import emit

FORGET = "forget"
"""The kind of the timer that deletes an answer. Its key names the desk and the request_id."""
KEPT_MS = 30 * 86_400_000
"""How long an answer is kept after its last change: 30 days, in milliseconds."""
_KEY_SEP = "\x1f"
_MAX_PASSED_OVER = 20
"""Most reps that an answer lists as passed over."""
_PUBLISHED: dict[State, Literal["assigned", "waiting", "unavailable"]] = {
    State.ASSIGNED: "assigned",
    State.WAITING: "waiting",
    State.UNAVAILABLE: "unavailable",
}


def apply_outcome(
    terms: Terms,
    rows: Rows,
    request: DeskRequest,
    outcome: Outcome,
    now_ms: int,
    *,
    is_released: bool = False,
) -> list[Emit]:
    """Store ``outcome`` and publish it. On a full waiting list a lead that would wait is unavailable.

    ``is_released``: the request comes from the waiting list.
    """
    if outcome.state is State.WAITING and is_waiting_list_full(rows, request.desk):
        outcome = Outcome(
            State.UNAVAILABLE,
            everyone_away=outcome.everyone_away,
            desk_full=True,
            skill_missing=outcome.skill_missing,
            candidates=outcome.candidates,
        )
    waiting_since_ms = _waiting_since(rows, request, outcome, now_ms, is_released=is_released)
    ages = _ages(request, waiting_since_ms, now_ms)
    answer = AnswerRow(
        state=outcome.state,
        account_key=request.account_key,
        lead_id=request.lead_id,
        rep_id=outcome.rep_id,
        rounds=request.rounds,
        waiting_since_ms=waiting_since_ms,
    )
    if outcome.step is not None or outcome.period:
        answer = _charge(terms, rows, request, outcome, answer, now_ms)
    if request.desk == PARTNERS_DESK:
        promise_lead(terms, rows, request, outcome)
    if outcome.state is State.WAITING:
        answer = replace(answer, waiting_at=add_waiting(rows, request))
    if outcome.sent_on is not None:
        output = emit(DESK_REQUESTS, outcome.sent_on)
    else:
        output = emit(LEAD_EVENTS, _make_answer(request, outcome, ages))
    answer = replace(answer, said=output.value or b"")
    rows.put(answer, request.desk, request.request_id)
    schedule_forget(rows, request.desk, request.request_id, now_ms)
    line = make_ledger_line(terms, rows, request, outcome, now_ms, ages, is_released=is_released)
    return [output, line] if line else [output]


def make_waiting_answer(
    request: DeskRequest, outcome: Outcome, waiting_since_ms: int, now_ms: int
) -> DeskAnswer:
    """Return the answer to a request that still waits, with the reasons of ``outcome``."""
    return _make_answer(request, outcome, _ages(request, waiting_since_ms, now_ms))


def _waiting_since(
    rows: Rows, request: DeskRequest, outcome: Outcome, now_ms: int, *, is_released: bool
) -> int:
    """Return when the request began to wait here, in milliseconds UTC. 0: it never waited."""
    if is_released:
        before = rows.get(AnswerRow, request.desk, request.request_id)
        return before.waiting_since_ms if before else 0
    return now_ms if outcome.state is State.WAITING else 0


def _ages(request: DeskRequest, waiting_since_ms: int, now_ms: int) -> WaitAges | None:
    """Return the ages of the lead and of its wait. None if it never waited."""
    if not waiting_since_ms:
        return None
    return WaitAges(
        lead_seconds=max(now_ms - request.since_ms, 0) // 1000,
        wait_seconds=max(now_ms - waiting_since_ms, 0) // 1000,
    )


def repeat_answer(answer: AnswerRow) -> list[Emit]:
    """Emit the stored answer, or the forwarded request, again. A request that was returned gets nothing."""
    if answer.state == State.RETURNED:
        return []
    if answer.state == State.SENT_ON:
        return [emit(DESK_REQUESTS, DeskRequest.model_validate_json(answer.said))]
    return [emit(LEAD_EVENTS, DeskAnswer.model_validate_json(answer.said))]


def schedule_forget(rows: Rows, desk: str, request_id: str, now_ms: int) -> None:
    """Set the timer that deletes the answer 30 days from now."""
    set_timer(rows, FORGET, f"{desk}{_KEY_SEP}{request_id}", now_ms + KEPT_MS)


def forget_answer(rows: Rows, timer_key: str, now_ms: int) -> None:
    """Handle the timer: delete the answer, or keep it for another 30 days if the request still waits."""
    desk, _, request_id = timer_key.rpartition(_KEY_SEP)
    answer = rows.get(AnswerRow, desk, request_id)
    if answer is None:
        return
    if answer.state == State.WAITING:
        schedule_forget(rows, desk, request_id, now_ms)
    else:
        rows.delete(AnswerRow, desk, request_id)


def _charge(
    terms: Terms, rows: Rows, request: DeskRequest, outcome: Outcome, answer: AnswerRow, now_ms: int
) -> AnswerRow:
    """Charge the turn and the capacity; return the answer with what a later return needs."""
    rotation = rows.get(RotationRow, request.desk) or RotationRow()
    desk = terms.desk(request.desk)
    if desk is not None:
        rotation = in_period(rotation, terms.period(desk, now_ms))
    step = outcome.step
    if step is not None:
        rotation = replace(rotation, turn=rotation.turn + 1, credits=apply_turn(rotation.credits, step))
        answer = replace(answer, turn=rotation.turn, unit=step.unit, weights=step.weights)
    if outcome.period and outcome.rep_id is not None:
        rotation = add_taken(rotation, outcome.rep_id)
        answer = replace(answer, period=outcome.period)
    if desk is not None and desk.turn.counts_open and outcome.rep_id is not None:
        rotation = count_assignment(rows, rotation, request, outcome.rep_id)
    rows.put(rotation, request.desk)
    return answer


def _make_answer(request: DeskRequest, outcome: Outcome, ages: WaitAges | None) -> DeskAnswer:
    passed_over = [
        PassedOverRep(rep_id=one.rep_id, why=one.passed_over)
        for one in outcome.candidates
        if one.passed_over is not None
    ]
    return DeskAnswer(
        account_key=request.account_key,
        request_id=request.request_id,
        lead_id=request.lead_id,
        handoff_id=request.handoff_id,
        desk=request.desk,
        mode=request.mode,
        outcome=_PUBLISHED[outcome.state],
        rep_id=outcome.rep_id,
        rep_name=outcome.rep_name,
        deputy_for=outcome.deputy_for,
        how_chosen=outcome.how_chosen,
        why_unavailable=outcome.why_unavailable,
        everyone_away=outcome.everyone_away,
        desk_full=outcome.desk_full,
        skill_missing=outcome.skill_missing,
        ages=ages,
        passed_over=passed_over[:_MAX_PASSED_OVER],
        due_soon_at_ms=outcome.deadline.soon_ms if outcome.deadline else None,
        due_at_ms=outcome.deadline.due_ms if outcome.deadline else None,
        then_at_ms=outcome.deadline.then_ms if outcome.deadline else None,
        clocks=list(outcome.deadline.clocks) if outcome.deadline else [],
        manager_id=outcome.deadline.manager_id if outcome.deadline else None,
        open_at_ms=outcome.deadline.open_ms if outcome.deadline else None,
    )
