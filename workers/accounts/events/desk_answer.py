"""What a desk's answer makes of the account: an assignment, a wait, or the next route.

In: an answer to the open request; any other is nothing to us. Out: hand-offs, alerts, the next request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.vocabulary import Alert, AssigneeType, HowChosen, Qualification, Reason, Route
from workers.accounts.account_keys import aliases
from workers.accounts.desk_protocol import absence, reassignment
from workers.accounts.desk_protocol.requests import ASK, HOUR_MS, forget_request, give_back
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.events import lead_chat
from workers.accounts.handoffs import (
    bulk_transfer,
    deadlines,
    escalation,
    handoffs,
    rep_watch,
    support_questions,
)
from workers.accounts.handoffs.alert_recipients import of_desk
from workers.accounts.handoffs.queue import waits_no_more
from workers.accounts.routing.partners import PREFIX, is_with_partner
from workers.accounts.routing.route_explanation import REASONS
from workers.accounts.stages.qualifying import Occasion, label_of
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import cancel_timer, set_timer, start_cursor

if TYPE_CHECKING:
    from schemas.desk_requests import MoveWhy
    from schemas.lead_events import DeskAnswer, RepChanged
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.parts import OpenRequest

_BY_RIGHT = frozenset({HowChosen.ACCOUNT_OWNER, HowChosen.OPPORTUNITY_OWNER, HowChosen.ACCOUNT_REP})
_OWNED = frozenset({Route.CUSTOMER, Route.OPEN_OPPORTUNITY, Route.ACCOUNT_HAS_OWNER})


def answered(case: Case, answer: DeskAnswer) -> None:
    """Take an answer: to the open request, or to a support question. One to any other changes nothing."""
    request = case.account.request
    if request is None or answer.request_id != request.request_id:
        support_questions.answered(case, answer)
        return
    case.owner_question = True
    if answer.outcome == "assigned":
        _assigned(case, request, answer)
    elif answer.outcome == "waiting":
        _waits(case, request, answer)
    elif request.rep_id is None:
        _nobody(case, request, answer)
    else:
        if request.route is Route.BY_HAND and is_with_partner(case.account):
            case.change(by_hand=None)  # somebody of the partner's: who works on it there is theirs to say
        else:
            rep_watch.is_gone(case, request.rep_id)
        forget_request(case, request)


def rep_changed(case: Case, event: RepChanged) -> None:
    """A rep on whom the account depends has left, is away, or is back."""
    case.owner_question = True
    if event.change == "left":
        rep_watch.is_gone(case, event.rep_id)
    elif event.rep_id in case.account.gone:
        rep_watch.is_back(case, event.rep_id)
    absence.away_or_back(case, event)


def _assigned(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    holder = _holder(request, answer)
    before = case.account.holder
    if before is not None and before.id == holder.id and request.route is Route.ACCOUNT_HAS_REP:
        holder = replace(holder, desk=before.desk)  # who has it already has it from there
    if before is not None and before.id != holder.id and bulk_transfer.must_withdraw(case):
        why = _why_moved(case, request, answer, holder)
        bulk_transfer.keep_answer(case, answer.model_dump_json(exclude_none=True).encode(), why)
        return
    forget_request(case, request)
    if request.move is not None:
        _moved(case, request, request.move, answer, holder)
        return
    reasons = _holder_reasons(case, holder, answer)
    reassignment.by_right(case, before, holder)
    is_new_side = before is not None and (before.type is AssigneeType.PARTNER) is not _is_partner(holder)
    if is_new_side:
        start_cursor(case.rows, aliases.LEADS, case.key)
    if request.pending and _is_partner(holder) and is_new_side:
        lead = handoffs.close_all_of(case, case.lead(request.lead_id), reasons)
        case.put_lead(request.lead_id, lead)
    due = deadlines.due_of(answer)
    asked = None if request.pending else _asked(request)
    why = _move_reasons(case, request, holder, reasons)
    bulk_transfer.move_all(case, handoffs.Handover(holder, request.kind, due, why, asked=asked))
    if not request.pending:
        return
    pending = case.rows.get(PendingRow, case.key, request.pending, request.lead_id)
    if pending is None:
        return
    waits_no_more(case, request.pending, request.lead_id)
    lead = replace(case.lead(request.lead_id), pending="")
    row = HandoffRow(
        lead_id=request.lead_id,
        kind=request.kind,
        holder=holder,
        cycle=lead.cycle,
        request_id=request.request_id,
        request_desk=request.desk,
        mode=request.mode,
        created_ms=case.now_ms,
        event_id=pending.event_id,
        day=pending.day,
        qualification=_label(case, lead) if pending.raised else None,
        reasons=tuple(dict.fromkeys((*pending.reasons, *reasons))),
        campaign=pending.campaign,
        passed_over=tuple((one.rep_id, one.why) for one in answer.passed_over),
        ages=(answer.ages.lead_seconds, answer.ages.wait_seconds) if answer.ages else None,
        due_ms=answer.due_at_ms,
        due_soon_ms=answer.due_soon_at_ms,
        then_ms=answer.then_at_ms,
    )
    lead = handoffs.open_handoff(case, request.handoff_id, row, lead)
    case.put_lead(request.lead_id, lead)
    if _is_partner(holder):
        score = case.rows.get(ScoreRow, case.key, request.lead_id) or ScoreRow()
        as_it_is = Occasion(case.terms.day_of(case.now_ms), counts=False)
        judge(case, request.lead_id, lead, score, as_it_is, say=False)
    lead_chat.handed_over(case, request.lead_id, holder, answer)
    _say_why(case, request, answer)


def _moved(case: Case, request: OpenRequest, why: MoveWhy, answer: DeskAnswer, holder: Holder) -> None:
    """Open hand-offs go to whom the desk named; where that is who has them, their deadlines go on."""
    before = case.account.holder
    holder = reassignment.holder_after(case, request, holder)
    clocks = tuple((one.handoff_id, deadlines.due_of(one)) for one in answer.clocks)
    due, reasons = deadlines.due_of(answer), reassignment.reasons_of(why, holder)
    if before is not None and before.id == holder.id:
        bulk_transfer.go_on(case, clocks, due)
    else:
        passed_over = tuple((one.rep_id, one.why) for one in answer.passed_over)
        to = handoffs.Handover(holder, request.kind, due, reasons, clocks, passed_over, _asked(request))
        bulk_transfer.move_all(case, to)
    reassignment.made(case, why, before, holder)
    _say_why(case, request, answer)


def _asked(request: OpenRequest) -> handoffs.Asked:
    return handoffs.Asked(request.handoff_id, request.request_id, request.desk, request.mode)


def _why_moved(case: Case, request: OpenRequest, answer: DeskAnswer, holder: Holder) -> tuple[Reason, ...]:
    """Why open hand-offs change hands by this answer."""
    if request.move is not None:
        return reassignment.reasons_of(request.move, reassignment.holder_after(case, request, holder))
    return _move_reasons(case, request, holder, _holder_reasons(case, holder, answer))


def _waits(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """The desk holds the request and will answer again: nothing to ask meanwhile."""
    cancel_timer(case.rows, ASK, case.key)
    case.clear_alert(Alert.DESK_SILENT, request.handoff_id)
    case.change(request=replace(request, is_waiting=True))
    if request.move is not None:
        reassignment.held(case)
    lead_chat.held(case, request)
    _say_why(case, request, answer)


def _nobody(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """A desk can neither give nor keep it: said, and asked anew in an hour. Nothing is dropped."""
    cancel_timer(case.rows, ASK, case.key)
    case.change(request=replace(request, is_waiting=True, is_refused=True))
    lead_chat.held(case, request)
    _alert(case, Alert.DESK_FULL if answer.desk_full else Alert.EVERYONE_AWAY, request, answer)
    set_timer(case.rows, ASK, case.key, case.now_ms + HOUR_MS)


def ask_anew(case: Case) -> None:
    """A refused request is over: what is due is asked for with a new id."""
    request = case.account.request
    if request is not None and request.is_refused:
        give_back(case)
        case.owner_question = True


def _is_partner(holder: Holder) -> bool:
    return holder.type is AssigneeType.PARTNER


def _holder(request: OpenRequest, answer: DeskAnswer) -> Holder:
    if answer.rep_id is None:
        return Holder(
            AssigneeType.PARTNER if request.desk.startswith(PREFIX) else AssigneeType.DESK,
            request.desk,
            desk=request.desk,
            route=request.route,
            how=answer.how_chosen,
            earlier=request.earlier,
            manager=answer.manager_id,
        )
    how = answer.how_chosen
    if request.how is not None and answer.deputy_for is None and (how is None or how in _BY_RIGHT):
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
        had_it = holder.deputy_for in escalation.who_had_it(case)
        reasons.append(Reason.NOT_ANSWERED if had_it else Reason.OWNER_AWAY)
    if case.account.gone and (holder.how is HowChosen.ROTATION or holder.route is Route.ACCOUNT_HAS_REP):
        reasons.append(Reason.OWNER_NOT_ACTIVE)
    if answer.skill_missing:
        reasons.append(Reason.SKILL_MISSING)
    return tuple(dict.fromkeys(reasons))


def _move_reasons(
    case: Case, request: OpenRequest, holder: Holder, reasons: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """Why open hand-offs change hands. An owner who is away, or back, is the owner all the same."""
    before = case.account.holder
    if request.route is Route.BY_HAND:
        return reasons
    if request.mode is not RequestMode.OWNER or request.route not in _OWNED:
        return reasons
    if before is not None and before.stands_for == holder.stands_for:
        return (Reason.REP_BACK, *reasons) if holder.id == holder.stands_for else reasons
    had_owner = before is not None and before.route in {*_OWNED, Route.BY_HAND}
    return (Reason.OWNER_CHANGED if had_owner else Reason.ACCOUNT_GAINED_OWNER, *reasons)


def _label(case: Case, lead: LeadRow) -> Qualification:
    fit = fit_of(case.terms, case.account.company, lead.facts)
    return label_of(fit.state, in_question=case.account.questioned is not None and not lead.reached_mql)


def _say_why(case: Case, request: OpenRequest, answer: DeskAnswer) -> None:
    """Report that nobody was there, had room, or the skill, and take back what is true no more.

    Also taken back when the hand-off is answered, moved or over; of one that is answered already only a wait is said.
    """
    row = case.rows.get(HandoffRow, case.key, request.handoff_id)
    is_settled = row is not None and row.touched_ms is not None and answer.outcome == "assigned"
    for alert, is_so in (
        (Alert.DESK_FULL, answer.desk_full),
        (Alert.EVERYONE_AWAY, answer.everyone_away),
        (Alert.SKILL_MISSING, answer.skill_missing),
    ):
        if is_so and not is_settled:
            _alert(case, alert, request, answer)
        else:
            case.clear_alert(alert, request.handoff_id)


def _alert(case: Case, alert: Alert, request: OpenRequest, answer: DeskAnswer) -> None:
    case.raise_alert(
        alert,
        request.handoff_id,
        lead_id=request.lead_id,
        handoff_id=request.handoff_id,
        rep_id=answer.rep_id,
        desk=request.desk,
        told=of_desk(case.terms.policy, request.desk, answer.rep_id),
    )
