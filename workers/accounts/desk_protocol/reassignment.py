"""Moves of open hand-offs to another holder while the owner stays the same: the desk to ask, and its answer's effect.

In: a pending move (from escalation.py or absence.py), the account, a desk's answer. Out: the plan of the account's one
request, the holder after the move, the reasons. The account moves as a whole. An account that a desk assigned goes to
the next rep in turn there. An owned account stays the owner's, and a substitute gets the task. No request is sent here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import MoveWhy, RequestMode
from schemas.vocabulary import HowChosen, Reason, Route
from workers.accounts.handoffs import bulk_transfer, deadlines, escalation, open_index, substitutes
from workers.accounts.handoffs.queue import first_due
from workers.accounts.routing.ownership import is_holder_inactive, owner_of
from workers.accounts.routing.partners import is_with_partner, partner_of
from workers.accounts.routing.routes import Plan

if TYPE_CHECKING:
    from schemas.desk_requests import RunningClock
    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder
    from workers.accounts.state.parts import Move, OpenRequest

_DESK = "desk:"
_REASONS = {
    MoveWhy.NOT_ANSWERED: Reason.NOT_ANSWERED,
    MoveWhy.AWAY: Reason.REP_AWAY,
    MoveWhy.BACK: Reason.REP_BACK,
    MoveWhy.ANSWERED_BEFORE: Reason.ANSWERED_BEFORE_MOVE,
    MoveWhy.CLAIMED: Reason.SALES_CLAIMED,
}
"""Reason of a hand-off's new revision, by the cause of the move."""


def review_move(case: Case) -> None:
    """Drop a pending move that is void: another rep has the account, it is closed, or it was answered meanwhile."""
    account = case.account
    if account.holder is None and (account.move is not None or account.moved_on is not None):
        case.change(move=None, moved_on=None)
        return
    move = account.move
    if move is None or account.holder is None:
        return
    is_void = move.from_id != account.holder.id
    if move.why is MoveWhy.NOT_ANSWERED and not is_void:
        is_void = open_index.has_touched(case, move.from_id) or open_index.is_all_touched(case)
        if is_void:
            bulk_transfer.report_all_unanswered(case)
    if move.why is MoveWhy.BACK and move.to_rep_id != move.from_id and not is_void:
        is_void = open_index.has_touched(case, move.from_id)
    if move.why is MoveWhy.ANSWERED_BEFORE and not is_void:
        is_theirs = open_index.has_touched(case, move.to_rep_id or "")
        is_void = not is_theirs or open_index.has_touched(case, move.from_id)
    if is_void:
        case.change(move=None)


def has_wrong_holder(case: Case) -> bool:
    """Whether the open hand-offs belong to another rep or desk than their holder.

    The holder is a partner whose agreement has ended, an inactive rep, or neither the owner nor the owner's substitute.
    """
    account = case.account
    holder = account.holder
    if holder is None:
        return False
    if is_with_partner(account) and partner_of(case.terms.policy, account) is None:
        return True
    right = owner_of(case.terms.policy, account)
    return is_holder_inactive(account) or (right is not None and holder.stands_for != right.rep_id)


def has_move_priority(case: Case) -> bool:
    """Whether open hand-offs move before a desk is asked for the next lead. A raised hand never waits for a move."""
    move = case.account.move
    if move is None or move.is_held or has_wrong_holder(case):
        return False
    first = first_due(case)
    return first is None or not first[2].raised


def plan_for_request(case: Case, request: OpenRequest) -> Plan | None:
    """Return the plan that an open request for a move would have now. None: the move is not wanted now.

    If no one can take the open hand-offs, leads that are due come first.
    """
    move, holder = case.account.move, case.account.holder
    if move is None or holder is None or move.why is not request.move or has_wrong_holder(case):
        return None
    if request.is_waiting and first_due(case) is not None:
        return None
    return plan_for_move(case, move, holder)


def plan_for_move(case: Case, move: Move, holder: Holder) -> Plan:
    """Return the plan for a move: which desk to ask, and for which rep. ``holder`` has the account now."""
    how = _how_as_owner(case, holder)
    if move.to_rep_id is not None:
        chosen = HowChosen.CLAIMED if move.why is MoveWhy.CLAIMED else how or HowChosen.ACCOUNT_REP
        return _plan_for_rep(move.to_rep_id, holder, chosen)
    if how is not None or not holder.desk.startswith(_DESK):
        return _plan_for_rep(holder.stands_for or holder.id, holder, how)
    name = holder.desk.removeprefix(_DESK)
    if name not in case.terms.policy.desks:
        name = case.terms.policy.default_desk
    desk = case.terms.policy.desks[name]
    moved_on = case.account.moved_on
    if move.why is MoveWhy.NOT_ANSWERED:
        turns = 0 if moved_on is None else moved_on.turns
        if turns >= desk.answer_within.most_turns and desk.answer_within.then != "pool":
            return _plan_for_rep(desk.manager, holder, HowChosen.MANAGER)
    elif (moved_on is not None and moved_on.is_at_end) or open_index.has_touched(case, holder.id):
        return _plan_for_rep(holder.id, holder)  # an absent rep's desk chooses the deputy, else the manager
    route = Route.OTHERWISE if holder.route is Route.ACCOUNT_HAS_REP else holder.route
    return Plan(f"{_DESK}{name}", RequestMode.TURN, None, route, None)


