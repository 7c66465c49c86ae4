"""Support questions: a desk answers them beside the account's other hand-offs.

In: a question, the desk's answer, timers, the desk's feedback. Out: a hand-off of kind ``service`` that the desk holds
as a whole. A customer's question goes to the service desk, any other to the default desk, unless the service desk
answers everyone (policy key ``of``). It takes no turn and has no
points and no owner. It neither follows the account's other hand-offs nor moves with them: they name the rep who sells
to the account, this one names the desk that answers a question. A person has one question at a time. A repeat before
the answer is the same question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import (
    Action,
    Alert,
    AssigneeType,
    Kind,
    Reason,
    Request,
    Route,
    RouteMiss,
    SalesAction,
)
from workers.accounts.case import LeadInHand
from workers.accounts.handoffs import deadlines, first_responses, handoffs, open_index
from workers.accounts.handoffs.alert_recipients import recipients_for_desk
from workers.accounts.handoffs.request_schedule import is_silent, pause_after_ms
from workers.accounts.handoffs.routing_output import publish_revision
from workers.accounts.routing.ownership import is_customer
from workers.accounts.routing.permission import exclusion_of
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow, ServiceRow
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.parts import SkippedRoute
from workers.engine.timers import cancel_timer, set_timer, start_cursor
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.lead_events import DeskAnswer, SalesAnswered
    from workers.accounts.case import Case

ASK = "ask_service"
"""Kind of the timer of an open question's request."""
QUESTIONS = "questions"
"""Kind of the cursor over the questions of an excluded account that has many."""
_NOT_EXCLUDED = (SkippedRoute(Route.NEVER, RouteMiss.NOT_EXCLUDED),)
"""Skipped route of every question: the account is not excluded."""
_NO_CUSTOMER_ROUTE = SkippedRoute(Route.SUPPORT_QUESTION, RouteMiss.NOT_A_CUSTOMER)
"""Skipped route of a question that is not a customer's."""


def is_question(case: Case, lead: LeadRow, request: Request) -> bool:
    """Whether a request is a support question, under a policy that has a service desk."""
    if request is not Request.SUPPORT or case.terms.service_desk is None:
        return False
    return exclusion_of(case, lead) is None


def desk_for(case: Case) -> str:
    """Return the desk that answers questions of this account now."""
    return _desk_of_question(case, of_customer=is_customer(case.account.company))


def ask_desk(case: Case, lead_id: str, at_ms: int) -> None:
    """Ask the desk to answer a person's question. While the last question is not answered, no other is asked.

    An answered question is closed first.
    """
    hand = LeadInHand(case, lead_id)
    for handoff_id in hand.lead.service:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None or row.touched_ms is None:
            return
        hand.lead = _close(case, handoff_id, row, hand.lead, Reason.SUPPORT_QUESTION)
    number = case.account.handoff_n + 1
    case.change(handoff_n=number)
    handoff_id = f"{case.key}#{hand.lead.cycle}.{number}"
    question = ServiceRow(
        lead_id=lead_id,
        request_id=fact_id("service", handoff_id),
        event_id=case.event_id,
        day=case.terms.day_of(at_ms),
        since_ms=case.now_ms,
        campaign=hand.lead.campaign,
        of_customer=is_customer(case.account.company),
    )
    case.rows.put(question, case.key, handoff_id)
    _send_request(case, handoff_id, question)
    hand.change(service=(handoff_id,))
    hand.write_lead()


def apply_answer(case: Case, answer: DeskAnswer) -> None:
    """Open the hand-off, because the desk has the question. An answer to no open question changes nothing.

    If the account has been excluded in the meantime, the question is dropped.
    """
    question = case.rows.get(ServiceRow, case.key, answer.handoff_id)
    if question is None or question.request_id != answer.request_id or answer.outcome != "assigned":
        return
    case.rows.delete(ServiceRow, case.key, answer.handoff_id)
    cancel_timer(case.rows, ASK, answer.handoff_id)
    case.clear_alert(Alert.DESK_SILENT, answer.handoff_id)
    hand = LeadInHand(case, question.lead_id)
    lead = hand.lead
    if exclusion_of(case, lead) is not None:
        hand.change(service=())
        _write_lead(hand)
        return
    is_ours = _is_for_service_desk(case, of_customer=question.of_customer)
    row = HandoffRow(
        lead_id=question.lead_id,
        kind=Kind.SERVICE,
        holder=Holder(
            AssigneeType.DESK,
            answer.desk,
            desk=answer.desk,
            route=Route.SUPPORT_QUESTION if is_ours else Route.OTHERWISE,
            earlier=_NOT_EXCLUDED if is_ours else (*_NOT_EXCLUDED, _NO_CUSTOMER_ROUTE),
            manager=answer.manager_id,
        ),
        cycle=lead.cycle,
        request_id=question.request_id,
        request_desk=answer.desk,
        mode=RequestMode.TURN,
        created_ms=case.now_ms,
        event_id=question.event_id,
        day=question.day,
        reasons=(Reason.SUPPORT_QUESTION, *((Reason.CUSTOMER_ACCOUNT,) if question.of_customer else ())),
        campaign=question.campaign,
        due_ms=answer.due_at_ms,
        due_soon_ms=answer.due_soon_at_ms,
        then_ms=answer.then_at_ms,
    )
    open_index.write_handoff(case, answer.handoff_id, row)
    deadlines.start_timers(case, answer.handoff_id, row)
    publish_revision(case, answer.handoff_id, row, lead, Action.ASSIGNED, row.reasons)
    first_responses.answer_new(hand, answer.handoff_id, row)


