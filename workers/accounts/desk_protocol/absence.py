"""Who has the account is away after it was assigned, or is back: deadlines stand still meanwhile, the account moves on.

In: how a rep stands on whom the account depends. Out: frozen deadlines and the wish to move (moves.py asks the desk).
An owner keeps the account: whoever stands in has only the task, and a return of the owner takes nothing from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import MoveWhy
from workers.accounts.handoffs import bulk_transfer
from workers.accounts.state.parts import Move

if TYPE_CHECKING:
    from schemas.lead_events import RepChanged
    from workers.accounts.case import Case


def apply_presence(case: Case, event: RepChanged) -> None:
    """Take the word of the rep's desk; of somebody who does not have the account it means nothing."""
    account = case.account
    holder = account.holder
    if holder is None or holder.id != event.rep_id:
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
