"""The plan for a lead: which desk is asked, and for which rep, by its points, its facts and the policy's routes.

In: a lead of the account. Out: a plan, or None if the lead is not due. Nothing is written here. requests.py sends the
request of a plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Kind, Qualification, Route
from workers.accounts.evaluation.rep_claims import kind_due, plan_for_claimant
from workers.accounts.handoffs.substitutes import account_for_routes
from workers.accounts.routing.lead_profile import profile_of, request_of
from workers.accounts.routing.routes import Plan, plan_for
from workers.accounts.routing.skills import Needs, needs_of
from workers.accounts.routing.territories import LeadProfile, find_unmet
from workers.accounts.stages.qualifying import current_label, is_still_due
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.signals_given import signals_for_routes

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.facts import CampaignMark
    from workers.accounts.state.handoff import PendingRow
    from workers.accounts.state.lead import LeadRow


def plan_if_due(case: Case, lead_id: str, row: PendingRow) -> tuple[Kind, Plan] | None:
    """Return the kind of hand-off that a queued lead would get now, and the plan for it. None: the lead is no longer due."""
    lead = case.lead(lead_id)
    fit = fit_of(case.terms, case.account.company, lead, case.today)
    if not is_still_due(case, lead, fit):
        return None
    kind = kind_due(case.account, fit.state, row)
    plan = plan_for_lead(case, kind, lead_id, row.total, row.fit, row.campaign)
    plan = plan_for_claimant(case, plan, row)
    return (Kind.PARTNER if plan.route is Route.PARTNER_COVERS else kind), plan


def plan_for_lead(
    case: Case,
    kind: Kind,
    lead_id: str,
    total: int,
    fit_points: int,
    campaign: CampaignMark | None = None,
) -> Plan:
    """Return the plan that the policy's routes give for a lead. ``total``: all its points. ``fit_points``: those of fit.

    ``campaign``: the one with which the lead became due. None: the lead's latest counts.
    """
    profile = _profile(case, kind, lead_id, total, fit_points, campaign)
    return plan_for(case.terms.policy, account_for_routes(case), kind, case.now_ms, profile)


def conditions_of(case: Case, kind: Kind, lead_id: str, row: PendingRow) -> tuple[str, ...]:
    """Return the named conditions that hold for a queued lead, of those that a time to answer tests."""
    if not case.terms.tested_by_deadlines:
        return ()
    policy, company = case.terms.policy, case.account.company
    profile = _profile(case, kind, lead_id, row.total, row.fit, row.campaign)
    return tuple(
        name
        for name in case.terms.tested_by_deadlines
        if find_unmet(policy.conditions[name], company, profile, policy.currency) is None
    )


def needs_of_lead(case: Case, lead_id: str, kind: Kind | None = None) -> Needs:
    """Return the skills that a lead needs of its rep now. ``kind``: that of its hand-off. None: it has none."""
    if not case.terms.skills_ask_conditions:
        profile = LeadProfile(case.lead(lead_id).facts)
    else:
        profile = _profile(case, kind, lead_id, *points_of(case, lead_id), None)
    return needs_of(case.terms.policy, case.account.company, profile)


def _profile(
    case: Case, kind: Kind | None, lead_id: str, total: int, fit_points: int, campaign: CampaignMark | None
) -> LeadProfile:
    lead = case.lead(lead_id)
    grade = case.terms.grade(fit_points, total - fit_points)
    return profile_of(case.terms, lead, total, grade, signals_for_routes(case, lead_id), case.today)._replace(
        is_mql=lead.reached_mql,
        is_sql=lead.qualified,
        contact_owner=lead.contact.owner_rep_id if lead.contact is not None else None,
        kind=kind,
        mql_kind=lead.mql_kind if kind is Kind.MQL else None,
        request=request_of(lead),
        qualification=_qualification_of(case, lead, kind),
        campaign=campaign or lead.campaign,
    )


def _qualification_of(case: Case, lead: LeadRow, kind: Kind | None) -> Qualification | None:
    """Return whether the lead is an MQL, as its hand-off states it. None: the hand-off does not state it."""
    if lead.raised_hand:
        return current_label(case, lead, fit_of(case.terms, case.account.company, lead, case.today).state)
    return Qualification.MQL if kind is Kind.MQL else None


def points_of(case: Case, lead_id: str) -> tuple[int, int]:
    """Return the lead's present total, and the points of fit in it."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    day = max(case.terms.day_of(case.now_ms), score.latest_day)
    fit = fit_of(case.terms, case.account.company, case.lead(lead_id), day)
    return fit.points + case.terms.rules.points(score.attributed, day).points, fit.points