def repeat_question(case: Case, handoff_id: str) -> None:
    """Send a question's request again with the same id, because its timer is due. Report a desk that stays silent."""
    question = case.rows.get(ServiceRow, case.key, handoff_id)
    if question is None:
        return
    made = replace(question, attempt=question.attempt + 1)
    case.rows.put(made, case.key, handoff_id)
    if is_silent(made.attempt):
        desk = _desk_of_question(case, of_customer=made.of_customer)
        case.raise_alert(
            Alert.DESK_SILENT,
            handoff_id,
            lead_id=made.lead_id,
            handoff_id=handoff_id,
            desk=desk,
            told=recipients_for_desk(case.terms.policy, desk),
        )
    _send_request(case, handoff_id, made)


def apply_desk_feedback(case: Case, event: SalesAnswered) -> bool:
    """Apply feedback of a desk about its question. Return False if the hand-off is of another kind, or the action unknown."""
    is_answer = event.activity.action not in {SalesAction.UNKNOWN, SalesAction.TURN_CREDITED}
    handoff_id = event.activity.handoff_id if is_answer else None
    row = None if handoff_id is None else case.rows.get(HandoffRow, case.key, handoff_id)
    if handoff_id is None or row is None or row.kind is not Kind.SERVICE:
        return False
    at_ms, rep_id = event.occurred_at_ms, event.activity.rep_id
    row = deadlines.mark_answered(case, handoff_id, row, at_ms, rep_id)
    hand = LeadInHand(case, row.lead_id)
    first_responses.answer_at_desk(hand, [(handoff_id, row)], rep_id, at_ms)
    if event.activity.action is SalesAction.REJECTED:
        hand.lead = _close(case, handoff_id, row, hand.lead, Reason.SALES_REJECTED)
        _write_lead(hand)
    return True


def withdraw_all(case: Case, reason: Reason) -> None:
    """Close the questions of an account that became excluded. The rest of many is closed in chunks.

    A question in transit to the desk is dropped when the desk answers.
    """
    found = open_index.open_questions(case)
    for handoff_id, row in found:
        hand = LeadInHand(case, row.lead_id)
        hand.lead = _close(case, handoff_id, row, hand.lead, reason)
        _write_lead(hand)
    if len(found) == case.terms.most_at_once:
        start_cursor(case.rows, QUESTIONS, case.key)


def withdraw_next(case: Case, position: str) -> str | None:
    """Close the next questions of an account that is still excluded. Return '' while there may be more, else None."""
    del position  # closed questions are no longer in the index
    excluded = case.terms.gates.exclusion(case.key, case.account.company)
    if excluded is None or not open_index.open_questions(case):
        return None
    withdraw_all(case, excluded)
    return ""


def delete_for_erasure(case: Case, lead: LeadRow) -> None:
    """Delete the questions of a person who is erased. Their withdrawals contain nothing about the person."""
    for handoff_id in lead.service:
        case.rows.delete(ServiceRow, case.key, handoff_id)
        cancel_timer(case.rows, ASK, handoff_id)
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            _close(case, handoff_id, replace(row, campaign=None), LeadRow(), Reason.ERASED)


def _close(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, reason: Reason) -> LeadRow:
    deadlines.stop_timers(case, handoff_id)
    made = replace(row, revision=row.revision + 1)
    publish_revision(case, handoff_id, made, lead, Action.WITHDRAWN, (reason,))
    open_index.delete_handoff(case, handoff_id)
    case.rows.put(
        ClosedHandoffRow(
            lead_id=row.lead_id, closed_ms=case.now_ms, is_answered=reason is Reason.SALES_REJECTED
        ),
        case.key,
        handoff_id,
    )
    set_timer(case.rows, handoffs.FORGET, handoff_id, case.now_ms + handoffs.REMEMBERED_MS)
    return replace(lead, service=tuple(one for one in lead.service if one != handoff_id))


def _write_lead(hand: LeadInHand) -> None:
    """Persist the lead, unless it has moved to another account key."""
    if hand.lead.stage is not None:
        hand.write_lead()


def _desk_of_question(case: Case, *, of_customer: bool) -> str:
    """Return the desk for a question: the service desk, or the default desk for a question that it does not answer.

    If the policy no longer has a service desk, the default desk gets all questions, so that none is dropped.
    """
    ours = case.terms.service_desk if _is_for_service_desk(case, of_customer=of_customer) else None
    return f"desk:{ours or case.terms.policy.default_desk}"


def _is_for_service_desk(case: Case, *, of_customer: bool) -> bool:
    """Whether the service desk answers a question: of a customer, or of anyone if the policy has ``of: anyone``."""
    return of_customer or case.terms.answers_anyone


def _send_request(case: Case, handoff_id: str, question: ServiceRow) -> None:
    event = DeskRequest(
        request_id=question.request_id,
        desk=_desk_of_question(case, of_customer=question.of_customer),
        account_key=case.key,
        lead_id=question.lead_id,
        handoff_id=handoff_id,
        mode=RequestMode.TURN,
        kind=Kind.SERVICE,
        total=0,
        since_ms=question.since_ms,
        attempt=question.attempt,
    )
    case.publish(DESK_REQUESTS, event)
    set_timer(case.rows, ASK, handoff_id, case.now_ms + pause_after_ms(question.attempt))
