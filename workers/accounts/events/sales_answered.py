"""What sales says of a lead: touched, accepted, qualified, rejected, returned, reassigned; deals are in opportunities.py.

In: a word of sales, for a hand-off or for a person. Out: stages, hand-offs, who owns the account. Said twice it
changes nothing more; said of a hand-off that is over it changes nothing at all, but for a deal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import DeskReturn, RequestMode
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import DeadLetterReason, Reason, RejectReason, SalesAction, Stage
from workers.accounts.desk_protocol import claim_refusals
from workers.accounts.evaluation import expiry
from workers.accounts.evaluation.cycle_end import over
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.evaluation.rep_claims import claim, obstacle
from workers.accounts.events.partner_return import hand_on, take_back
from workers.accounts.events.sales_deal import OF_DEALS, deal_said
from workers.accounts.handoffs import deadlines, escalation, handoffs, support_questions, touches
from workers.accounts.handoffs.queue import no_longer_due
from workers.accounts.routing.ownership import named_by_crm
from workers.accounts.routing.partners import is_with_partner
from workers.accounts.stages import late_feedback
from workers.accounts.stages.closed_handoff_feedback import answered_too_late, question
from workers.accounts.stages.qualifying import Occasion, new_cycle
from workers.accounts.state.account import ByHand
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.counts import after_no
from workers.engine.api import RefusedError

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case


_TOUCHES = frozenset({SalesAction.TOUCHED, SalesAction.SALES_QUALIFIED, SalesAction.OPPORTUNITY_OPENED})
"""What sales does with the buyer; the rest is said of the hand-off."""
_ANSWERS = frozenset({SalesAction.ACCEPTED, SalesAction.REJECTED, SalesAction.RETURNED})
"""What only who has a hand-off can say of it."""
_OF_THE_CYCLE = frozenset({SalesAction.ACCEPTED, SalesAction.SALES_QUALIFIED, SalesAction.REJECTED})
"""What is true of a lead's cycle, though silence has closed the hand-off since."""
_ANSWERS = frozenset({SalesAction.ACCEPTED, SalesAction.REJECTED, SalesAction.RETURNED})
"""What is said of a hand-off and of nothing else."""


def sales_answered(case: Case, event: SalesAnswered) -> None:
    """Take what sales says. Raises RefusedError where nobody knows the hand-off."""
    if support_questions.desk_said(case, event):
        return
    lead_id, is_over = _lead_meant(case, event)
    if lead_id is None:
        return
    lead = case.lead(lead_id)
    if lead.stage is not None:
        _said_of_lead(case, lead_id, lead, event, is_over=is_over)
    elif event.activity.action is SalesAction.CLAIMED:
        _claimed(case, lead_id, lead, [], event)


def _said_of_lead(case: Case, lead_id: str, lead: LeadRow, event: SalesAnswered, *, is_over: bool) -> None:
    action = event.activity.action
    about = [] if is_over else _handoffs_meant(case, event, lead)
    comes_between = not (about or is_over) and late_feedback.is_between(case, lead_id, lead, event)
    is_late = (
        not about and action in _OF_THE_CYCLE and late_feedback.was_said_before_silence(case, event, lead)
    )
    raised_day = late_feedback.raised_since(case, event, lead_id, lead)
    if action in _TOUCHES:
        lead = _touched(case, lead_id, lead, event)
    if action is SalesAction.CLAIMED:
        _claimed(case, lead_id, lead, about, event)
    elif action in OF_DEALS:
        case.owner_question = True
        _touch_all(case, about, event)
        lead, score = deal_said(case, lead_id, lead, _score(case, lead_id), event)
        _judge_again(case, lead_id, lead, score)
    elif about or comes_between or is_late:
        case.owner_question = True
        _touch_all(case, about, event)
        _answered(case, lead_id, lead, about, event)
    elif action is SalesAction.REASSIGNED and lead.pending and not is_over:
        case.owner_question = True
        _reassigned(case, event)  # it waits at a desk, and nobody has it yet
    elif is_over and action in _ANSWERS:
        _judge_again(case, lead_id, answered_too_late(case, lead, event), _score(case, lead_id))
    if action in late_feedback.ENDS:
        _counts_at_once(case, lead_id, raised_day, event.occurred_at_ms)


def _answered(
    case: Case, lead_id: str, lead: LeadRow, about: list[tuple[str, HandoffRow]], event: SalesAnswered
) -> None:
    action = event.activity.action
    if action is SalesAction.ACCEPTED:
        _accepted(case, lead_id, lead)
    elif action is SalesAction.SALES_QUALIFIED:
        _qualified(case, lead_id, lead)
        hand_on(case, lead_id)
    elif action is SalesAction.REJECTED:
        _rejected(case, lead_id, lead, about, event)
    elif action is SalesAction.RETURNED:
        _returned(case, lead_id, lead, event)
    elif action is SalesAction.REASSIGNED:
        _reassigned(case, event)


