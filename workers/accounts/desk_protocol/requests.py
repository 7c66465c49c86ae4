"""The desk protocol: an account has at most one open request to a desk, and keeps it until the desk answers.

In: leads that are due, open hand-offs that must move, timers, changes of the owner. Out: requests, and cancellations of
requests. events/desk_answer.py applies the answers. The stored request is ``AccountRow.request``.

A request asks for a rep for the first lead in the queue. If no lead is due, it asks for the next holder of the open
hand-offs and names the most urgent one. Its ``request_id`` is made from the account key, the lead's cycle and the
number of the request in the account, so no two requests share an id.

If the desk does not answer, the request is sent again with the same id. The desk answers each repeat as it answered the
first. Attempts are sent at 0, 1, 2 and 3 hours. The attempt at 27 hours raises the alert ``desk_silent``. Another one
follows every 24 hours until the desk answers. handoffs/request_schedule.py has this schedule.

If the desk holds the request (outcome ``waiting``), the timer is cancelled. The desk answers once more when it has a
rep.

If the desk refuses the request (outcome ``unavailable``) and it asked for one rep, that rep counts as inactive and the
next route is tried at once. A refusal of any other request raises an alert, ``desk_full`` or ``everyone_away``. After
one hour that request is cancelled, and what is due then is requested with a new id. Nothing is dropped.

If the request is no longer wanted, it is cancelled and the desk gets its turn and capacity back: the lead is not due
any more, another desk or rep would be asked now, or another lead comes first. A late answer to a cancelled request
carries an id that is not open and is ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest, DeskReturn, MoveWhy
from schemas.partner_load import PARTNERS_DESK
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Alert, HowChosen
from workers.accounts.case import LeadInHand
from workers.accounts.desk_protocol import reassignment
from workers.accounts.desk_protocol.lead_plans import (
    conditions_of,
    needs_of_lead,
    plan_for_lead,
    plan_if_due,
    points_of,
)
from workers.accounts.handoffs import bulk_transfer, buying_signals, desk_reports, open_index, rep_watch
from workers.accounts.handoffs.alert_recipients import recipients_for_desk
from workers.accounts.handoffs.alias_members import is_leaving
from workers.accounts.handoffs.queue import dequeue, first_due
from workers.accounts.handoffs.request_schedule import HOUR_MS, is_silent, pause_after_ms
from workers.accounts.state.handoff import PendingRow
from workers.accounts.state.parts import OpenRequest
from workers.engine.timers import cancel_timer, set_timer
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.routing.routes import Plan

ASK: Final = "ask"
"""Kind of the timer of an account's open request."""
REFUSED_PAUSE_MS: Final = HOUR_MS
"""Pause before a request that a desk refused is made again with a new id. Milliseconds."""


def review_request(case: Case) -> None:
    """Bring the account's open request in line with what is due and with the present owner.

    1. Clear a buying-signals alert that notifies a former owner, and drop a pending move that is void.
    2. Cancel the open request if it is no longer wanted.
    3. Open the next request, unless hand-offs must be withdrawn first.
    4. Continue the transfer of hand-offs in transit.
    5. Report missing owners, update the reps on whom the account depends, and report open hand-offs to their desk.
    """
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
    desk_reports.report_open_work(case)


def cancel_request(case: Case) -> None:
    """Cancel the open request: the desk returns its turn and capacity, or stops holding it. Its lead stays due."""
    request = case.account.request
    if request is None:
        return
    case.publish(
        DESK_REQUESTS, DeskReturn(request_id=request.request_id, desk=request.desk, account_key=case.key)
    )
    end_request(case, request)


def end_request(case: Case, request: OpenRequest) -> None:
    """Delete a request that was answered or cancelled. Cancel its timer and clear its alerts."""
    cancel_timer(case.rows, ASK, case.key)
    for alert in (Alert.DESK_SILENT, Alert.DESK_FULL, Alert.EVERYONE_AWAY, Alert.SKILL_MISSING):
        case.clear_alert(alert, request.handoff_id)
    is_of_partners = request.desk == PARTNERS_DESK
    case.change(request=None, full_partners=case.account.full_partners if is_of_partners else ())
    desk_reports.expect_report(case, request.desk)
    bulk_transfer.drop_deferred_answer(case)


