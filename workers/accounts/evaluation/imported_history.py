"""Imported history: it counts at once, and the lead is evaluated when no more of it arrives, as of that moment.

In: a fact that was imported; later the lead's timer. Out: the time of the latest import, kept in the score; the lead,
evaluated once. An evaluation of only a part of the history would show a past that never was: points before the event
that lowered them, a title before the later one, activity before the refusal to be tracked. A day in the past on which
the total would have reached the threshold does not count, and neither does a request made then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.score import ScoreRow
from workers.engine.timers import TimerSlotRow, cancel_timer, set_timer

if TYPE_CHECKING:
    from workers.accounts.case import Case

COMPLETE = "history_complete"


def record_import(hand: LeadInHand) -> None:
    """Record that a fact of the lead was imported now. The lead is evaluated when no more has arrived for a while."""
    case = hand.case
    hand.score = replace(hand.score, imported_ms=case.now_ms)
    hand.write_score()
    if case.rows.get(TimerSlotRow, COMPLETE, _timer_key(case, hand.lead_id)) is None:
        schedule_evaluation(hand)


def schedule_evaluation(hand: LeadInHand) -> None:
    """Set the timer that evaluates the lead's imported history, unless it is complete already."""
    case = hand.case
    if hand.score.complete_ms > case.now_ms:
        set_timer(case.rows, COMPLETE, _timer_key(case, hand.lead_id), hand.score.complete_ms)


def cancel_evaluation(case: Case, lead_id: str) -> None:
    """Cancel the timer of a lead that is no longer stored under this account key."""
    cancel_timer(case.rows, COMPLETE, _timer_key(case, lead_id))


def import_occasion(case: Case) -> Occasion:
    """Return the occasion of an imported fact. It makes no hand-off due."""
    return Occasion(case.terms.day_of(case.now_ms), counts=False)


def evaluate_complete(case: Case, timer_key: str) -> None:
    """Evaluate the lead whose timer is due as of now, unless more history has arrived since.

    The latest event that counts is named as the triggering event.
    """
    lead_id = timer_key.rpartition("#")[2]
    if case.rows.get(ScoreRow, case.key, lead_id) is None:
        return
    hand = LeadInHand(case, lead_id)
    if hand.score.complete_ms > case.now_ms:
        schedule_evaluation(hand)
        return
    latest = max(hand.score.attributed, key=lambda count: (count.at_ms, count.event_id), default=None)
    if latest is not None:
        case.event_id = latest.event_id
        day = case.terms.day_of(case.now_ms)
        evaluate(hand, Occasion(day, is_history=True), is_news=False)


def _timer_key(case: Case, lead_id: str) -> str:
    return f"{case.key}#{lead_id}"