def _touched(case: Case, lead_id: str, lead: LeadRow, event: SalesAnswered) -> LeadRow:
    """Sales was in touch with the person, whether a hand-off is open or not."""
    if event.activity.action is SalesAction.TOUCHED:
        touches.sales_touched(case, lead_id, lead, event)
    score = _score(case, lead_id)
    made, touched = expiry.touched(case, lead_id, lead, score, score, event.occurred_at_ms, by_sales=True)
    if made is not lead:
        today = case.terms.day_of(case.now_ms)
        _judge_again(case, lead_id, made, touched, Occasion(today, counts=False, by_sales=True))
        return case.lead(lead_id)
    if touched is not score:
        case.rows.put(touched, case.key, lead_id)
    return lead


def _touch_all(case: Case, about: list[tuple[str, HandoffRow]], event: SalesAnswered) -> None:
    for handoff_id, row in about:
        deadlines.touched(case, handoff_id, row, event.occurred_at_ms, event.activity.rep_id)
    if about:
        escalation.answered(case, event.activity.rep_id, event.occurred_at_ms)


def _lead_meant(case: Case, event: SalesAnswered) -> tuple[str | None, bool]:
    """Return the person, and whether the hand-off that was named is over."""
    handoff_id = event.activity.handoff_id
    if handoff_id is None:
        return event.lead_id, False
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is not None:
        return row.lead_id, False
    request = case.account.request
    is_answer = event.activity.action in _ANSWERS
    if request is not None and request.handoff_id == handoff_id and not is_answer:
        return request.lead_id, False  # as an alert named it that told of a full desk
    closed = case.rows.get(ClosedHandoffRow, case.key, handoff_id)
    if closed is None and event.lead_id is not None:  # named under the key where the person lived before
        return event.lead_id, event.is_over or late_feedback.is_of_earlier_cycle(
            case, event.lead_id, handoff_id
        )
    if closed is None:
        detail = (
            "the handoff_id names no hand-off of this account that is open or was closed in the last 90 days"
        )
        raise RefusedError(DeadLetterReason.UNKNOWN_HANDOFF, detail)
    if closed.is_moved:  # the person has come back
        return closed.lead_id, late_feedback.is_of_earlier_cycle(case, closed.lead_id, handoff_id)
    is_of_silence = closed.expired_cycle and event.occurred_at_ms < closed.closed_ms
    return closed.lead_id, not is_of_silence or closed.expired_cycle != case.lead(closed.lead_id).cycle


def _handoffs_meant(case: Case, event: SalesAnswered, lead: LeadRow) -> list[tuple[str, HandoffRow]]:
    """Return the lead's open hand-offs: what sales does, it does with the person.

    By the person alone, or by a hand-off of the key where they lived before, it can only be about what was handed over
    before it was said; an expiry that was taken back, or a move, has handed nothing over anew.
    """
    found = [(one, case.rows.get(HandoffRow, case.key, one)) for one in lead.handoffs]
    is_named = event.activity.handoff_id in lead.handoffs
    return [
        (handoff_id, row)
        for handoff_id, row in found
        if row is not None
        and (
            is_named
            or row.created_ms <= event.occurred_at_ms
            or late_feedback.is_as_before(row.reasons, lead, event)
        )
    ]


def _claimed(
    case: Case, lead_id: str, lead: LeadRow, about: list[tuple[str, HandoffRow]], event: SalesAnswered
) -> None:
    """A rep takes a lead; of one that the rep has already it is an answer."""
    rep_id, at_ms = event.activity.rep_id, event.occurred_at_ms
    mine = [one for one in about if one[1].holder.id == rep_id]
    found = obstacle(case, lead_id, lead, rep_id, at_ms)
    if found is None:
        claim(case, lead_id, rep_id)
    elif not mine:
        claim_refusals.refuse(case, lead_id, rep_id, at_ms, found)
    if mine:
        case.owner_question = True
        _touch_all(case, mine, event)


def _accepted(case: Case, lead_id: str, lead: LeadRow) -> None:
    if not lead.accepted:
        _judge_again(case, lead_id, replace(lead, accepted=True), _score(case, lead_id))


def _qualified(case: Case, lead_id: str, lead: LeadRow) -> None:
    if not lead.qualified:
        _judge_again(case, lead_id, replace(lead, accepted=True, qualified=True), _score(case, lead_id))


