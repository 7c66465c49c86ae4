"""The account's holder is away after the assignment, or is back: deadlines stop meanwhile, and the account moves.

In: the presence of a rep on whom the account depends. Out: frozen deadlines, and a pending move for which requests.py
asks a desk. An owner keeps the account: a substitute has only the task. At the rep's return, a substitute who has touched
none of the open hand-offs gives them all back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import MoveWhy
from workers.accounts.handoffs import bulk_transfer, substitutes
from workers.accounts.state.parts import Move

if TYPE_CHECKING:
    from schemas.lead_events import RepChanged
    from workers.accounts.case import Case


def apply_presence(case: Case, event: RepChanged) -> None:
    """Apply a change of presence of the holder, or of the rep for whom the holder substitutes, as a desk reports it.

    Changes of other reps have no effect.
    """
    account = case.account
    holder = account.holder
    if holder is None:
        return
    if holder.id != event.rep_id:
        if event.change == "returned" and substitutes.returns_at_once(case, event.rep_id):
            case.change(move=Move(MoveWhy.BACK, holder.id, event.rep_id))
        return
    if event.change == "away":
        since_ms = case.now_ms if event.since_ms is None else min(event.since_ms, case.now_ms)
        bulk_transfer.freeze_all_deadlines(case, since_ms)
        case.change(move=Move(MoveWhy.AWAY, holder.id))
    elif event.change == "returned":
        bulk_transfer.clear_absence(case)
        if case.account.frozen:
            case.change(move=Move(MoveWhy.BACK, holder.id, holder.id))
        elif account.move is not None and account.move.why is MoveWhy.AWAY:
            case.change(move=None)
