"""An account that nobody answered comes to its desk again: the next in turn, but none who had it; else the manager.

In: a request to move, candidates. Out: an outcome. Such a request waits for nothing: it is late
already. It takes a turn and room like any other, and goes to the manager where nobody of the desk can have it.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest, MoveWhy, RequestMode
from workers.desks.desk_terms import rep_desk
from workers.desks.request_outcome import Candidate, Outcome, State
from workers.policy.model import Desk


def is_overdue(request: DeskRequest) -> bool:
    """Whether an account moves because nobody answered."""
    return request.move is MoveWhy.NOT_ANSWERED


def escalate_to_manager(
    request: DeskRequest, desk: Desk, candidates: tuple[Candidate, ...]
) -> Outcome | None:
    """Send an overdue account to the desk's manager: nobody else of the desk can have it. None for any other request."""
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