def reps_to_exclude(case: Case, plan: Plan, move: Move | None) -> tuple[str, ...]:
    """Return the reps who had the account and did not answer, by rep_id. They get it only if no one else can."""
    holder = case.account.holder
    if holder is None or (move is not None and move.to_rep_id is not None):
        return ()
    had = escalation.earlier_holders(case)
    if move is None:
        if substitutes.is_back_with_next_lead(case):
            return ()
        is_the_same = plan.mode is RequestMode.OWNER and plan.rep_id == holder.stands_for
        return tuple(one for one in had if one != holder.id) if is_the_same else ()
    if move.why is MoveWhy.AWAY and plan.mode is not RequestMode.TURN:
        return had
    return tuple(dict.fromkeys((*had, holder.id)))


def holder_after_move(case: Case, request: OpenRequest, made: Holder) -> Holder:
    """Return the holder after a move. The account stays with the desk or the owner to whom it belonged."""
    before = case.account.holder
    if before is None:
        return made
    if before.desk.startswith(_DESK):
        stands_for = substitutes.lender_of(case, before, made)
        return replace(
            made, desk=before.desk, route=request.route, earlier=before.earlier, stands_for=stands_for
        )
    stands_for = before.stands_for or before.id
    return replace(
        made,
        desk=before.desk,
        route=before.route,
        earlier=before.earlier,
        stands_for=stands_for,
        deputy_for=None if made.id == stands_for else stands_for,
    )


def move_reasons(why: MoveWhy, holder: Holder) -> tuple[Reason, ...]:
    """Return why open hand-offs moved."""
    if holder.how is HowChosen.ROTATION:
        return (_REASONS[why], Reason.NEXT_IN_ROTATION)
    if holder.how is HowChosen.FALLBACK:
        return (_REASONS[why], Reason.EVERYONE_AWAY)
    return (_REASONS[why],)


def end_move(case: Case, why: MoveWhy, before: Holder | None, after: Holder) -> None:
    """End the pending move: it was made, or the desk had no one else. Record or end the escalation."""
    case.change(move=None)
    if before is None or why is MoveWhy.BACK:
        return
    if why in {MoveWhy.ANSWERED_BEFORE, MoveWhy.CLAIMED}:
        case.change(moved_on=None)
    elif why is MoveWhy.NOT_ANSWERED and before.id != after.id:
        escalation.record_escalation(case, before, after)
    elif why is MoveWhy.NOT_ANSWERED:
        escalation.end_escalation(case)
        bulk_transfer.report_all_unanswered(case)


def reset_escalation(case: Case, before: Holder | None, after: Holder) -> None:
    """End the escalation if the hand-offs are meant for another rep now. Earlier holders do not matter any more.

    If a substitute gives them back to their rep, they may escalate to the substitute again.
    """
    if before is None or case.account.moved_on is None:
        return
    if before.stands_for != after.stands_for:
        case.change(moved_on=None)
    elif before.id != after.id == after.stands_for:
        case.change(moved_on=replace(case.account.moved_on, is_at_end=False))


def hold_move(case: Case) -> None:
    """Mark the pending move as held: the desk holds its request, because no one can take the account yet."""
    if case.account.move is not None:
        case.change(move=replace(case.account.move, is_held=True))


def clocks_for_request(case: Case, request: OpenRequest) -> list[RunningClock]:
    """Return the deadlines to send with a request: open hand-offs may move to the rep whom the desk chooses.

    Each hand-off gets the whole time of its own kind, or of a condition that a deadline tests. After an absence up to 20 hand-offs get the time that was left.
    """
    if not case.account.untouched:
        return []
    by_kind = deadlines.clocks_by_kind(case, request.handoff_id)
    of_one: list[RunningClock] = []
    if case.terms.tested_by_deadlines and not open_index.is_large(case):
        of_one = deadlines.clocks_by_condition(open_index.open_rows(case))
    if request.move is not None and request.move is not MoveWhy.NOT_ANSWERED:
        of_one = [*deadlines.frozen_clocks(open_index.open_rows(case)), *of_one]
    return [*of_one[: deadlines.MOST_CLOCKS - len(by_kind)], *by_kind]


def _plan_for_rep(rep_id: str, holder: Holder, how: HowChosen | None = None) -> Plan:
    """Return a plan that asks for a rep. The deadlines of the desk that assigned the account apply."""
    terms = holder.desk if holder.desk.startswith(_DESK) else None
    return Plan(f"rep:{rep_id}", RequestMode.OWNER, rep_id, holder.route, how, terms=terms)


def _how_as_owner(case: Case, holder: Holder) -> HowChosen | None:
    """Return how the holder's rep was chosen as the account's owner. None: the rep is not the owner."""
    right = owner_of(case.terms.policy, case.account)
    return right.how if right is not None and right.rep_id == holder.stands_for else None
