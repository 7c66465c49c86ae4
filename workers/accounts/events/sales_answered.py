"""Sales gave feedback about a lead or a hand-off: touched, accepted, qualified, rejected, returned, reassigned, claimed.

In: feedback for a hand-off or for a lead. Out: stages, hand-offs, the account's owner. Feedback that is repeated changes
nothing; about a closed hand-off, only by stages/closed_handoff_feedback.py. Deals are in sales_deal.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason, RejectReason, SalesAction, Stage
from workers.accounts.account_keys import forwarding
from workers.accounts.case import LeadInHand
from workers.accounts.desk_protocol import claim_refusals
from workers.accounts.evaluation import expiry, unread_fields
from workers.accounts.evaluation.cycle_end import recycle
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.evaluation.rep_claims import claim, find_obstacle
from workers.accounts.events.feedback_subject import ANSWERS, find_handoffs, find_lead
from workers.accounts.events.partner_return import hand_over_qualified, take_back
from workers.accounts.events.sales_deal import apply_deal
from workers.accounts.events.turn_returns import credit_turns, return_turn
from workers.accounts.handoffs import (
    buying_signals,
    escalation,
    first_responses,
    handoffs,
    raised_hands,
    support_questions,
    touches,
)
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.routing.ownership import named_by_crm
from workers.accounts.routing.partners import is_with_partner
from workers.accounts.stages import late_feedback
from workers.accounts.stages.closed_handoff_feedback import judge_late_answer, market_objection
from workers.accounts.stages.qualifying import Occasion, new_cycle
from workers.accounts.stages.sales_stages import accepted_lead, qualified_lead
from workers.accounts.state.account import ManualAssignment, MarketObjection
from workers.accounts.worth.counts import start_new_points

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case
    from workers.accounts.state.handoff import HandoffRow

_TOUCHES: Final = frozenset(
    {SalesAction.TOUCHED, SalesAction.SALES_QUALIFIED, SalesAction.OPPORTUNITY_OPENED}
)
"""Feedback that reports contact with the buyer."""
_ABOUT_THE_CYCLE: Final = frozenset({SalesAction.ACCEPTED, SalesAction.SALES_QUALIFIED, SalesAction.REJECTED})
"""Feedback about a lead's cycle. It counts although an expiry has closed the hand-off since."""


@dataclass(slots=True)
class Feedback:
    """Feedback of sales, and what it is about."""

    hand: LeadInHand
    event: SalesAnswered
    handoffs: list[tuple[str, HandoffRow]]
    """Open hand-offs that the feedback is about: (handoff_id, row)."""
    is_closed: bool
    """Whether the feedback names a closed hand-off."""
    is_open: bool
    """Whether the feedback is about a hand-off that is open, was withdrawn by a move, or expired afterwards."""


def handle(case: Case, event: SalesAnswered) -> None:
    """Apply feedback under the key where its lead is stored. Raises RefusedError: unknown_handoff, handoff_over."""
    if forwarding.forward_feedback(case, event):
        return
    _apply_here(case, event)
    if event.activity.action not in {SalesAction.UNKNOWN, SalesAction.TURN_CREDITED}:
        buying_signals.clear_answered(case)


def _apply_here(case: Case, event: SalesAnswered) -> None:
    """Apply feedback to a support question, or to a lead of this account. A person who is not a lead can be claimed."""
    if support_questions.apply_desk_feedback(case, event):
        return
    lead_id, is_closed = find_lead(case, event)
    if lead_id is None:
        return
    hand = LeadInHand(case, lead_id)
    if hand.lead.stage is not None:
        unread_fields.record_event(hand, event)
        if event.activity.action is not SalesAction.UNKNOWN:
            _apply(hand, event, is_closed=is_closed)
    elif event.activity.action is SalesAction.CLAIMED:
        _claim(Feedback(hand, event, [], is_closed, is_open=False))


def _apply(hand: LeadInHand, event: SalesAnswered, *, is_closed: bool) -> None:
    """Apply feedback to a lead: the touch that it reports, then what it means for the lead and its hand-offs."""
    case, action = hand.case, event.activity.action
    about = [] if is_closed else find_handoffs(case, event, hand.lead)
    is_between = not (about or is_closed) and late_feedback.is_between_accounts(hand, event)
    is_late = (
        not about
        and action in _ABOUT_THE_CYCLE
        and late_feedback.is_dated_before_expiry(case, event, hand.lead)
    )
    raised_day = late_feedback.day_raised_since(hand, event)
    feedback = Feedback(hand, event, about, is_closed, bool(about or is_between or is_late))
    first_responses.answer_beside(hand, event, about)
    if action in _TOUCHES:
        _record_touch(feedback)
    if feedback.is_open or action in _FOR_THE_LEAD:
        _FEEDBACK[action](feedback)
    elif action is SalesAction.REASSIGNED and hand.lead.pending and not is_closed:
        _reassign(feedback)  # the lead is queued at a desk and has no holder yet
    elif is_closed and action in ANSWERS:
        _apply_late_answer(feedback)
    if action in late_feedback.ENDS_CYCLE:
        _apply_later_points(case, hand.lead_id, raised_day, event.occurred_at_ms)


