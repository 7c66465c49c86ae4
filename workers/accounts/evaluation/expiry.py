"""Expiry: a lead that neither side has touched for the policy's number of days leaves its cycle.

In: touches with their own times, and one timer for each lead. Out: the stage expired, and withdrawn hand-offs. A touch
that is dated before the expiry but arrives late takes the expiry back; what was withdrawn is due again. New points or a
raised hand begin another cycle. Days are counted in the policy's zone, so touches cost at most one write a day. An
outbound e-mail is not a touch. While imported history still arrives no lead expires, and imported history takes no
expiry back that has ended a hand-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, Stage
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.queue import dequeue, make_due
from workers.accounts.stages.qualifying import DueHandoff, Occasion, expiry_reversal_reasons
from workers.accounts.worth.counts import start_new_points, stop_new_points
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.score import ScoreRow

EXPIRE = "expire"
_NEVER_EXPIRE = frozenset({Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.WITH_PARTNER, Stage.DISQUALIFIED})
"""Stages that do not end without touches."""


def start_expiry(hand: LeadInHand, at_ms: int) -> None:
    """Start the expiry of a new lead. Its first event, at ``at_ms``, is its first touch."""
    terms = hand.case.terms
    if terms.expires_after_days is None:
        return
    day = terms.day_of(at_ms)
    hand.score = replace(hand.score, touched_day=max(day, hand.score.touched_day))
    hand.write_score()
    _schedule(hand, day)


def record_identification(hand: LeadInHand, at_ms: int) -> None:
    """Record that a known lead gave its address again. Only the event that comes with it may take an expiry back."""
    case = hand.case
    if case.terms.expires_after_days is None or hand.lead.verdict is Stage.EXPIRED:
        return
    day = case.terms.day_of(at_ms)
    if day > last_day(hand.score):
        hand.score = replace(hand.score, touched_day=day)
        hand.write_score()


def reschedule(hand: LeadInHand) -> None:
    """Set the lead's timer by the policy of now. A lead without any touch counts as touched today."""
    case = hand.case
    if case.terms.expires_after_days is None or hand.lead.stage is None:
        return
    if not last_day(hand.score):
        hand.score = replace(hand.score, touched_day=case.terms.day_of(case.now_ms))
        hand.write_score()
    _schedule(hand, last_day(hand.score))


def stop_expiry(case: Case, lead_id: str) -> None:
    """Cancel the timer of a lead that is no longer stored under this account key."""
    cancel_timer(case.rows, EXPIRE, f"{case.key}#{lead_id}")


def last_day(score: ScoreRow) -> int:
    """Return the day of the last touch, or 0. Days count from 1970-01-01."""
    return max(score.latest_day, score.touched_day)


def apply_touch(
    hand: LeadInHand, before: ScoreRow, at_ms: int, *, by_sales: bool = False, is_history: bool = False
) -> None:
    """Apply a touch dated ``at_ms``. The score in hand may count its event already, ``before`` does not.

    A touch that would have kept the lead from expiring takes the expiry back.
    """
    terms = hand.case.terms
    if terms.expires_after_days is None:
        return
    day = terms.day_of(at_ms)
    is_latest = day > before.latest_day and day > before.touched_day
    if is_latest and day > hand.score.latest_day:
        hand.score = replace(hand.score, touched_day=day)
    lead = hand.lead
    may_return = not (is_history and lead.expired_with_handoff)
    if lead.verdict is Stage.EXPIRED and at_ms < lead.said_no_ms < terms.expires_ms(day) and may_return:
        _take_back(hand, day, by_sales=by_sales)


def expire(case: Case, timer_key: str) -> None:
    """Expire the lead whose timer is due, unless it was touched since, or its stage does not expire."""
    hand = LeadInHand(case, timer_key.rpartition("#")[2])
    terms = case.terms
    if terms.expires_after_days is None or hand.lead.stage is None:
        return
    due_ms = terms.expires_ms(last_day(hand.score))
    if max(due_ms, hand.score.complete_ms) > case.now_ms:
        set_timer(case.rows, EXPIRE, timer_key, max(due_ms, hand.score.complete_ms))
        return
    _schedule(hand, terms.day_of(case.now_ms))  # for the next cycle
    if hand.lead.verdict is not None:
        return
    if hand.lead.stage in _NEVER_EXPIRE:
        _end_held_request(hand)
        return
    had_handoff = bool(hand.lead.handoffs or hand.lead.pending)
    dequeue(hand)
    handoffs.close_all_of(hand, (Reason.NO_TOUCH_IN_TIME,))
    hand.change(
        verdict=Stage.EXPIRED,
        verdict_why=Reason.NO_TOUCH_IN_TIME,
        said_no_ms=due_ms,
        ended_before_ms=hand.lead.said_no_ms,
        expired_with_handoff=had_handoff,
    )
    hand.score = start_new_points(terms, hand.score, due_ms)
    hand.write()
    evaluate(hand, Occasion(terms.day_of(due_ms), counts=False), is_news=False)


def _end_held_request(hand: LeadInHand) -> None:
    """End the request that is held while the account is excluded, because neither side has touched the lead."""
    if hand.lead.stage is Stage.DISQUALIFIED and (hand.lead.pending or hand.lead.handoffs):
        dequeue(hand)
        handoffs.close_all_of(hand, (Reason.NO_TOUCH_IN_TIME,))
        hand.change(handed=False, raised_hand=False)
        hand.write()


def _take_back(hand: LeadInHand, day: int, *, by_sales: bool) -> None:
    """Take the expiry back: the lead is in its cycle again, and a withdrawn hand-off is due again."""
    case, had_handoff = hand.case, hand.lead.expired_with_handoff
    hand.change(
        verdict=None,
        verdict_why=None,
        said_no_ms=hand.lead.ended_before_ms,
        expired_with_handoff=False,
    )
    hand.score = stop_new_points(hand.score)
    _schedule(hand, max(day, last_day(hand.score)))
    if had_handoff:
        fit = fit_of(case.terms, case.account.company, hand.lead, day)
        total = fit.points + case.terms.rules.points(hand.score.attributed, day).points
        due = DueHandoff(day, expiry_reversal_reasons(by_sales=by_sales), raised=hand.lead.raised_hand)
        make_due(hand, due, total, fit.points)
    hand.write_lead()


def _schedule(hand: LeadInHand, day: int) -> None:
    case = hand.case
    set_timer(case.rows, EXPIRE, f"{case.key}#{hand.lead_id}", case.terms.expires_ms(day))
