"""Expiry: a lead that neither side has touched for the policy's days is over, until new points or a raised hand.

In: touches with their own dates, one timer a lead. Out: the stage expired and withdrawn hand-offs; or, where a touch
dated before the expiry comes late, the expiry taken back, and what was withdrawn due again. Days are counted in the
policy's zone, so a touch costs a write once a day at most. A mail that we send is no touch. While imported history
still comes nobody expires, and it takes no expiry back that has ended a hand-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, Stage
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.queue import make_due, no_longer_due
from workers.accounts.stages.qualifying import Due, Occasion, expiry_taken_back
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.counts import after_no, after_return
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from workers.accounts.case import Case

EXPIRE = "expire"
_OTHERS_HAVE_IT = frozenset({Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.WITH_PARTNER, Stage.DISQUALIFIED})
"""Stages that do not end by silence."""


def begin(case: Case, lead_id: str, at_ms: int) -> None:
    """A lead is new: its first sign of life is its first touch."""
    terms = case.terms
    if terms.expires_after_days is None:
        return
    day = terms.day_of(at_ms)
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    case.rows.put(replace(score, touched_day=max(day, score.touched_day)), case.key, lead_id)
    _watch(case, lead_id, day)


def identified(case: Case, lead_id: str, lead: LeadRow, at_ms: int) -> None:
    """A known lead gave its address once more. An expiry is for the event to take back that comes with it."""
    if case.terms.expires_after_days is None or lead.verdict is Stage.EXPIRED:
        return
    day = case.terms.day_of(at_ms)
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    if day > last_day(score):
        case.rows.put(replace(score, touched_day=day), case.key, lead_id)


def look_again(case: Case, lead_id: str) -> None:
    """The policy is another: the timer is set by it. A lead whose touches nobody has counted begins today."""
    if case.terms.expires_after_days is None or case.lead(lead_id).stage is None:
        return
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    if not last_day(score):
        score = replace(score, touched_day=case.terms.day_of(case.now_ms))
        case.rows.put(score, case.key, lead_id)
    _watch(case, lead_id, last_day(score))


def stop(case: Case, lead_id: str) -> None:
    """The lead lives here no more."""
    cancel_timer(case.rows, EXPIRE, f"{case.key}#{lead_id}")


def last_day(score: ScoreRow) -> int:
    """Return the day of the last touch, or 0."""
    return max(score.latest_day, score.touched_day)


def touched(
    case: Case,
    lead_id: str,
    lead: LeadRow,
    before: ScoreRow,
    score: ScoreRow,
    at_ms: int,
    *,
    by_sales: bool = False,
    is_history: bool = False,
) -> tuple[LeadRow, ScoreRow]:
    """Take a touch dated ``at_ms``; ``score`` may count it already, ``before`` does not.

    One that would have kept the lead from expiring takes the expiry back.
    """
    terms = case.terms
    if terms.expires_after_days is None:
        return lead, score
    day = terms.day_of(at_ms)
    is_latest = day > before.latest_day and day > before.touched_day
    if is_latest and day > score.latest_day:
        score = replace(score, touched_day=day)
    may_return = not (is_history and lead.expired_with_handoff)
    if lead.verdict is Stage.EXPIRED and at_ms < lead.said_no_ms < terms.expires_ms(day) and may_return:
        return _taken_back(case, lead_id, lead, score, day, by_sales=by_sales)
    return lead, score


def expire(case: Case, timer_key: str) -> None:
    """The timer of a lead is due: it expires, unless it was touched since, or somebody else has it."""
    lead_id = timer_key.rpartition("#")[2]
    lead, terms = case.lead(lead_id), case.terms
    if terms.expires_after_days is None or lead.stage is None:
        return
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    due_ms = terms.expires_ms(last_day(score))
    if max(due_ms, score.complete_ms) > case.now_ms:
        set_timer(case.rows, EXPIRE, timer_key, max(due_ms, score.complete_ms))
        return
    _watch(case, lead_id, terms.day_of(case.now_ms))  # for the next cycle, whenever that begins
    if lead.verdict is not None or lead.stage in _OTHERS_HAVE_IT:
        return
    had_handoff = bool(lead.handoffs or lead.pending)
    lead = no_longer_due(case, lead_id, lead)
    lead = handoffs.close_all_of(case, lead, (Reason.NO_TOUCH_IN_TIME,))
    lead = replace(
        lead,
        verdict=Stage.EXPIRED,
        verdict_why=Reason.NO_TOUCH_IN_TIME,
        said_no_ms=due_ms,
        ended_before_ms=lead.said_no_ms,
        expired_with_handoff=had_handoff,
    )
    score = after_no(terms, score, due_ms)
    case.rows.put(score, case.key, lead_id)
    case.put_lead(lead_id, lead)
    judge(case, lead_id, lead, score, Occasion(terms.day_of(due_ms), counts=False), say=False)


def _taken_back(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, day: int, *, by_sales: bool
) -> tuple[LeadRow, ScoreRow]:
    had_handoff = lead.expired_with_handoff
    lead = replace(
        lead,
        verdict=None,
        verdict_why=None,
        said_no_ms=lead.ended_before_ms,
        expired_with_handoff=False,
    )
    score = after_return(score)
    _watch(case, lead_id, max(day, last_day(score)))
    if had_handoff:
        fit = fit_of(case.terms, case.account.company, lead.facts)
        total = fit.points + case.terms.rules.points(score.attributed, day).points
        due = Due(day, expiry_taken_back(by_sales=by_sales), raised=lead.raised_hand)
        lead = make_due(case, lead_id, lead, due, total, fit.points)
    case.put_lead(lead_id, lead)
    return lead, score


def _watch(case: Case, lead_id: str, day: int) -> None:
    set_timer(case.rows, EXPIRE, f"{case.key}#{lead_id}", case.terms.expires_ms(day))
