"""Claims: a rep takes a lead before its score makes it due. The account goes to that rep if it is free.

In: a rep who claims a lead, reported in ``sales.activities``. Out: a lead that is due and accepted, with the claimant
as the rep to ask for. An account is free if it has no owner and no one else has its open hand-offs. A claim never
overrides either. The desk charges the claimant's turn, so claims give no rep more than the agreed share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, HowChosen, Kind, Reason, Route
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.handoffs.escalation import claimant, is_in_pool
from workers.accounts.handoffs.queue import make_due
from workers.accounts.routing.ownership import kind_of, owner_of
from workers.accounts.routing.permission import exclusion_of, restriction
from workers.accounts.routing.route_explanation import REASONS
from workers.accounts.stages.qualifying import DueHandoff, Occasion, new_cycle
from workers.accounts.state.handoff import PendingRow
from workers.accounts.state.parts import Obstacle
from workers.accounts.worth.facts import fit_of

if TYPE_CHECKING:
    from schemas.vocabulary import GateState
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.routing.routes import Plan
    from workers.accounts.state.account import AccountRow


def is_free_for(case: Case, rep_id: str) -> bool:
    """Whether the account may go to this rep: no one else owns it or has its open hand-offs, and it is not excluded."""
    return _account_obstacle(case, rep_id) is None


def find_obstacle(hand: LeadInHand, rep_id: str, at_ms: int) -> Obstacle | None:
    """Return what prevents the claim that a rep made at ``at_ms``, or None. The account's obstacles go first."""
    case, lead = hand.case, hand.lead
    excluded = exclusion_of(case, lead)
    taken = _account_obstacle(case, rep_id) if excluded is None else Obstacle(excluded)
    if taken is not None:
        return taken
    if lead.stage is None:
        return Obstacle(Reason.NO_LEAD_YET)
    row = case.rows.get(PendingRow, case.key, lead.pending, hand.lead_id) if lead.pending else None
    if row is not None and row.claimed_by not in {"", rep_id}:
        return Obstacle(Reason.SALES_CLAIMED, row.claimed_by)
    restricted = restriction(case.terms, lead)
    if restricted is not None:
        return Obstacle(restricted)
    if lead.verdict is not None and at_ms <= lead.said_no_ms:
        return Obstacle(lead.verdict_why or Reason.SALES_REJECTED)
    return None


def _account_obstacle(case: Case, rep_id: str) -> Obstacle | None:
    """Return what keeps the account from the rep, or None."""
    account = case.account
    excluded = case.terms.gates.exclusion(case.key, account.company)
    if excluded is not None:
        return Obstacle(excluded)
    right, holder = owner_of(case.terms.policy, account), account.holder
    if right is not None and right.rep_id != rep_id:
        return Obstacle(REASONS[right.route], right.rep_id)
    if holder is None or is_in_pool(case):
        first = claimant(account)
        return None if first in {None, rep_id} else Obstacle(Reason.SALES_CLAIMED, first)
    if holder.type is AssigneeType.REP and holder.id == rep_id:
        return None
    if holder.type is AssigneeType.REP:
        return Obstacle(Reason.ACCOUNT_ALREADY_HAS_REP, holder.id)
    return Obstacle(REASONS[holder.route], desk=holder.id if holder.type is AssigneeType.DESK else None)


def claim(hand: LeadInHand, rep_id: str) -> None:
    """Give a lead to the rep who claims it, if there is no obstacle.

    If the rep has a hand-off of the lead already, the claim accepts it.
    """
    case = hand.case
    if hand.lead.claimed:
        return
    if hand.lead.verdict is not None:
        hand.lead, hand.score = new_cycle(hand.lead, hand.score)
    hand.change(accepted=True, claimed=True)
    day = case.terms.day_of(case.now_ms)
    if not hand.lead.handoffs:
        fit, score = fit_of(case.terms, case.account.company, hand.lead, day), hand.score
        total = fit.points + case.terms.rules.points(score.attributed, max(day, score.latest_day)).points
        due = DueHandoff(day, (Reason.SALES_CLAIMED,), claimed_by=rep_id)
        make_due(hand, due, total, fit.points)
    case.request_needs_review = True
    hand.write()
    evaluate(hand, Occasion(day, counts=False), is_news=False)


def kind_due(account: AccountRow, fit: GateState, row: PendingRow) -> Kind:
    """Return the kind of hand-off that a waiting lead would get."""
    kind = kind_of(account, fit, raised=row.raised)
    return Kind.CLAIMED if row.is_early and kind is Kind.MQL else kind


def plan_for_claimant(case: Case, plan: Plan, row: PendingRow | None) -> Plan:
    """Return the plan with the rep who claimed the lead, as long as the account is free for that rep."""
    if row is None or not row.claimed_by:
        return plan
    account, rep_id = case.account, row.claimed_by
    has_holder = account.holder is not None and not is_in_pool(case)
    if has_holder or rep_id in account.gone or not is_free_for(case, rep_id):
        return plan
    if plan.rep_id == rep_id and plan.mode is RequestMode.OWNER:
        return plan
    desk = plan.desk if plan.desk.startswith("desk:") else case.terms.desk
    return plan._replace(
        desk=desk, mode=RequestMode.TURN, rep_id=rep_id, route=Route.CLAIMED, how=HowChosen.CLAIMED
    )
