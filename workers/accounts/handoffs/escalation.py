"""Escalation of an account that is not answered long after its deadline, at last to the manager.

In: timers of hand-offs, touches, moves that were made. Out: a pending move, for which desk_protocol/requests.py asks a
desk; the reps who had the account; alerts. The whole account moves to the next rep in turn, and only if its holder has
touched none of its open hand-offs. The policy bounds the number of moves. An owned account goes to the deputy, then to
the manager. If it can move no further, an alert is raised.

A touch that was made before the escalation and arrives after it reverses the move, because the earlier rep has spoken
to the buyer. It does not if the present holder has touched the account too. A later touch of an earlier holder is an
answer and moves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import MoveWhy
from schemas.vocabulary import Alert, AssigneeType, HowChosen, Route
from workers.accounts.handoffs import deadlines, open_index
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.parts import Escalation, Move, PassedRep

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import AccountRow, Holder

MOST_EARLIER_HOLDERS = 12
"""Most earlier holders that are remembered: the latest."""
_DESK = "desk:"


def escalate(case: Case, handoff_id: str) -> None:
    """Handle the timer of a long-overdue hand-off: request a move of the account, or report that it cannot move.

    A hand-off that a desk holds as a whole stays there, and the desk's manager is notified.
    """
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
    """Raise an alert if this hand-off should have been escalated by now, because the account cannot be escalated."""
    is_late = row.then_ms is not None and row.then_ms <= case.now_ms
    if is_late and row.touched_ms is None and row.frozen_ms is None:
        deadlines.raise_response_alert(case, Alert.STILL_UNANSWERED, handoff_id, row)


def record_escalation(case: Case, before: Holder, after: Holder) -> None:
    """Record that the account went from a holder who did not answer to the next one."""
    moved_on = case.account.moved_on or Escalation()
    had = (*moved_on.had, PassedRep(before.id, case.now_ms))[-MOST_EARLIER_HOLDERS:]
    turns = moved_on.turns + (after.how is HowChosen.ROTATION)
    is_at_end = after.how in {HowChosen.MANAGER, HowChosen.FALLBACK}
    case.change(moved_on=Escalation(had, turns, is_at_end))


def end_escalation(case: Case) -> None:
    """Record that no one is left to whom the account could be escalated."""
    case.change(moved_on=replace(case.account.moved_on or Escalation(), is_at_end=True))


def earlier_holders(case: Case) -> tuple[str, ...]:
    """Return the reps who had the account and did not answer, by rep_id, in order."""
    moved_on = case.account.moved_on
    return () if moved_on is None else tuple(one.rep_id for one in moved_on.had)


def record_answer(case: Case, rep_id: str, at_ms: int) -> None:
    """Record that a rep touched the account at ``at_ms``, the touch's own date.

    The holder keeps the account, and the escalation ends. An earlier holder who touched it before losing it gets it
    back. An account in a pool goes to the rep who touched or claimed it first.
    """
    account = case.account
    holder, moved_on = account.holder, account.moved_on
    if holder is None or moved_on is None:
        return
    if rep_id == holder.id:
        case.change(moved_on=None)
        return
    if any(one.rep_id == rep_id and at_ms < one.until_ms for one in moved_on.had):
        case.change(move=Move(MoveWhy.ANSWERED_BEFORE, holder.id, rep_id))
    elif rep_id and is_in_pool(case) and claimant(account) is None:
        case.change(move=Move(MoveWhy.CLAIMED, holder.id, rep_id))


def claimant(account: AccountRow) -> str | None:
    """Return the rep to whom the account goes as soon as the desk answers, because the rep claimed it or had answered it."""
    if account.move is not None:
        return account.move.to_rep_id
    request = account.request
    return request.rep_id if request is not None and request.route is Route.CLAIMED else None


def is_in_pool(case: Case) -> bool:
    """Whether a desk holds the unanswered account as a whole, so that any rep may claim it."""
    holder = case.account.holder
    if holder is None or holder.type is not AssigneeType.DESK or case.account.moved_on is None:
        return False
    desk = case.terms.policy.desks.get(holder.id.removeprefix(_DESK))
    return desk is not None and desk.answer_within.then == "pool"


def _can_escalate(case: Case, holder: Holder) -> bool:
    """Whether another rep can still get the account."""
    moved_on = case.account.moved_on
    if moved_on is not None and moved_on.is_at_end:
        return False
    if holder.desk.startswith(_DESK):
        desk = case.terms.policy.desks.get(holder.desk.removeprefix(_DESK))
        if desk is None or desk.answer_within.then is None:
            return False
    return not open_index.has_touched(case, holder.id)
