"""A revision of a hand-off, as it is published on ``lead.routing``.

In: a hand-off, its lead, the action and the reasons. Out: one event. A partner's event has only the fields that the
partner may see. No row is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.base import Campaign
from schemas.lead_events import PassedOverRep, WaitAges
from schemas.outputs import Assignee, LeadRouting, Person
from schemas.topics import LEAD_ROUTING
from schemas.vocabulary import Action, AssigneeType, Reason
from workers.accounts.case import instant
from workers.accounts.handoffs.alias_members import match_reasons
from workers.accounts.handoffs.buying_group import colleagues_of, group_of
from workers.accounts.handoffs.partner_view import cut_for_partner, stage_for_partner
from workers.accounts.handoffs.touches import list_touches, touches_of
from workers.accounts.routing.partners import agreement_with
from workers.accounts.routing.permission import restriction
from workers.accounts.routing.route_explanation import earlier_routes, would_lead_elsewhere
from workers.accounts.stages.deals import forecast_percent
from workers.accounts.stages.qualifying import current_label, gate_reason
from workers.accounts.state.facts import Contact
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.explanation import explain
from workers.accounts.worth.facts import fit_of, value_of
from workers.accounts.worth.future_dated import flag_future_dated, is_future_dated
from workers.accounts.worth.mail_scanners import add_scanner_line
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder
    from workers.accounts.state.facts import CampaignMark
    from workers.accounts.state.handoff import HandoffRow
    from workers.accounts.state.lead import LeadRow

_NO_CONTACT = Contact()
_OF_GATES = frozenset({Reason.ALL_GATES_PASSED, Reason.GATE_UNKNOWN, Reason.GATE_FAILED})
"""Reasons of which each revision states the one that is true now."""


def publish_revision(
    case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, action: Action, reasons: Sequence[Reason]
) -> None:
    """Publish one revision of a hand-off.

    The first is explained as of the day on which the lead became due, the others as of the present day.
    """
    terms = case.terms
    score = case.rows.get(ScoreRow, case.key, row.lead_id) or ScoreRow()
    day = row.day if action is Action.ASSIGNED else max(case.today, score.latest_day)
    fit = fit_of(terms, case.account.company, lead, day)
    is_withdrawn = action is Action.WITHDRAWN
    says = gate_reason(fit.state, current_label(case, lead, fit.state))
    is_labelled = row.qualification is not None and not is_withdrawn
    reasons = _with_gate_reason(reasons, says, is_labelled=is_labelled)
    reasons = (*reasons, *match_reasons(case, lead), *_address_reasons(case, lead))
    company, contact = case.account.company, lead.contact or _NO_CONTACT
    earlier = row.holder.earlier
    behaviour = terms.rules.points(score.attributed, day)
    if score.clicks:
        behaviour = add_scanner_line(behaviour, terms, score, day)
    if score.ahead:
        behaviour = flag_future_dated(behaviour, score, day, terms.rules.horizon_days)
    would_change = [] if is_withdrawn else would_lead_elsewhere(earlier)
    would_change = (list(fit.would_change) if is_labelled else []) + would_change
    is_for_partner = row.holder.type is AssigneeType.PARTNER
    stage = stage_for_partner(lead, fit.state) if is_for_partner else lead.stage
    event = LeadRouting(
        event_id=fact_id(handoff_id, row.revision),
        occurred_at=case.now,
        handoff_id=handoff_id,
        revision=row.revision,
        account_key=case.key,
        crm_account_id=(company.crm_account_id if company else None) or contact.account_id,
        crm_lead_id=contact.lead_id,
        crm_contact_id=contact.contact_id,
        lead_id=row.lead_id,
        action=action,
        kind=row.kind,
        mql_kind=row.mql_kind,
        qualification=row.qualification,
        assignee=None if is_withdrawn else _assignee(row.holder),
        route=row.holder.route,
        how_chosen=None if is_withdrawn else row.holder.how,
        earlier_routes=earlier_routes(earlier),
        passed_over=[PassedOverRep(rep_id=rep_id, why=why) for rep_id, why in row.passed_over],
        stage=stage,
        stage_words=terms.stage_words.get(stage) if stage else None,
        touches=None if is_withdrawn else list_touches(terms, score, touches_of(case, row.lead_id)) or None,
        bounces=lead.bounces or None,
        forecast_probability_percent=None if is_withdrawn else forecast_percent(terms.policy, case.account),
        ages=WaitAges(lead_seconds=row.ages[0], wait_seconds=row.ages[1]) if row.ages else None,
        first_response_due_at=None if is_withdrawn or row.due_ms is None else instant(row.due_ms),
        colleagues=[one for one in case.active_people() if one != row.lead_id],
        colleague_roles=None if is_withdrawn else colleagues_of(case, row.lead_id) or None,
        buying_group=None if is_withdrawn else group_of(case, row.lead_id),
        campaign=_campaign(row.campaign),
        person=None if is_withdrawn else _person(lead),
        request=None if is_withdrawn else value_of(lead.facts, "request"),
        answer_only=not is_withdrawn and restriction(terms, lead) is not None,
        explanation=explain(
            terms,
            fit,
            behaviour,
            reasons,
            row.event_id,
            would_change,
            is_clamped=is_future_dated(score, row.event_id),
        ),
    )
    if is_for_partner:
        event = cut_for_partner(agreement_with(terms.policy, row.holder), event)
    case.publish(LEAD_ROUTING, event)


def _with_gate_reason(reasons: Sequence[Reason], says: Reason, *, is_labelled: bool) -> tuple[Reason, ...]:
    """Return the reasons with the present result of the gates. A revision with a label always states it.

    The reasons of a hand-off date from when it became due. A fact may have changed since.
    """
    if _OF_GATES.isdisjoint(reasons):
        return (*reasons, says) if is_labelled else tuple(reasons)
    return tuple(dict.fromkeys(says if one in _OF_GATES else one for one in reasons))


def _address_reasons(case: Case, lead: LeadRow) -> tuple[Reason, ...]:
    """Return that the lead gave a throw-away address, if so."""
    domain = (lead.email or "").partition("@")[2]
    is_disposable = bool(domain) and case.terms.domains.is_disposable(domain)
    return (Reason.DISPOSABLE_ADDRESS,) if is_disposable else ()


def _assignee(holder: Holder) -> Assignee:
    return Assignee(type=holder.type, id=holder.id, name=holder.name, deputy_for=holder.deputy_for)


def _campaign(mark: CampaignMark | None) -> Campaign | None:
    return None if mark is None else Campaign(name=mark.name, source=mark.source, medium=mark.medium)


def _person(lead: LeadRow) -> Person:
    facts = lead.facts
    return Person(
        email=lead.email,
        role_address=lead.role_address,
        first_name=value_of(facts, "first_name"),
        last_name=value_of(facts, "last_name"),
        company=value_of(facts, "company"),
        job_title=value_of(facts, "job_title"),
        country=value_of(facts, "country"),
        phone=value_of(facts, "phone"),
    )
