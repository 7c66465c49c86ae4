"""Leads that still wait, but for another reason than their accounts were told: full yesterday, everybody away today.

In: the file of those that wait for the same, and how its first was decided now. Out: new answers, in chunks; the account
takes one alert back and raises another. What is told again changes no place and no turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest
from schemas.lead_events import DeskAnswer
from schemas.topics import LEAD_EVENTS
from workers.desks.request_answers import make_waiting_answer
from workers.desks.request_outcome import Outcome, State
from workers.desks.rows import AnswerRow, WaitingRow
from workers.desks.waiting_list import Waiting, first_of_lane
from workers.engine.api import Cursor, Emit
from workers.engine.rows import Rows
from workers.engine.timers import start_cursor
from workers.outbox import emit

REPUBLISH: Final = "retell"
"""The kind of the cursor; its key names desk and file."""
_SEP = "\x1f"
_CHUNK = 50

Decide = Callable[[DeskRequest], Outcome]


def start_if_reason_changed(rows: Rows, first: Waiting, outcome: Outcome) -> None:
    """Start to tell a whole file, if its ``first`` was told otherwise than ``outcome`` says."""
    if _differs(rows, first.request, outcome):
        start_cursor(rows, REPUBLISH, f"{first.request.desk}{_SEP}{first.lane}")


def republish_chunk(rows: Rows, cursor: Cursor, decide: Decide, now_ms: int) -> tuple[list[Emit], str | None]:
    """Tell the next of a file; return where to go on, or None. If its first can go by now there is nothing to tell."""
    desk, _, lane = cursor.key.partition(_SEP)
    first = first_of_lane(rows, desk, lane)
    outcome = decide(first.request) if first is not None else None
    if outcome is None or outcome.state is not State.WAITING:
        return [], None
    after = tuple(cursor.position.split(_SEP)) if cursor.position else ()
    found = rows.scan(WaitingRow, desk, lane, after=after, limit=_CHUNK)
    emits: list[Emit] = []
    for _, row in found:
        request = DeskRequest.model_validate_json(row.request)
        known = rows.get(AnswerRow, desk, request.request_id)
        if known is not None and _differs(rows, request, outcome):
            output = emit(LEAD_EVENTS, make_waiting_answer(request, outcome, known.waiting_since_ms, now_ms))
            rows.put(replace(known, said=output.value or b""), desk, request.request_id)
            emits.append(output)
    return emits, _SEP.join(found[-1][0]) if len(found) == _CHUNK else None


def _differs(rows: Rows, request: DeskRequest, outcome: Outcome) -> bool:
    known = rows.get(AnswerRow, request.desk, request.request_id)
    if known is None or known.state != State.WAITING:
        return False
    published = DeskAnswer.model_validate_json(known.said)
    return (published.everyone_away, published.desk_full, published.skill_missing) != (
        outcome.everyone_away,
        outcome.desk_full,
        outcome.skill_missing,
    )
