"""Sales takes a lead before its score: the account goes to that rep if it is free.

In: a rep who claims (sales.activities), or who answered (chat). Out: a lead that is due, accepted, with the claimant as
the one to ask for. Free is an account that nobody owns by right and of which nobody else has open hand-offs; a claim
never goes against either. The desk charges the claimant's turn, so who claims does not get more than a share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, HowChosen, Kind, Reason, Route
from workers.accounts.lifecycle.judging import judge
from workers.accounts.lifecycle.pending import make_due
from workers.accounts.lifecycle.qualifying import Due, Occasion, new_cycle
from workers.accounts.people.permission import restriction
from workers.accounts.routing.ownership import kind_of, right_of
from workers.accounts.rows import ScoreRow
from workers.accounts.worth.facts import fit_of

if TYPE_CHECKING:
    from schemas.vocabulary import GateState
    from workers.accounts.case import Case
    from workers.accounts.routing.routes import Plan
    from workers.accounts.rows import AccountRow, PendingRow


def is_free_for(case: Case, rep_id: str) -> bool:
    """Whether the account may go to this rep: nobody else owns it by right, or has its open hand-offs."""
    account = case.account
    right, holder = right_of(case.terms.policy, account), account.holder
    if right is not None and right.rep_id != rep_id:
        return False
    if holder is not None and (holder.type is not AssigneeType.REP or holder.id != rep_id):
        return False
    return case.terms.gates.exclusion(case.key, account.company) is None


def claim(case: Case, lead_id: str, rep_id: str, at_ms: int) -> bool:
    """Give a lead to the rep who took it at ``at_ms``; whether it goes there.

    A lead whose hand-off that rep has already is accepted by the claim. One that ended later than the claim stays ended.
    """
    lead = case.lead(lead_id)
    if lead.stage is None or lead.claimed or not is_free_for(case, rep_id):
        return False
    if restriction(case.terms, lead) is not None or (lead.verdict is not None and at_ms <= lead.said_no_ms):
        return False
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    if lead.verdict is not None:
        lead, score = new_cycle(lead, score)
    lead = replace(lead, accepted=True, claimed=True)
    day = case.terms.day_of(case.now_ms)
    if not lead.handoffs:
        fit = fit_of(case.terms, case.account.company, lead.facts)
        total = fit.points + case.terms.rules.points(score.attributed, max(day, score.latest_day)).points
        due = Due(day, (Reason.SALES_CLAIMED,), claimed_by=rep_id)
        lead = make_due(case, lead_id, lead, due, total, fit.points)
    case.owner_question = True
    case.rows.put(score, case.key, lead_id)
    case.put_lead(lead_id, lead)
    judge(case, lead_id, lead, score, Occasion(day, counts=False), say=False)
    return True


def kind_due(account: AccountRow, fit: GateState, row: PendingRow) -> Kind:
    """Return the kind of hand-off that a lead which waits would get."""
    kind = kind_of(account, fit, raised=row.raised)
    return Kind.CLAIMED if row.is_early and kind is Kind.MQL else kind


def for_claimant(case: Case, plan: Plan, row: PendingRow | None) -> Plan:
    """Return the plan with the rep who claimed the lead, as long as the account is free for that rep."""
    if row is None or not row.claimed_by:
        return plan
    account, rep_id = case.account, row.claimed_by
    if account.holder is not None or rep_id in account.gone or not is_free_for(case, rep_id):
        return plan
    if plan.rep_id == rep_id and plan.mode is RequestMode.OWNER:
        return plan
    desk = plan.desk if plan.desk.startswith("desk:") else case.terms.desk
    return plan._replace(
        desk=desk, mode=RequestMode.TURN, rep_id=rep_id, route=Route.CLAIMED, how=HowChosen.CLAIMED
    )