def replace_refused(case: Case) -> None:
    """Cancel a request that the desk refused. What is due is then requested again, with a new id."""
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
    if is_silent(made.attempt):
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


# Which request is wanted.


def _may_request(case: Case) -> bool:
    """Whether the account may have a request: it has its own key, waits for no lookup, and is not excluded."""
    account = case.account
    is_free = not account.forwards_to and not account.is_asking
    return is_free and case.terms.gates.exclusion(case.key, account.company) is None


def _may_request_now(case: Case) -> bool:
    """Whether nothing has to be withdrawn before the next request."""
    account = case.account
    if account.leaving:
        return False
    is_free = not account.on_way or (account.holder is not None and not bulk_transfer.is_withdrawing(case))
    return is_free or is_holder_blocked(case)


def is_holder_blocked(case: Case) -> bool:
    """Whether hand-offs in transit may not go to the present holder: others are to have them, or no one."""
    move = case.account.move
    is_away = move is not None and move.why is MoveWhy.AWAY
    return not _may_request(case) or is_away or reassignment.has_wrong_holder(case)


def _is_current(case: Case, request: OpenRequest) -> bool:
    """Whether the open request is still the one that would be made now."""
    if not _may_request(case):
        return False
    plan: Plan | None = None
    if request.move is not None:
        plan = reassignment.plan_for_request(case, request)
    elif request.pending:
        plan = _plan_for_queued_lead(case, request)
    elif reassignment.has_wrong_holder(case):
        _, fit_points = points_of(case, request.lead_id)
        plan = plan_for_lead(case, request.kind, request.lead_id, request.total, fit_points)
    asked = (request.desk, request.mode, request.rep_id)
    return plan is not None and plan[:3] == asked and plan.partners == request.partners


def _plan_for_queued_lead(case: Case, request: OpenRequest) -> Plan | None:
    """Return the plan for the lead of the open request. None: it is due no more, or something else comes first."""
    row = case.rows.get(PendingRow, case.key, request.pending, request.lead_id)
    if row is None or is_leaving(case, case.lead(request.lead_id)):
        return None
    due = plan_if_due(case, request.lead_id, row)
    if due is None or due[0] is not request.kind:
        return None
    if request.is_waiting and not request.raised:
        first = first_due(case)
        if (first is not None and (first[2].raised or first[2].claimed_by)) or reassignment.has_move_priority(
            case
        ):
            return None
    return due[1]


# Send a request.


def _open_next_request(case: Case) -> None:
    """Request a rep for the first lead that is due. If none is due, request the next holder of open hand-offs."""
    while (found := first_due(case)) is not None:
        if reassignment.has_move_priority(case):
            break
        order, lead_id, row = found
        lead = case.lead(lead_id)
        if is_leaving(case, lead):
            return  # its next account key requests a desk for it
        due = plan_if_due(case, lead_id, row)
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
            conditions=conditions_of(case, kind, lead_id, row),
            partners=plan.partners,
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
        total, fit_points = points_of(case, open_row.lead_id)
        plan = (
            plan_for_lead(case, open_row.kind, open_row.lead_id, total, fit_points)
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
            conditions=open_row.conditions,
            partners=plan.partners,
        )
        _open_request(case, request, open_row.cycle)


def _open_request(case: Case, request: OpenRequest, cycle: int) -> None:
    number = case.account.request_n + 1
    made = replace(request, request_id=fact_id(case.key, cycle, number))
    case.change(request_n=number, request=made)
    _send_request(case, made)


def _send_request(case: Case, request: OpenRequest) -> None:
    needs = needs_of_lead(case, request.lead_id, request.kind)
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
        conditions=list(request.conditions) or None,
        partners=list(request.partners) or None,
    )
    case.publish(DESK_REQUESTS, event)
    set_timer(case.rows, ASK, case.key, case.now_ms + pause_after_ms(request.attempt))
