"""Hand-offs: opened, moved together, relabelled, withdrawn. Each change is one revision on lead.routing.

In: decisions made elsewhere. Out: rows and outputs. At every prefix of the output the open hand-offs of an account
have one assignee: of several that move, all but one are withdrawn before the first goes to the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.base import Campaign
from schemas.desk_requests import RequestMode
from schemas.lead_events import PassedOverRep, WaitAges
from schemas.outputs import Assignee, LeadRouting, Person
from schemas.topics import LEAD_ROUTING
from schemas.vocabulary import Action, AssigneeType, Kind, PassedOver, Qualification, Reason
from workers.accounts.case import instant
from workers.accounts.handoffs import deadlines, open_index
from workers.accounts.handoffs.alias_members import match_reasons
from workers.accounts.handoffs.buying_group import colleagues_of, group_of
from workers.accounts.handoffs.deadlines import ResponseDeadlines
from workers.accounts.handoffs.partner_view import cut_for_partner, stage_for_partner
from workers.accounts.handoffs.touches import clear_early_rejection, list_touches, touches_of
from workers.accounts.routing.partners import agreement_with
from workers.accounts.routing.permission import restriction
from workers.accounts.routing.route_explanation import earlier_routes, would_lead_elsewhere
from workers.accounts.stages.deals import forecast_percent
from workers.accounts.state.account import Holder, LastRep
from workers.accounts.state.facts import Contact
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.accounts.state.parts import Part
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.explanation import explain
from workers.accounts.worth.facts import fit_of, value_of
from workers.accounts.worth.future_dated import flag_future_dated, is_future_dated
from workers.engine.timers import set_timer
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.facts import CampaignMark
    from workers.accounts.state.lead import LeadRow

FORGET = "forget"
_NO_CONTACT = Contact()
REMEMBERED_MS = 90 * 86_400_000
_ENDED_BY_SALES = frozenset({Reason.SALES_REJECTED, Reason.SALES_RETURNED, Reason.OPPORTUNITY_LOST})
"""Ends that sales itself has told."""


class TransferRequest(Part, frozen=True):
    """The request for which open hand-offs move, and the hand-off named in it."""

    handoff_id: str
    request_id: str
    desk: str
    mode: RequestMode


class Transfer(Part, frozen=True):
    """To whom open hand-offs go, and with which deadlines."""

    holder: Holder
    kind: Kind
    due: ResponseDeadlines
    """The deadlines of hand-offs of this kind."""
    reasons: tuple[Reason, ...]
    clocks: tuple[tuple[str, ResponseDeadlines], ...] = ()
    """The deadlines of single hand-offs, by handoff_id. At most 20."""
    passed_over: tuple[tuple[str, PassedOver], ...] = ()
    """At most 20."""
    asked: TransferRequest | None = None
    """A rejection may give the turn of this one back, the others have had theirs."""


def open_handoff(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow) -> LeadRow:
    """Open a hand-off; return its lead with it."""
    open_index.write_handoff(case, handoff_id, row)
    case.change(holder=row.holder)
    deadlines.start_timers(case, handoff_id, row)
    clear_early_rejection(case, row.lead_id)
    publish_revision(case, handoff_id, row, lead, Action.ASSIGNED, row.reasons)
    return replace(lead, handoffs=(*lead.handoffs, handoff_id))


def reassign_all(case: Case, to: Transfer) -> None:
    """Give all open hand-offs to ``to.holder``, of an account that is not large (passage.py moves those that are)."""
    moving = [
        one for one in open_index.open_rows(case) if one[1].holder.id != to.holder.id or one[1].withdrawn_for
    ]
    moved: list[tuple[str, HandoffRow]] = []
    for at, (handoff_id, row) in enumerate(moving):
        made = row
        if at:
            made = withdraw(case, handoff_id, row, to.reasons)
        moved.append((handoff_id, made))
    for handoff_id, row in moved:
        reassign(case, handoff_id, row, to)


def withdraw(case: Case, handoff_id: str, row: HandoffRow, reasons: tuple[Reason, ...]) -> HandoffRow:
    """Say that a hand-off which goes to somebody else is nobody's for now; return it. Nothing is written."""
    if row.withdrawn_for:
        return row
    made = replace(row, revision=row.revision + 1, withdrawn_for=reasons)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.WITHDRAWN, reasons)
    return made


def reassign(case: Case, handoff_id: str, row: HandoffRow, to: Transfer) -> None:
    """Give a hand-off to ``to.holder``, who has all others that are open.

    Another kind without deadlines of its own keeps those it had as long as they lie ahead.
    """
    deadlines.stop_timers(case, handoff_id)
    made = replace(
        row,
        revision=row.revision + 1,
        holder=to.holder,
        passed_over=to.passed_over,
        request_desk="",
        withdrawn_for=(),
    )
    if to.asked is not None and to.asked.handoff_id == handoff_id:
        asked = to.asked
        made = replace(made, request_id=asked.request_id, request_desk=asked.desk, mode=asked.mode)
    own = dict(to.clocks).get(handoff_id)
    is_stale = row.frozen_ms is not None or (row.due_ms or 0) <= case.now_ms
    if row.touched_ms is None and own is not None:
        made = deadlines.with_deadlines(made, own)
    elif row.touched_ms is None and (row.kind is to.kind or is_stale):
        made = deadlines.with_deadlines(made, to.due)
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.REASSIGNED, to.reasons)


