"""Nobody has answered, long after the time was over: the account goes to the next in turn, in the end to the manager.

In: timers of hand-offs, touches, moves that were made. Out: the wish to move (moves.py asks the desk), who had the
account, alerts. The whole account moves, and only if who has it has touched none of it; at most as often as the policy
says. What belongs to an owner goes to the deputy, then to the manager. Where it can go no further, that is said.

A touch that was dated before the account moved on and comes after it undoes the move, unless who has it now has touched
it too: the buyer has been spoken to by the first. A later touch of somebody who had it is an answer, and moves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import MoveWhy
from schemas.vocabulary import Alert, AssigneeType, HowChosen
from workers.accounts.handoffs import deadlines, open_index
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.parts import Escalation, Move, PassedRep

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder

MOST_EARLIER_HOLDERS = 12
_DESK = "desk:"


def escalate(case: Case, handoff_id: str) -> None:
    """The timer of a hand-off that is long overdue. What a desk holds as a whole stays there: its manager is told."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is None or row.touched_ms is not None:
        return
    holder = row.holder
    if holder.type is AssigneeType.DESK:
        deadlines.raise_response_alert(case, Alert.STILL_UNANSWERED, handoff_id, row)
    elif case.account.move is not None:
        return
    elif _can_escalate(case, holder):
        case.change(move=Move(MoveWhy.NOT_ANSWERED, holder.id))
        case.request_needs_review = True
    else:
        deadlines.raise_response_alert(case, Alert.STILL_UNANSWERED, handoff_id, row)


def report_unanswered(case: Case, handoff_id: str, row: HandoffRow) -> None:
    """The account goes no further: say so of a hand-off that should have gone on by now."""
    is_late = row.then_ms is not None and row.then_ms <= case.now_ms
    if is_late and row.touched_ms is None and row.frozen_ms is None:
        deadlines.raise_response_alert(case, Alert.STILL_UNANSWERED, handoff_id, row)


def record_escalation(case: Case, before: Holder, after: Holder) -> None:
    """The account has gone from one who did not answer to the next."""
    moved_on = case.account.moved_on or Escalation()
    had = (*moved_on.had, PassedRep(before.id, case.now_ms))[-MOST_EARLIER_HOLDERS:]
    turns = moved_on.turns + (after.how is HowChosen.ROTATION)
    is_at_end = after.how in {HowChosen.MANAGER, HowChosen.FALLBACK}
    case.change(moved_on=Escalation(had, turns, is_at_end))


def end_escalation(case: Case) -> None:
    """Nobody is left to whom the account could go."""
    case.change(moved_on=replace(case.account.moved_on or Escalation(), is_at_end=True))


def earlier_holders(case: Case) -> tuple[str, ...]:
    """Return the reps who had the account and did not answer, in order."""
    moved_on = case.account.moved_on
    return () if moved_on is None else tuple(one.rep_id for one in moved_on.had)


def record_answer(case: Case, rep_id: str, at_ms: int) -> None:
    """A rep has touched the account at ``at_ms``: who has it keeps it; who had it then gets it back."""
    account = case.account
    holder, moved_on = account.holder, account.moved_on
    if holder is None or moved_on is None:
        return
    if rep_id == holder.id:
        case.change(moved_on=None)
        return
    if any(one.rep_id == rep_id and at_ms < one.until_ms for one in moved_on.had):
        case.change(move=Move(MoveWhy.ANSWERED_BEFORE, holder.id, rep_id))


def _can_escalate(case: Case, holder: Holder) -> bool:
    """Whether somebody else can still get the account."""
    moved_on = case.account.moved_on
    if moved_on is not None and moved_on.is_at_end:
        return False
    if holder.desk.startswith(_DESK):
        desk = case.terms.policy.desks.get(holder.desk.removeprefix(_DESK))
        if desk is None or desk.answer_within.then is None:
            return False
    return not open_index.has_touched(case, holder.id)
