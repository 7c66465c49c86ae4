"""A desk answers the account's open request, or a support question: assigned, waiting or unavailable.

In: the answer. Out: hand-offs opened or moved, alerts, an answer for the visitor's chat. The next request is not sent
here: desk_protocol/requests.py sends it before the case is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.partner_load import PARTNERS_DESK
from schemas.vocabulary import Alert, AssigneeType, HowChosen, Kind, Qualification, Reason, Route
from workers.accounts.account_keys import aliases
from workers.accounts.case import LeadInHand
from workers.accounts.desk_protocol import reassignment
from workers.accounts.desk_protocol.requests import ASK, REFUSED_PAUSE_MS, end_request
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.events import lead_chat, partner_return
from workers.accounts.handoffs import (
    bulk_transfer,
    deadlines,
    escalation,
    first_responses,
    handoffs,
    rep_watch,
    support_questions,
)
from workers.accounts.handoffs.alert_recipients import recipients_for_desk
from workers.accounts.handoffs.queue import remove_pending
from workers.accounts.routing.partners import PARTNER_PREFIX, is_with_partner
from workers.accounts.routing.route_explanation import REASONS
from workers.accounts.stages.qualifying import Occasion, current_label
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import cancel_timer, set_timer, start_cursor

if TYPE_CHECKING:
    from schemas.desk_requests import MoveWhy
    from schemas.lead_events import DeskAnswer
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.parts import OpenRequest

_ACCOUNT_REP = frozenset({HowChosen.ACCOUNT_OWNER, HowChosen.OPPORTUNITY_OWNER, HowChosen.ACCOUNT_REP})
"""Ways of choosing the account's own rep or owner. The request may name a more exact one."""
_OWNER_ROUTES = frozenset({Route.CUSTOMER, Route.OPEN_OPPORTUNITY, Route.ACCOUNT_HAS_OWNER})
"""Routes that lead to an owner whom the CRM names."""


def handle(case: Case, answer: DeskAnswer) -> None:
    """Apply an answer to the open request, or to a support question. An answer to any other request changes nothing."""
    request = case.account.request
    if request is None or answer.request_id != request.request_id:
        support_questions.apply_answer(case, answer)
        return
    case.request_needs_review = True
    if answer.outcome == "assigned":
        _apply_assignment(case, request, answer)
    elif answer.outcome == "waiting":
        _apply_wait(case, request, answer)
    elif request.rep_id is None:
        if not partner_return.skip_full_partners(case, request):
            _apply_refusal(case, request, answer)
    else:
        if request.route is Route.BY_HAND and is_with_partner(case.account):
            # Sales named a person of the partner, and the partner itself decides which of its people gets the lead.
            case.change(by_hand=None)
        else:
            rep_watch.add_inactive_rep(case, request.rep_id)
        end_request(case, request)


