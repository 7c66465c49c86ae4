"""Imported history: it counts at once, and is judged when no more of it comes, as of that moment.

In: a fact that was imported; later the lead's timer. Out: when history came, kept at the score; the lead judged once. A
part of it would be a past that never was: points before what lowered them, a title before the later one, activity
before the no to tracking. A day on which the total would have reached the bar is over, and so is what was asked then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.evaluation.evaluate import judge
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.score import ScoreRow
from workers.engine.timers import TimerSlotRow, cancel_timer, set_timer

if TYPE_CHECKING:
    from workers.accounts.case import Case

COMPLETE = "history_complete"


def came(case: Case, lead_id: str) -> None:
    """Something of the lead was imported: it is judged when nothing more has come for a while."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    case.rows.put(replace(score, imported_ms=case.now_ms), case.key, lead_id)
    if case.rows.get(TimerSlotRow, COMPLETE, _timer_key(case, lead_id)) is None:
        look_again(case, lead_id)


def look_again(case: Case, lead_id: str) -> None:
    """The lead has come from another key: history that was not judged there is judged here."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    if score.complete_ms > case.now_ms:
        set_timer(case.rows, COMPLETE, _timer_key(case, lead_id), score.complete_ms)


def stop(case: Case, lead_id: str) -> None:
    """The lead lives here no more."""
    cancel_timer(case.rows, COMPLETE, _timer_key(case, lead_id))


def occasion(case: Case) -> Occasion:
    """Return the occasion of a fact that was imported: it makes nothing due."""
    return Occasion(case.terms.day_of(case.now_ms), counts=False)


def complete(case: Case, timer_key: str) -> None:
    """The timer of a lead is due: judge it as of now, unless more has come since. The latest of what counts explains it."""
    lead_id = timer_key.rpartition("#")[2]
    score = case.rows.get(ScoreRow, case.key, lead_id)
    if score is None:
        return
    if score.complete_ms > case.now_ms:
        look_again(case, lead_id)
        return
    latest = max(score.attributed, key=lambda count: (count.at_ms, count.event_id), default=None)
    if latest is not None:
        case.event_id = latest.event_id
        day = case.terms.day_of(case.now_ms)
        judge(case, lead_id, case.lead(lead_id), score, Occasion(day, is_history=True), say=False)


def _timer_key(case: Case, lead_id: str) -> str:
    return f"{case.key}#{lead_id}"
