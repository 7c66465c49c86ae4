"""When the first response is due: timers of an open hand-off, their alerts, and the touches that take them back.

In: hand-offs, timers, touches with their own dates, absences. Out: timers, alerts, rows. When a deadline falls was said
by the desk, which knows the rep's calendar. While who has a hand-off is away, its deadlines stand still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from schemas.desk_requests import RunningClock
from schemas.vocabulary import Alert, AssigneeType
from workers.accounts.handoffs import open_index
from workers.accounts.handoffs.alert_recipients import recipients_for_holder
from workers.accounts.state.handoff import HandoffRow
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import Clock, DeskAnswer
    from workers.accounts.case import Case

DUE_SOON = "due_soon"
OVERDUE = "overdue"
LONG_OVERDUE = "then"
"""Long overdue: escalation.py decides what happens then."""
MOST_CLOCKS = 20
"""Hand-offs that have deadlines of their own when an account moves; what is beyond has those of the one asked for."""
_ALERTS = {DUE_SOON: Alert.RESPONSE_DUE_SOON, OVERDUE: Alert.RESPONSE_OVERDUE}


class ResponseDeadlines(NamedTuple):
    """When a first response is due soon, due, and when the account goes on. None: nobody counts. Milliseconds UTC."""

    soon_ms: int | None
    due_ms: int | None
    then_ms: int | None = None


def deadlines_of(answer: DeskAnswer | Clock) -> ResponseDeadlines:
    """Return the deadlines that a desk named."""
    return ResponseDeadlines(answer.due_soon_at_ms, answer.due_at_ms, answer.then_at_ms)


def with_deadlines(row: HandoffRow, due: ResponseDeadlines) -> HandoffRow:
    """Return the hand-off with these deadlines, running."""
    return replace(row, due_soon_ms=due.soon_ms, due_ms=due.due_ms, then_ms=due.then_ms, frozen_ms=None)


def start_timers(case: Case, handoff_id: str, row: HandoffRow) -> None:
    """Set the timers of a hand-off that nobody has answered yet."""
    if row.touched_ms is not None or row.frozen_ms is not None:
        return
    for kind, at_ms in ((DUE_SOON, row.due_soon_ms), (OVERDUE, row.due_ms), (LONG_OVERDUE, row.then_ms)):
        if at_ms is not None:
            set_timer(case.rows, kind, handoff_id, at_ms)


def stop_timers(case: Case, handoff_id: str) -> None:
    """Cancel the timers and take their alerts back: answered, moved or over."""
    _cancel_timers(case, handoff_id)
    for alert in (
        *_ALERTS.values(),
        Alert.STILL_UNANSWERED,
        Alert.EVERYONE_AWAY,
        Alert.SKILL_MISSING,
    ):
        case.clear_alert(alert, handoff_id)


def report_due(case: Case, kind: str, handoff_id: str) -> None:
    """A timer is due: say that the response is due soon, or overdue. An answered hand-off says nothing."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is not None and row.touched_ms is None:
        raise_response_alert(case, _ALERTS[kind], handoff_id, row)


def raise_response_alert(case: Case, alert: Alert, handoff_id: str, row: HandoffRow) -> None:
    """Put up an alert of a hand-off that waits for its answer."""
    holder = row.holder
    case.raise_alert(
        alert,
        handoff_id,
        lead_id=row.lead_id,
        handoff_id=handoff_id,
        rep_id=holder.id if holder.type is AssigneeType.REP else None,
        desk=holder.id if holder.type is not AssigneeType.REP else None,
        due_ms=row.due_ms,
        told=recipients_for_holder(alert, holder),
    )


def mark_answered(
    case: Case, handoff_id: str, row: HandoffRow, at_ms: int, rep_id: str | None = None
) -> HandoffRow:
    """Return the hand-off as answered at ``at_ms``, the touch's own date; the earliest touch counts.

    A touch in time that comes late takes an overdue report back; one after the time ends it.
    """
    if row.touched_ms is not None and row.touched_ms <= at_ms:
        return row
    stop_timers(case, handoff_id)
    made = replace(row, touched_ms=at_ms, touched_by=rep_id, frozen_ms=None)
    open_index.write_handoff(case, handoff_id, made)
    return made


def freeze(case: Case, handoff_id: str, row: HandoffRow, at_ms: int) -> None:
    """Who has the hand-off is away since ``at_ms``: what was not due before that is not due while it lasts."""
    if row.touched_ms is not None or row.frozen_ms is not None:
        return
    _cancel_timers(case, handoff_id)
    for alert, due_ms in (
        (Alert.RESPONSE_DUE_SOON, row.due_soon_ms),
        (Alert.RESPONSE_OVERDUE, row.due_ms),
        (Alert.STILL_UNANSWERED, row.then_ms),
    ):
        if due_ms is not None and due_ms > at_ms:
            case.clear_alert(alert, handoff_id)
    open_index.write_handoff(case, handoff_id, replace(row, frozen_ms=at_ms))


def running_clocks(waiting: Iterable[tuple[str, HandoffRow]], *, resumed: bool) -> list[RunningClock]:
    """Return the deadlines to ask a desk for: what was left at the freezing where ``resumed``, else the whole time."""
    return [
        RunningClock(
            handoff_id=handoff_id,
            kind=row.kind,
            raised_hand=row.qualification is not None,
            frozen_at_ms=row.frozen_ms if resumed else None,
            due_soon_at_ms=row.due_soon_ms,
            due_at_ms=row.due_ms,
            then_at_ms=row.then_ms,
        )
        for handoff_id, row in waiting
        if row.touched_ms is None and row.due_ms is not None
    ][:MOST_CLOCKS]


def _cancel_timers(case: Case, handoff_id: str) -> None:
    for kind in (DUE_SOON, OVERDUE, LONG_OVERDUE):
        cancel_timer(case.rows, kind, handoff_id)