def _returned(case: Case, lead_id: str, lead: LeadRow, event: SalesAnswered) -> None:
    """Who had it gives it back without a no: a new cycle, due again at once if it is still an MQL or a raised hand.

    The turn stays used, or the rep who gave it back would be the next in turn.
    """
    if is_with_partner(case.account):
        take_back(case, Reason.PARTNER_RETURNED)
        return
    was_raised = lead.raised_hand
    lead, score = over(
        case, lead_id, lead, _score(case, lead_id), Reason.SALES_RETURNED, event.occurred_at_ms
    )
    last = case.account.last_rep
    if last is not None and last.rep_id == event.activity.rep_id and not case.account.open_handoffs:
        case.change(last_rep=None)
    _judge_again(case, lead_id, lead, score)
    lead, score = new_cycle(case.lead(lead_id), _score(case, lead_id))
    _judge_again(
        case, lead_id, lead, score, Occasion(case.terms.day_of(case.now_ms), earned=True, raised=was_raised)
    )


def _rejected(
    case: Case, lead_id: str, lead: LeadRow, about: list[tuple[str, HandoffRow]], event: SalesAnswered
) -> None:
    reason = event.activity.reason or RejectReason.NOT_NOW
    effect = case.terms.policy.stages.sales_says_no.effect_of(reason)
    is_expired = lead.verdict is Stage.EXPIRED
    began_ms = lead.ended_before_ms if is_expired else lead.said_no_ms
    touches.rejected(case, lead_id, began_ms, about[0] if about else None, event)
    for _, row in about:
        _return_turn(case, row)
    lead = replace(lead, bounces=lead.bounces + (effect == "recycled"))
    lead = no_longer_due(case, lead_id, lead)
    lead = handoffs.close_all_of(case, lead, (Reason.SALES_REJECTED,))
    lead = replace(
        lead,
        verdict=Stage.DISQUALIFIED if effect == "disqualified" else Stage.RECYCLED,
        verdict_why=Reason.SALES_REJECTED,
        said_no_ms=event.occurred_at_ms,
        expired_with_handoff=False,
    )
    if effect == "question_account":
        question(case, event)
    score = _score(case, lead_id)
    if not is_expired:  # what is dated after the silence is dated after the no, and nothing lies between
        score = after_no(case.terms, score, event.occurred_at_ms)
    _judge_again(case, lead_id, lead, score)


def _counts_at_once(case: Case, lead_id: str, raised_day: int, at_ms: int) -> None:
    """A no of ``at_ms`` has come late: what is dated after it and is known already brings the lead back by itself."""
    lead, score = case.lead(lead_id), _score(case, lead_id)
    if lead.verdict is None or lead.said_no_ms != at_ms or not (raised_day or score.since):
        return
    day = raised_day or case.terms.day_of(at_ms)
    _judge_again(case, lead_id, lead, score, Occasion(day, earned=True, raised=raised_day > 0))


def _return_turn(case: Case, row: HandoffRow) -> None:
    """The policy says whether a lead that sales rejects takes a turn and room; one that moved on has had its turn."""
    holder = handoffs.holder_of(case, row)
    has_moved = row.holder.desk != row.request_desk or (holder is not None and holder.id != row.holder.id)
    if row.mode is RequestMode.OWNER or has_moved:
        return
    desk = case.terms.policy.desks.get(row.request_desk.removeprefix("desk:"))
    if desk is not None and desk.turn.when_rejected == "give_back":
        event = DeskReturn(request_id=row.request_id, desk=row.request_desk, account_key=case.key)
        case.say(DESK_REQUESTS, event)


def _reassigned(case: Case, event: SalesAnswered) -> None:
    """The whole account goes to another rep by hand; of two reassignments the one with the later date holds."""
    account = case.account
    to_rep_id = event.activity.to_rep_id
    if to_rep_id is None or event.occurred_at_ms <= account.by_hand_ms:
        return
    named = named_by_crm(case.terms.policy, account.company)
    by_hand = ByHand(to_rep_id, event.occurred_at_ms, named[0].rep_id if named else None)
    case.change(
        by_hand=by_hand,
        by_hand_ms=event.occurred_at_ms,
        gone=tuple(one for one in account.gone if one != to_rep_id),
    )


def _judge_again(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, occasion: Occasion | None = None
) -> None:
    case.rows.put(score, case.key, lead_id)
    case.put_lead(lead_id, lead)
    as_it_is = Occasion(case.terms.day_of(case.now_ms), counts=False)
    judge(case, lead_id, lead, score, occasion or as_it_is, say=False)


def _score(case: Case, lead_id: str) -> ScoreRow:
    return case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