def _apply_assignment(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """Move the account's open hand-offs to the new holder, then open the hand-off of the lead that was requested.

    If a large account changes its holder, the answer is kept until all hand-offs are withdrawn.
    """
    holder = _make_holder(request, answer)
    before = case.account.holder
    if before is not None and before.id == holder.id and request.route is Route.ACCOUNT_HAS_REP:
        # The holder keeps the desk that assigned the account first.
        holder = replace(holder, desk=before.desk)
    if before is not None and before.id != holder.id and bulk_transfer.must_withdraw(case):
        why = _handover_reasons(case, request, answer, holder)
        bulk_transfer.defer_answer(case, answer.model_dump_json(exclude_none=True).encode(), why)
        return
    end_request(case, request)
    if request.move is not None:
        _apply_move(case, request, request.move, answer, holder)
        return
    reasons = _holder_reasons(case, holder, answer)
    if before is not None and before.id != holder.id:
        rep_watch.renew_subscription(case, holder.id)
    reassignment.reset_escalation(case, before, holder)
    is_new_side = before is not None and (before.type is AssigneeType.PARTNER) is not _is_partner(holder)
    if is_new_side:
        start_cursor(case.rows, aliases.LEADS, case.key)
    if request.pending and _is_partner(holder) and is_new_side:
        hand = LeadInHand(case, request.lead_id)
        handoffs.close_all_of(hand, reasons)
        hand.write_lead()
    due = deadlines.deadlines_of(answer)
    asked = None if request.pending else _asked_of(request)
    why = _add_owner_change(case, request, holder, reasons)
    clocks, by_kind = deadlines.split_clocks(answer)
    bulk_transfer.transfer_all(
        case, handoffs.Transfer(holder, request.kind, due, why, clocks, asked=asked, by_kind=by_kind)
    )
    if not request.pending:
        return
    pending = case.rows.get(PendingRow, case.key, request.pending, request.lead_id)
    if pending is None:
        return
    remove_pending(case, request.pending, request.lead_id)
    hand = LeadInHand(case, request.lead_id)
    rep_id, is_by_right = holder.stands_for or holder.id, request.mode is RequestMode.OWNER
    due = deadlines.deadlines_after_move(hand.lead.clock, due, rep_id, case.now_ms, is_by_right=is_by_right)
    hand.change(pending="", clock=None)
    row = HandoffRow(
        lead_id=request.lead_id,
        kind=request.kind,
        holder=holder,
        cycle=hand.lead.cycle,
        request_id=request.request_id,
        request_desk=request.desk,
        mode=request.mode,
        created_ms=case.now_ms,
        event_id=pending.event_id,
        day=pending.day,
        qualification=_qualification_of(case, hand.lead) if pending.raised else None,
        reasons=tuple(dict.fromkeys((*pending.reasons, *reasons))),
        campaign=pending.campaign,
        passed_over=tuple((one.rep_id, one.why) for one in answer.passed_over),
        ages=(answer.ages.lead_seconds, answer.ages.wait_seconds) if answer.ages else None,
        due_ms=due.due_ms,
        due_soon_ms=due.soon_ms,
        then_ms=due.then_ms,
        conditions=request.conditions,
        mql_kind=hand.lead.mql_kind if request.kind is Kind.MQL else None,
    )
    hand.lead = handoffs.open_handoff(case, request.handoff_id, row, hand.lead)
    hand.write_lead()
    first_responses.answer_new(hand, request.handoff_id, row)
    if _is_partner(holder):
        unchanged = Occasion(case.terms.day_of(case.now_ms), counts=False)
        evaluate(hand, unchanged, is_news=False)
    lead_chat.answer_visitor(hand, holder, answer)
    _update_alerts(case, request, answer)


def _apply_move(case: Case, request: OpenRequest, why: MoveWhy, answer: DeskAnswer, holder: Holder) -> None:
    """Move the open hand-offs to the holder that the desk chose. If it is the present holder, resume their deadlines."""
    before = case.account.holder
    holder = reassignment.holder_after_move(case, request, holder)
    clocks, by_kind = deadlines.split_clocks(answer)
    due, reasons = deadlines.deadlines_of(answer), reassignment.move_reasons(why, holder)
    if before is not None and before.id == holder.id:
        bulk_transfer.resume_all_deadlines(case, clocks, due)
    else:
        passed_over = tuple((one.rep_id, one.why) for one in answer.passed_over)
        asked = _asked_of(request)
        to = handoffs.Transfer(holder, request.kind, due, reasons, clocks, passed_over, asked, by_kind)
        bulk_transfer.transfer_all(case, to)
    reassignment.end_move(case, why, before, holder)
    _update_alerts(case, request, answer)


def _asked_of(request: OpenRequest) -> handoffs.TransferRequest:
    """Return the part of a request that the moved hand-offs record."""
    return handoffs.TransferRequest(request.handoff_id, request.request_id, request.desk, request.mode)


def _handover_reasons(
    case: Case, request: OpenRequest, answer: DeskAnswer, holder: Holder
) -> tuple[Reason, ...]:
    """Return the reasons for which this answer moves the open hand-offs to another holder."""
    if request.move is not None:
        return reassignment.move_reasons(request.move, reassignment.holder_after_move(case, request, holder))
    return _add_owner_change(case, request, holder, _holder_reasons(case, holder, answer))


def _apply_wait(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """Record that the desk queues the request and will answer again. The request is not repeated meanwhile."""
    cancel_timer(case.rows, ASK, case.key)
    case.clear_alert(Alert.DESK_SILENT, request.handoff_id)
    case.change(request=replace(request, is_waiting=True))
    if request.move is not None:
        reassignment.hold_move(case)
    lead_chat.ask_presence_for(case, request)
    _update_alerts(case, request, answer)


def _apply_refusal(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """Raise an alert that the desk can neither assign nor queue the request, and request again in an hour.

    The lead stays due.
    """
    cancel_timer(case.rows, ASK, case.key)
    case.change(request=replace(request, is_waiting=True, is_refused=True))
    lead_chat.ask_presence_for(case, request)
    _raise_alert(case, Alert.DESK_FULL if answer.desk_full else Alert.EVERYONE_AWAY, request, answer)
    set_timer(case.rows, ASK, case.key, case.now_ms + REFUSED_PAUSE_MS)


def _is_partner(holder: Holder) -> bool:
    return holder.type is AssigneeType.PARTNER


def _make_holder(request: OpenRequest, answer: DeskAnswer) -> Holder:
    """Return the holder that the answer names: a rep, else the desk or the partner as a whole."""
    if answer.rep_id is None or request.desk == PARTNERS_DESK:
        whole = answer.rep_id or request.desk
        return Holder(
            AssigneeType.PARTNER if whole.startswith(PARTNER_PREFIX) else AssigneeType.DESK,
            whole,
            desk=request.desk,
            route=request.route,
            how=answer.how_chosen,
            earlier=request.earlier,
            manager=answer.manager_id,
        )
    how = answer.how_chosen
    if request.how is not None and answer.deputy_for is None and (how is None or how in _ACCOUNT_REP):
        how = request.how
    is_by_right = request.mode is not RequestMode.TURN and request.rep_id is not None
    return Holder(
        AssigneeType.REP,
        answer.rep_id,
        name=answer.rep_name,
        deputy_for=answer.deputy_for,
        stands_for=request.rep_id if is_by_right else answer.rep_id,
        desk=request.desk,
        route=request.route,
        how=how,
        earlier=request.earlier,
        manager=answer.manager_id,
    )


def _holder_reasons(case: Case, holder: Holder, answer: DeskAnswer) -> tuple[Reason, ...]:
    """Return the reasons for which this holder was chosen."""
    reasons: list[Reason] = []
    if holder.how is HowChosen.FALLBACK:
        reasons.append(Reason.EVERYONE_AWAY if answer.everyone_away else Reason.SKILL_MISSING)
    elif holder.type is not AssigneeType.DESK:
        is_former = holder.route is Route.ACCOUNT_HAS_REP and case.account.holder is None
        reasons.append(Reason.FORMER_REP if is_former else REASONS[holder.route])
        if holder.how is HowChosen.ROTATION:
            reasons.append(Reason.NEXT_IN_ROTATION)
        elif holder.how is HowChosen.ANSWERED_CHAT:
            reasons = [one for one in reasons if one is not Reason.NEXT_IN_ROTATION]
            reasons.append(Reason.ANSWERED_CHAT)
        if holder.how is HowChosen.PARENT_OWNER:
            reasons.append(Reason.OWNER_OF_PARENT)
    if holder.deputy_for is not None:
        had_it = holder.deputy_for in escalation.earlier_holders(case)
        reasons.append(Reason.NOT_ANSWERED if had_it else Reason.OWNER_AWAY)
    is_next = holder.how is HowChosen.ROTATION or holder.type is AssigneeType.DESK
    if case.account.gone and (is_next or holder.route is Route.ACCOUNT_HAS_REP):
        reasons.append(Reason.OWNER_NOT_ACTIVE)
    if answer.skill_missing:
        reasons.append(Reason.SKILL_MISSING)
    return tuple(dict.fromkeys(reasons))


def _add_owner_change(
    case: Case, request: OpenRequest, holder: Holder, reasons: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """Return ``reasons``, preceded by the change of owner if the open hand-offs move because of one.

    A deputy does not change the owner. The return of the owner, or of a desk's rep, adds REP_BACK. A desk as the holder has
    no reason of its own, but a move has at least one: hand-offs in transit are known by it.
    """
    before = case.account.holder
    if before is not None and before.id != holder.id and not reasons:
        reasons = (Reason.OWNER_CHANGED,)
    if before is not None and before.id != holder.id and before.stands_for == holder.id == holder.stands_for:
        return (Reason.REP_BACK, *reasons)
    if request.route is Route.BY_HAND:
        return reasons
    if request.mode is not RequestMode.OWNER or request.route not in _OWNER_ROUTES:
        return reasons
    if before is not None and before.stands_for == holder.stands_for:
        return reasons
    had_owner = before is not None and before.route in {*_OWNER_ROUTES, Route.BY_HAND}
    return (Reason.OWNER_CHANGED if had_owner else Reason.ACCOUNT_GAINED_OWNER, *reasons)


def _qualification_of(case: Case, lead: LeadRow) -> Qualification:
    """Return the label of a raised hand: MQL, pending or inquiry."""
    fit = fit_of(case.terms, case.account.company, lead, case.today)
    return current_label(case, lead, fit.state)


def _update_alerts(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """Raise or clear the alerts that the desk is full, everyone is away or a skill is missing.

    They are also cleared when the hand-off is answered, moved or closed. For an answered hand-off they are raised only
    if the request waits.
    """
    row = case.rows.get(HandoffRow, case.key, request.handoff_id)
    is_settled = row is not None and row.touched_ms is not None and answer.outcome == "assigned"
    for alert, is_so in (
        (Alert.DESK_FULL, answer.desk_full),
        (Alert.EVERYONE_AWAY, answer.everyone_away),
        (Alert.SKILL_MISSING, answer.skill_missing),
    ):
        if is_so and not is_settled:
            _raise_alert(case, alert, request, answer)
        else:
            case.clear_alert(alert, request.handoff_id)


def _raise_alert(case: Case, alert: Alert, request: OpenRequest, answer: DeskAnswer) -> None:
    case.raise_alert(
        alert,
        request.handoff_id,
        lead_id=request.lead_id,
        handoff_id=request.handoff_id,
        rep_id=answer.rep_id,
        desk=request.desk,
        told=recipients_for_desk(case.terms.policy, request.desk, answer.rep_id),
    )
