"""Turns that a desk gets back: of a rejected lead, if the policy gives them back, and by a manager's credit.

In: feedback about open hand-offs. Out: returns to the desk. The hand-offs stay as they are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import DeskReturn, RequestMode
from schemas.topics import DESK_REQUESTS
from workers.accounts.handoffs import handoffs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case
    from workers.accounts.state.handoff import HandoffRow


def return_turn(case: Case, row: HandoffRow) -> None:
    """Return the turn and the capacity of a rejected lead to the desk, if the policy gives them back."""
    desk = case.terms.policy.desks.get(row.request_desk.removeprefix("desk:"))
    if _took_turn(case, row) and desk is not None and desk.turn.when_rejected == "give_back":
        event = DeskReturn(request_id=row.request_id, desk=row.request_desk, account_key=case.key)
        case.publish(DESK_REQUESTS, event)


def credit_turns(case: Case, event: SalesAnswered, found: Iterable[tuple[str, HandoffRow]]) -> None:
    """Return the turn and the capacity of open hand-offs to the desk, because a manager credits the rep.

    The rep keeps the hand-offs. A turn that was returned before is not returned again.
    """
    for _, row in found:
        if _took_turn(case, row):
            credit = DeskReturn(
                request_id=row.request_id,
                desk=row.request_desk,
                account_key=case.key,
                credited_by=event.activity.rep_id,
                credit_reason=event.activity.credit_reason,
            )
            case.publish(DESK_REQUESTS, credit)


def _took_turn(case: Case, row: HandoffRow) -> bool:
    """Whether a desk chose the hand-off's holder. A hand-off that has moved to another holder keeps its turn."""
    holder = handoffs.holder_of(case, row)
    has_moved = row.holder.desk != row.request_desk or (holder is not None and holder.id != row.holder.id)
    return row.mode is not RequestMode.OWNER and not has_moved
