"""Publish again why leads wait, when the reason changes: the desk was full yesterday, all are away today.

Input: a lane of the waiting list, and how its first request was decided now. Output: new answers, in chunks. The
account clears one alert and raises another. No place on the list and no turn changes.
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
"""The kind of the cursor. Its key names the desk and the lane."""
_SEP = "\x1f"
_CHUNK = 50

Decide = Callable[[DeskRequest], Outcome]
"""A function that decides a request as if it were released now."""


def start_if_reason_changed(rows: Rows, first: Waiting, outcome: Outcome) -> None:
    """Start to publish the reasons of ``outcome`` to the lane, if its ``first`` has others."""
    if _differs(rows, first.request, outcome):
        start_cursor(rows, REPUBLISH, f"{first.request.desk}{_SEP}{first.lane}")


def republish_chunk(rows: Rows, cursor: Cursor, decide: Decide, now_ms: int) -> tuple[list[Emit], str | None]:
    """Publish the new reasons to the next requests of a lane; return the position to continue at, or None.

    Nothing is published if the lane's first request can be assigned by now.
    """
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
    """Whether the published answer of a waiting request gives other reasons than ``outcome``."""
    known = rows.get(AnswerRow, request.desk, request.request_id)
    if known is None or known.state != State.WAITING:
        return False
    published = DeskAnswer.model_validate_json(known.said)
    return (published.everyone_away, published.desk_full, published.skill_missing) != (
        outcome.everyone_away,
        outcome.desk_full,
        outcome.skill_missing,
    )
