"""The desk protocol: one open request per account, asked again when nobody answers, given back when it is unwanted.

In: leads that are due, answers, timers, changes of who owns the account. Out: requests, returns, and what an answer
makes of the hand-offs. A late answer to a request that was given back has another id, so it is nothing to us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest, DeskReturn, MoveWhy
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Alert, HowChosen, Kind, Route
from workers.accounts.case import LeadInHand
from workers.accounts.desk_protocol import reassignment
from workers.accounts.evaluation.rep_claims import kind_due, plan_for_claimant
from workers.accounts.handoffs import bulk_transfer, buying_signals, open_index, rep_watch
from workers.accounts.handoffs.alert_recipients import recipients_for_desk
from workers.accounts.handoffs.alias_members import is_leaving
from workers.accounts.handoffs.queue import dequeue, first_due
from workers.accounts.routing.routes import Plan, plan_for
from workers.accounts.routing.skills import needs_of
from workers.accounts.routing.territories import LeadProfile
from workers.accounts.stages.qualifying import is_still_due
from workers.accounts.state.handoff import PendingRow
from workers.accounts.state.parts import OpenRequest
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.signals_given import signals_for_routes
from workers.engine.timers import cancel_timer, set_timer
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case

ASK = "ask"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ATTEMPTS_BEFORE_ALERT = 4
"""Attempts before the alert ``desk_silent``.

Attempts 1 to 4 go out at 0, 1, 2 and 3 hours. Attempt 5 goes out at 27 hours and raises the alert. Further attempts
follow every 24 hours until the desk answers.
"""


def review_request(case: Case) -> None:
    """Bring the account's request in line with what is due and with who owns the account now."""
    buying_signals.follow_owner(case)
    reassignment.review_move(case)
    request = case.account.request
    if request is not None and not _is_current(case, request):
        cancel_request(case)
    if case.account.request is None and _may_request(case) and _may_request_now(case):
        _open_next_request(case)
    if case.account.on_way and case.account.holder is not None and not is_holder_blocked(case):
        bulk_transfer.resume(case)
    rep_watch.report_missing_owners(case)
    rep_watch.subscribe_to_reps(case)


def cancel_request(case: Case) -> None:
    """Return the open request: turn and room go back, a wait ends. Its lead stays due."""
    request = case.account.request
    if request is None:
        return
    case.publish(
        DESK_REQUESTS, DeskReturn(request_id=request.request_id, desk=request.desk, account_key=case.key)
    )
    end_request(case, request)


def end_request(case: Case, request: OpenRequest) -> None:
    """The request is over, answered or given back: its timer and its alerts too."""
    cancel_timer(case.rows, ASK, case.key)
    for alert in (Alert.DESK_SILENT, Alert.DESK_FULL, Alert.EVERYONE_AWAY, Alert.SKILL_MISSING):
        case.clear_alert(alert, request.handoff_id)
    case.change(request=None)
    bulk_transfer.drop_deferred_answer(case)


def replace_refused(case: Case) -> None:
    """Give back a request that the desk refused. What is due is then requested again, with a new id."""
    request = case.account.request
    if request is not None and request.is_refused:
        cancel_request(case)
        case.request_needs_review = True


def repeat_request(case: Case) -> None:
    """Send the open request again with the same id, because its timer is due. Report a desk that stays silent."""
    request = case.account.request
    if request is None or request.is_waiting:
        return
    made = replace(request, attempt=request.attempt + 1)
    if made.attempt > ATTEMPTS_BEFORE_ALERT:
        case.raise_alert(
            Alert.DESK_SILENT,
            request.handoff_id,
            lead_id=request.lead_id,
            handoff_id=request.handoff_id,
            desk=request.desk,
            told=recipients_for_desk(case.terms.policy, request.desk),
        )
    case.change(request=made)
    _send_request(case, made)


# What is wanted.


def _may_request(case: Case) -> bool:
    account = case.account
    is_free = not account.forwards_to and not account.is_asking
    return is_free and case.terms.gates.exclusion(case.key, account.company) is None


def _may_request_now(case: Case) -> bool:
    """Whether nothing has to be withdrawn first."""
    account = case.account
    if account.leaving:
        return False
    is_free = not account.on_way or (account.holder is not None and not bulk_transfer.is_withdrawing(case))
    return is_free or is_holder_blocked(case)


def is_holder_blocked(case: Case) -> bool:
    """Whether nothing goes to who has the account now: somebody else is to have it, or nobody."""
    move = case.account.move
    is_away = move is not None and move.why is MoveWhy.AWAY
    return not _may_request(case) or is_away or reassignment.has_wrong_holder(case)


def _is_current(case: Case, request: OpenRequest) -> bool:
    """Whether the open request is still the one that would be asked now."""
    if not _may_request(case):
        return False
    plan: Plan | None = None
    if request.move is not None:
        plan = reassignment.plan_for_request(case, request)
    elif request.pending:
        plan = _plan_for_queued_lead(case, request)
    elif reassignment.has_wrong_holder(case):
        _, fit_points = _points_of(case, request.lead_id)
        plan = _plan_for_lead(case, request.kind, request.lead_id, request.total, fit_points)
    return plan is not None and plan[:3] == (request.desk, request.mode, request.rep_id)


def _plan_for_queued_lead(case: Case, request: OpenRequest) -> Plan | None:
    """The plan for the lead that was asked for; None where it is due no more, or something else comes before it."""
    row = case.rows.get(PendingRow, case.key, request.pending, request.lead_id)
    if row is None or is_leaving(case, case.lead(request.lead_id)):
        return None
    due = _plan_if_due(case, request.lead_id, row)
    if due is None or due[0] is not request.kind:
        return None
    if request.is_waiting and not request.raised:
        first = first_due(case)
        if (first is not None and (first[2].raised or first[2].claimed_by)) or reassignment.has_move_priority(
            case
        ):
            return None
    return due[1]