def return_to_holder(case: Case, handoff_id: str, row: HandoffRow, holder: Holder) -> None:
    """A hand-off that was on its way stays with who has the account: nothing moves any more."""
    made = replace(row, revision=row.revision + 1, holder=holder, withdrawn_for=())
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.REASSIGNED, row.withdrawn_for)


def resume_deadlines(
    case: Case, handoff_id: str, row: HandoffRow, due: ResponseDeadlines, reasons: Sequence[Reason]
) -> None:
    """Who has the hand-off is back: deadlines that stood still go on, and are ``due`` now."""
    if row.frozen_ms is None:
        return
    made = deadlines.with_deadlines(replace(row, revision=row.revision + 1), due)
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.REASSIGNED, reasons)


def holder_of(case: Case, row: HandoffRow) -> Holder | None:
    """Return who has a hand-off, or is to have it: one on its way goes to who has the account now."""
    return case.account.holder if row.withdrawn_for else row.holder


def close(
    case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, reasons: tuple[Reason, ...]
) -> LeadRow:
    """Withdraw a hand-off; return its lead without it. Who had it stays the account's last rep.

    One that is on its way is withdrawn already: said is only another reason.
    """
    holder = holder_of(case, row)
    deadlines.stop_timers(case, handoff_id)
    if row.withdrawn_for != reasons:
        made = replace(row, revision=row.revision + 1)
        publish_revision(case, handoff_id, made, lead, Action.WITHDRAWN, reasons)
    open_index.delete_handoff(case, handoff_id)
    closed = ClosedHandoffRow(
        lead_id=row.lead_id,
        closed_ms=case.now_ms,
        is_moved=Reason.ACCOUNT_MOVED in reasons,
        expired_cycle=row.cycle if Reason.NO_TOUCH_IN_TIME in reasons else 0,
        is_answered=not _ENDED_BY_SALES.isdisjoint(reasons),
        had=_reps_behind(holder),
    )
    case.rows.put(closed, case.key, handoff_id)
    set_timer(case.rows, FORGET, handoff_id, case.now_ms + REMEMBERED_MS)
    if holder is not None and holder.type is AssigneeType.REP:
        case.change(last_rep=LastRep(holder.id, holder.desk, case.now_ms))
    if case.account.open_handoffs == 0:
        case.change(holder=None)
    case.request_needs_review = True
    return replace(lead, handoffs=tuple(one for one in lead.handoffs if one != handoff_id))


def _reps_behind(holder: Holder | None) -> tuple[str, ...]:
    if holder is None or holder.type is not AssigneeType.REP:
        return ()
    named = (holder.id, holder.deputy_for, holder.stands_for)
    return tuple(dict.fromkeys(one for one in named if one))


def close_all_of(hand: LeadInHand, reasons: tuple[Reason, ...]) -> None:
    """Withdraw all open hand-offs of a lead."""
    case = hand.case
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            hand.lead = close(case, handoff_id, row, hand.lead, reasons)
    if hand.lead.handoffs:
        hand.change(handoffs=())


def relabel(case: Case, lead: LeadRow, label: Qualification) -> None:
    """Say the MQL question's new answer; the assignee stays. An unlabelled MQL hand-off counts as labelled mql."""
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None or row.qualification is label:
            continue
        if row.qualification is None and (label is Qualification.MQL or row.kind is not Kind.MQL):
            continue
        made = replace(row, qualification=label)
        republish(case, handoff_id, made, lead, Reason.FACTS_CHANGED)


def republish_all(case: Case, lead: LeadRow, reason: Reason) -> None:
    """Say a lead's open hand-offs again, because the forecast is another; the assignee stays."""
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            republish(case, handoff_id, row, lead, reason)


def republish(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, reason: Reason) -> None:
    """Say what is true of a hand-off now; of one on its way that is said where it arrives."""
    made = row if row.withdrawn_for else replace(row, revision=row.revision + 1)
    open_index.write_handoff(case, handoff_id, made)
    if not made.withdrawn_for:
        publish_revision(case, handoff_id, made, lead, Action.RELABELLED, (reason,))


def forget_closed(case: Case, handoff_id: str) -> None:
    """A closed hand-off is old enough: answers to it are unknown from now on."""
    case.rows.delete(ClosedHandoffRow, case.key, handoff_id)


def publish_revision(
    case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, action: Action, reasons: Sequence[Reason]
) -> None:
    """Emit one revision. The first is explained as of the day on which the lead became due, the others as of now."""
    terms = case.terms
    reasons = (*reasons, *match_reasons(case, lead))
    fit = fit_of(terms, case.account.company, lead.facts)
    score = case.rows.get(ScoreRow, case.key, row.lead_id) or ScoreRow()
    day = row.day if action is Action.ASSIGNED else max(terms.day_of(case.now_ms), score.latest_day)
    is_withdrawn = action is Action.WITHDRAWN
    company, contact = case.account.company, lead.contact or _NO_CONTACT
    earlier = row.holder.earlier
    behaviour = terms.rules.points(score.attributed, day)
    if score.ahead:
        behaviour = flag_future_dated(behaviour, score, day, terms.rules.horizon_days)
    elsewhere = would_lead_elsewhere(earlier)
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
            elsewhere,
            is_clamped=is_future_dated(score, row.event_id),
        ),
    )
    if is_for_partner:
        event = cut_for_partner(agreement_with(terms.policy, row.holder), event)
    case.publish(LEAD_ROUTING, event)


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