# What each action does.


def _apply_late_answer(feedback: Feedback) -> None:
    """Apply an answer to a closed hand-off. Raises RefusedError handoff_over."""
    hand, event = feedback.hand, feedback.event
    late = judge_late_answer(hand.case, hand.lead, event)
    if late.closed is not None and event.activity.handoff_id is not None:
        hand.case.rows.put(late.closed, hand.case.key, event.activity.handoff_id)
    _object_to_market(hand.case, late.objection)
    hand.lead = late.lead
    _evaluate_again(hand)


def _object_to_market(case: Case, objection: MarketObjection | None) -> None:
    if objection is not None:
        case.change(questioned=objection)


def _acknowledge(feedback: Feedback) -> None:
    """End the first response deadlines of the hand-offs: sales has answered."""
    case, event = feedback.hand.case, feedback.event
    case.request_needs_review = True
    raised_hands.mark_answered(feedback.hand, feedback.handoffs, event.occurred_at_ms, event.activity.rep_id)
    if feedback.handoffs:
        escalation.record_answer(case, event.activity.rep_id, event.occurred_at_ms)


def _claim(feedback: Feedback) -> None:
    """Give the lead to the rep who claims it, or report the obstacle. The holder's claim accepts the hand-off.

    A claim of a lead in a pool accepts its hand-offs, and the account goes to the claimant.
    """
    hand, event = feedback.hand, feedback.event
    rep_id, at_ms = event.activity.rep_id, event.occurred_at_ms
    found = find_obstacle(hand, rep_id, at_ms)
    is_free = found is None and escalation.is_in_pool(hand.case)
    mine = [one for one in feedback.handoffs if is_free or one[1].holder.id == rep_id]
    if found is None:
        claim(hand, rep_id)
    elif not mine:
        claim_refusals.refuse_claim(hand.case, hand.lead_id, rep_id, at_ms, found)
    if mine:
        feedback.handoffs = mine
        _acknowledge(feedback)


def _apply_deal(feedback: Feedback) -> None:
    """Apply a deal that sales reports, and evaluate the lead."""
    _acknowledge(feedback)
    apply_deal(feedback.hand, feedback.event)
    _evaluate_again(feedback.hand)


def _accept(feedback: Feedback) -> None:
    """Make the lead an SAL."""
    _acknowledge(feedback)
    hand = feedback.hand
    if not hand.lead.accepted:
        hand.lead = accepted_lead(hand.lead, by_partner=is_with_partner(hand.case.account))
        _evaluate_again(hand)


def _qualify(feedback: Feedback) -> None:
    """Make the lead an SQL, which may hand it over to a partner."""
    _acknowledge(feedback)
    hand = feedback.hand
    if not hand.lead.qualified:
        hand.lead = qualified_lead(hand.lead, by_partner=is_with_partner(hand.case.account))
        _evaluate_again(hand)
    hand_over_qualified(hand)


def _return(feedback: Feedback) -> None:
    """Take back a lead that its holder returns without rejecting it, and begin a new cycle.

    The lead is due again at once if it is still an MQL or a raised hand. The turn stays used: otherwise the rep who
    returned it would be the next in turn.
    """
    _acknowledge(feedback)
    hand, event = feedback.hand, feedback.event
    case = hand.case
    if is_with_partner(case.account):
        take_back(case, Reason.PARTNER_RETURNED)
        return
    was_raised = hand.lead.raised_hand
    recycle(hand, Reason.SALES_RETURNED, event.occurred_at_ms)
    last = case.account.last_rep
    if last is not None and last.rep_id == event.activity.rep_id and not case.account.open_handoffs:
        case.change(last_rep=None)
    _evaluate_again(hand)
    hand.lead, hand.score = new_cycle(hand.lead, hand.score)
    _evaluate_again(hand, Occasion(case.terms.day_of(case.now_ms), earned=True, raised=was_raised))