def _plan_if_due(case: Case, lead_id: str, row: PendingRow) -> tuple[Kind, Plan] | None:
    """The kind of hand-off that a lead which waits would get, and from whom; None where it may no longer have one."""
    lead = case.lead(lead_id)
    fit = fit_of(case.terms, case.account.company, lead.facts)
    if not is_still_due(case, lead, fit):
        return None
    kind = kind_due(case.account, fit.state, row)
    plan = plan_for_claimant(case, _plan_for_lead(case, kind, lead_id, row.total, row.fit), row)
    return (Kind.PARTNER if plan.route is Route.PARTNER_COVERS else kind), plan


# Asking.


def _open_next_request(case: Case) -> None:
    """Ask for the first lead that is due; where none is, for open hand-offs that have to move."""
    while (found := first_due(case)) is not None:
        if reassignment.has_move_priority(case):
            break
        order, lead_id, row = found
        lead = case.lead(lead_id)
        if is_leaving(case, lead):
            return  # asked anew when it has left
        due = _plan_if_due(case, lead_id, row)
        if due is None:
            hand = LeadInHand(case, lead_id, lead)
            dequeue(hand)
            hand.change(handed=False, reached_mql=False)
            hand.write_lead()
            continue
        kind, plan = due
        request = OpenRequest(
            request_id="",
            desk=plan.desk,
            mode=plan.mode,
            kind=kind,
            route=plan.route,
            how=plan.how,
            rep_id=plan.rep_id,
            lead_id=lead_id,
            handoff_id=row.handoff_id,
            pending=order,
            total=row.total,
            since_ms=row.since_ms,
            raised=row.raised,
            earlier=plan.earlier,
            terms=plan.terms,
            excluded=reassignment.reps_to_exclude(case, plan, None),
            is_chat=lead.chat is not None and lead.chat.is_waiting,
            answerer=lead.chat.rep_id if lead.chat is not None and lead.chat.is_waiting else None,
        )
        _open_request(case, request, lead.cycle)
        return
    holder = case.account.holder
    move = None if reassignment.has_wrong_holder(case) else case.account.move
    pressing = open_index.most_pressing(case)
    if (
        holder is not None
        and pressing is not None
        and (move is not None or reassignment.has_wrong_holder(case))
    ):
        handoff_id, open_row = pressing
        total, fit_points = _points_of(case, open_row.lead_id)
        plan = (
            _plan_for_lead(case, open_row.kind, open_row.lead_id, total, fit_points)
            if move is None
            else reassignment.plan_for_move(case, move, holder)
        )
        request = OpenRequest(
            request_id="",
            desk=plan.desk,
            mode=plan.mode,
            kind=open_row.kind,
            route=plan.route,
            how=plan.how,
            rep_id=plan.rep_id,
            lead_id=open_row.lead_id,
            handoff_id=handoff_id,
            total=total,
            since_ms=open_row.created_ms,
            raised=open_row.qualification is not None,
            earlier=plan.earlier,
            terms=plan.terms,
            move=None if move is None else move.why,
            excluded=() if move is None else reassignment.reps_to_exclude(case, plan, move),
        )
        _open_request(case, request, open_row.cycle)


def _plan_for_lead(case: Case, kind: Kind, lead_id: str, total: int, fit_points: int) -> Plan:
    """Ask the routes for a lead with so many points, of which ``fit_points`` are for what it is."""
    policy = case.terms.policy
    lead = case.lead(lead_id)
    grade = case.terms.grade(fit_points, total - fit_points)
    found = signals_for_routes(case, lead_id)
    asker = LeadProfile(lead.facts, total, grade, found, is_mql=lead.reached_mql, is_sql=lead.qualified)
    return plan_for(policy, case.account, kind, case.now_ms, asker)


def _points_of(case: Case, lead_id: str) -> tuple[int, int]:
    """Return a lead's total now, and the points of fit in it."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    day = max(case.terms.day_of(case.now_ms), score.latest_day)
    fit = fit_of(case.terms, case.account.company, case.lead(lead_id).facts)
    return fit.points + case.terms.rules.points(score.attributed, day).points, fit.points


def _open_request(case: Case, request: OpenRequest, cycle: int) -> None:
    number = case.account.request_n + 1
    made = replace(request, request_id=fact_id(case.key, cycle, number))
    case.change(request_n=number, request=made)
    _send_request(case, made)


def _send_request(case: Case, request: OpenRequest) -> None:
    needs = needs_of(case.terms.policy, case.account.company, case.lead(request.lead_id).facts)
    event = DeskRequest(
        request_id=request.request_id,
        desk=request.desk,
        account_key=case.key,
        lead_id=request.lead_id,
        handoff_id=request.handoff_id,
        mode=request.mode,
        kind=request.kind,
        rep_id=request.rep_id,
        total=request.total,
        since_ms=request.since_ms,
        raised_hand=request.raised,
        attempt=request.attempt,
        language=needs.language,
        segment=needs.segment,
        move=request.move,
        excluded=list(request.excluded),
        origin_desk=request.terms,
        clocks=reassignment.clocks_for_request(case, request),
        stands_in_as="manager" if request.how is HowChosen.MANAGER else None,
        is_chat=request.is_chat,
        answerer=request.answerer,
    )
    case.publish(DESK_REQUESTS, event)
    pause_ms = HOUR_MS if request.attempt < ATTEMPTS_BEFORE_ALERT else DAY_MS
    set_timer(case.rows, ASK, case.key, case.now_ms + pause_ms)
