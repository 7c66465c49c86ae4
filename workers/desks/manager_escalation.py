"""Escalate an unanswered account at its desk: to the next in turn, else to the desk's manager, or to the desk's pool.

Input: a request to move an account, candidates. Output: an outcome. Reps who had the account are skipped. Such a
request is late already and never waits. It takes a turn and capacity like any other request. If no member of the desk
can get it, it goes to the desk's manager.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest, MoveWhy, RequestMode
from workers.desks.desk_terms import rep_desk
from workers.desks.request_outcome import Candidate, Outcome, State
from workers.policy.model import Desk


def is_overdue(request: DeskRequest) -> bool:
    """Whether the account moves because no one responded in time."""
    return request.move is MoveWhy.NOT_ANSWERED


def goes_to_pool(request: DeskRequest, desk: Desk) -> bool:
    """Whether an overdue account goes to the desk as a whole, from which any rep may claim it."""
    return is_overdue(request) and request.rep_id is None and desk.answer_within.then == "pool"


def escalate_to_manager(
    request: DeskRequest, desk: Desk, candidates: tuple[Candidate, ...]
) -> Outcome | None:
    """Forward an overdue account to the desk's manager, because no member of the desk can get it.

    None for any other request.
    """
    if not is_overdue(request):
        return None
    onward = request.model_copy(
        update={
            "desk": rep_desk(desk.manager),
            "mode": RequestMode.OWNER,
            "rep_id": desk.manager,
            "origin_desk": request.desk,
            "stands_in_as": "manager",
        }
    )
    return Outcome(State.SENT_ON, candidates=candidates, sent_on=onward)