def _reject(feedback: Feedback) -> None:
    """End the lead's cycle. The policy sets for each rejection reason whether it recycles or disqualifies."""
    _acknowledge(feedback)
    hand, event = feedback.hand, feedback.event
    case, lead = hand.case, hand.lead
    reason = event.activity.reason or RejectReason.NOT_NOW
    effect = case.terms.policy.stages.sales_says_no.effect_of(reason)
    is_expired = lead.verdict is Stage.EXPIRED
    began_ms = lead.ended_before_ms if is_expired else lead.said_no_ms
    first = feedback.handoffs[0] if feedback.handoffs else None
    touches.record_rejection(case, hand.lead_id, began_ms, first, event)
    for _, row in feedback.handoffs:
        return_turn(case, row)
    hand.change(bounces=lead.bounces + (effect == "recycled"))
    dequeue(hand)
    handoffs.close_all_of(hand, (Reason.SALES_REJECTED,))
    hand.change(
        verdict=Stage.DISQUALIFIED if effect == "disqualified" else Stage.RECYCLED,
        verdict_why=Reason.SALES_REJECTED,
        said_no_ms=event.occurred_at_ms,
        expired_with_handoff=False,
    )
    if effect == "question_account":
        _object_to_market(case, market_objection(case, event))
    # After an expiry the score counts from the expiry on, and no event is dated between this rejection and the expiry.
    if not is_expired:
        hand.score = start_new_points(case.terms, hand.score, event.occurred_at_ms)
    _evaluate_again(hand)


def _reassign(feedback: Feedback) -> None:
    """Assign the whole account to another rep, without a touch. The reassignment with the latest date holds."""
    case, event = feedback.hand.case, feedback.event
    account, to_rep_id = case.account, event.activity.to_rep_id
    if to_rep_id is None or event.occurred_at_ms <= account.by_hand_ms:
        return
    case.request_needs_review = True
    named = named_by_crm(case.terms.policy, account.company)
    by_hand = ManualAssignment(to_rep_id, event.occurred_at_ms, named[0].rep_id if named else None)
    case.change(
        by_hand=by_hand,
        by_hand_ms=event.occurred_at_ms,
        gone=tuple(one for one in account.gone if one != to_rep_id),
    )


_FEEDBACK: Final[Mapping[SalesAction, Callable[[Feedback], None]]] = {
    SalesAction.TOUCHED: _acknowledge,
    SalesAction.ACCEPTED: _accept,
    SalesAction.CLAIMED: _claim,
    SalesAction.SALES_QUALIFIED: _qualify,
    SalesAction.OPPORTUNITY_OPENED: _apply_deal,
    SalesAction.WON: _apply_deal,
    SalesAction.LOST: _apply_deal,
    SalesAction.REJECTED: _reject,
    SalesAction.RETURNED: _return,
    SalesAction.TURN_CREDITED: lambda feedback: credit_turns(
        feedback.hand.case, feedback.event, feedback.handoffs
    ),
    SalesAction.REASSIGNED: _reassign,
}
_FOR_THE_LEAD: Final = frozenset(
    {SalesAction.CLAIMED, SalesAction.OPPORTUNITY_OPENED, SalesAction.WON, SalesAction.LOST}
)
"""Feedback about the lead, whether it has an open hand-off or not."""


# What they share.


def _record_touch(feedback: Feedback) -> None:
    """Record that sales was in contact with the buyer, whether a hand-off is open or not."""
    hand, event = feedback.hand, feedback.event
    case, lead = hand.case, hand.lead
    if event.activity.action is SalesAction.TOUCHED:
        touches.record_reported_touch(hand, event)
    expiry.apply_touch(hand, hand.score, event.occurred_at_ms, by_sales=True)
    if hand.lead is not lead:
        today = case.terms.day_of(case.now_ms)
        _evaluate_again(hand, Occasion(today, counts=False, by_sales=True))
    else:
        hand.write_score()


def _apply_later_points(case: Case, lead_id: str, raised_day: int, at_ms: int) -> None:
    """Evaluate the lead by the events dated after a late rejection of ``at_ms`` that arrived before it.

    They may end the rejection at once.
    """
    hand = LeadInHand(case, lead_id)
    lead, score = hand.lead, hand.score
    if lead.verdict is None or lead.said_no_ms != at_ms or not (raised_day or score.since):
        return
    day = raised_day or case.terms.day_of(at_ms)
    _evaluate_again(hand, Occasion(day, earned=True, raised=raised_day > 0))


def _evaluate_again(hand: LeadInHand, occasion: Occasion | None = None) -> None:
    """Write the lead's rows and evaluate it. Without an occasion, the evaluation makes no hand-off due."""
    hand.write()
    unchanged = Occasion(hand.case.terms.day_of(hand.case.now_ms), counts=False)
    evaluate(hand, occasion or unchanged, is_news=False)
