"""Undo an assignment that is no longer wanted: return its turn, its capacity, or its place on the waiting list.

Input: a return. Output: changed rows, the ledger line, and answers to leads that can be released now.

The rotation's step is undone exactly, whatever turns came after it. A repeated return changes nothing. A return that
arrives before its request is stored, so that the request gets no answer.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest, DeskReturn
from schemas.partner_load import PARTNERS_DESK
from schemas.topics import DESK_REQUESTS
from workers.desks.capacity import remove_taken
from workers.desks.desk_terms import Terms
from workers.desks.ledger import make_return_line
from workers.desks.partner_turns import drop_promise
from workers.desks.request_answers import schedule_forget
from workers.desks.request_outcome import State
from workers.desks.rotation import Step, undo_turn
from workers.desks.rows import AnswerRow, RotationRow
from workers.desks.waiting_list import remove_waiting
from workers.desks.waiting_release import release_waiting
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit


def apply_return(terms: Terms, rows: Rows, event: DeskReturn, now_ms: int) -> list[Emit]:
    """Undo the answer to a request. Without ``restore_turn`` turn and capacity stay used.

    If the request was forwarded, the return is forwarded too.
    """
    answer = rows.get(AnswerRow, event.desk, event.request_id)
    if answer is not None and answer.state == State.RETURNED:
        return []
    rows.put(AnswerRow(state=State.RETURNED), event.desk, event.request_id)
    schedule_forget(rows, event.desk, event.request_id, now_ms)
    if answer is None:
        return []
    if answer.state == State.SENT_ON:
        onward = DeskRequest.model_validate_json(answer.said).desk
        return [emit(DESK_REQUESTS, event.model_copy(update={"desk": onward}))]
    if answer.waiting_at:
        remove_waiting(rows, answer.waiting_at)
        return []
    if event.desk == PARTNERS_DESK and answer.rep_id is not None:
        drop_promise(rows, answer.rep_id, answer.account_key, event.request_id)
    if not event.restore_turn or not (answer.unit or answer.period):
        return []
    before = rows.get(RotationRow, event.desk) or RotationRow()
    after = _undo(before, answer)
    rows.put(after, event.desk)
    return [
        make_return_line(terms, event, answer, before, after, now_ms),
        *release_waiting(terms, rows, event.desk, now_ms),
    ]


def _undo(rotation: RotationRow, answer: AnswerRow) -> RotationRow:
    """Return the rotation without the answer's turn and without its lead in the period."""
    if answer.unit and answer.rep_id is not None:
        step = Step(answer.rep_id, answer.unit, answer.weights)
        # A rep who left and rejoined started again at 0: an earlier turn does not change its credit.
        newer = {
            rep_id: credit
            for rep_id, credit in rotation.credits.items()
            if rotation.joined.get(rep_id, 0) >= answer.turn
        }
        older = {rep_id: credit for rep_id, credit in rotation.credits.items() if rep_id not in newer}
        rotation = replace(rotation, credits=undo_turn(older, step) | newer)
    if answer.period and answer.rep_id is not None:
        rotation = remove_taken(rotation, answer.rep_id, answer.period)
    return rotation
