"""Response deadlines of open hand-offs: their timers and alerts, and the touches that clear them.

In: hand-offs, timers, touches with their own dates, absences. Out: timers, alerts, rows. The desk computes the
deadlines, because it knows the rep's calendar. While the holder is away, the deadlines do not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from schemas.desk_requests import RunningClock
from schemas.vocabulary import Alert, AssigneeType, Kind
from workers.accounts.handoffs import open_index
from workers.accounts.handoffs.alert_recipients import recipients_for_holder
from workers.accounts.handoffs.desk_reports import report_missed
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.parts import MovedClock
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import Clock, DeskAnswer
    from workers.accounts.case import Case
    from workers.accounts.state.fields import AlertFields
    from workers.accounts.state.lead import LeadRow

DUE_SOON = "due_soon"
"""Kind of the timer that reminds the rep of the deadline."""
OVERDUE = "overdue"
"""Kind of the timer at the deadline."""
LONG_OVERDUE = "then"
"""Kind of the timer at which an unanswered hand-off is escalated, see escalation.py."""
MOST_CLOCKS = 20
"""Most deadlines that are sent to a desk, those of whole kinds included."""
EVERY_KIND: Final = (
    *((kind, False) for kind in (Kind.MQL, Kind.CLAIMED)),
    *((kind, True) for kind in (Kind.RAISED_HAND, Kind.INQUIRY)),
    *((kind, raised) for kind in (Kind.EXPANSION, Kind.IN_CYCLE, Kind.PARTNER) for raised in (False, True)),
)
"""(kind, whether a hand was raised) of all hand-offs that an account can have, except support questions."""
MOST_TOUCHED_BY = 20
"""Most reps who are remembered for a hand-off beside the one who touched it first."""
_ALERTS = {DUE_SOON: Alert.RESPONSE_DUE_SOON, OVERDUE: Alert.RESPONSE_OVERDUE}


class ResponseDeadlines(NamedTuple):
    """The deadlines of a first response. None: no such deadline. Milliseconds UTC."""

    soon_ms: int | None
    """When the rep is reminded."""
    due_ms: int | None
    """When the response is due."""
    then_ms: int | None = None
    """When the account is escalated."""


def deadlines_of(answer: DeskAnswer | Clock) -> ResponseDeadlines:
    """Return the deadlines that a desk has set."""
    return ResponseDeadlines(answer.due_soon_at_ms, answer.due_at_ms, answer.then_at_ms)


def split_clocks(
    answer: DeskAnswer,
) -> tuple[tuple[tuple[str, ResponseDeadlines], ...], tuple[tuple[Kind, bool, ResponseDeadlines], ...]]:
    """Return the deadlines of single hand-offs by handoff_id, and those of whole kinds."""
    own = tuple((one.handoff_id, deadlines_of(one)) for one in answer.clocks if one.for_kind is None)
    by_kind = tuple(
        (one.for_kind, one.raised_hand, deadlines_of(one))
        for one in answer.clocks
        if one.for_kind is not None
    )
    return own, by_kind


def with_deadlines(row: HandoffRow, due: ResponseDeadlines) -> HandoffRow:
    """Return the hand-off with these deadlines, running."""
    return replace(row, due_soon_ms=due.soon_ms, due_ms=due.due_ms, then_ms=due.then_ms, frozen_ms=None)


def start_timers(case: Case, handoff_id: str, row: HandoffRow) -> None:
    """Set the timers of a hand-off, unless it is answered or its deadlines are frozen."""
    if row.touched_ms is not None or row.frozen_ms is not None:
        return
    for kind, at_ms in ((DUE_SOON, row.due_soon_ms), (OVERDUE, row.due_ms), (LONG_OVERDUE, row.then_ms)):
        if at_ms is not None:
            set_timer(case.rows, kind, handoff_id, at_ms)


def stop_timers(case: Case, handoff_id: str, answered_ms: int | None = None) -> None:
    """Cancel the timers of a hand-off and clear their alerts: it is answered, reassigned or closed.

    ``answered_ms`` is the date of the answer. None: it was reassigned or closed without one. Milliseconds UTC.
    """
    _cancel_timers(case, handoff_id)
    for alert in (
        *_ALERTS.values(),
        Alert.STILL_UNANSWERED,
        Alert.EVERYONE_AWAY,
        Alert.SKILL_MISSING,
    ):
        case.clear_alert(alert, handoff_id, answered_ms)


def report_due(case: Case, kind: str, handoff_id: str) -> None:
    """Raise the alert of a due timer: the response is due soon, or overdue. An answered hand-off raises none."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is not None and row.touched_ms is None:
        raise_response_alert(case, _ALERTS[kind], handoff_id, row)
        if kind == OVERDUE:
            report_missed(case, handoff_id, row)


def raise_response_alert(case: Case, alert: Alert, handoff_id: str, row: HandoffRow) -> None:
    """Raise an alert about a hand-off that waits for its first response."""
    case.raise_alert(alert, handoff_id, **_about(alert, handoff_id, row))


def _about(alert: Alert, handoff_id: str, row: HandoffRow) -> AlertFields:
    holder = row.holder
    return {
        "lead_id": row.lead_id,
        "handoff_id": handoff_id,
        "rep_id": holder.id if holder.type is AssigneeType.REP else None,
        "desk": holder.id if holder.type is not AssigneeType.REP else None,
        "due_ms": row.due_ms,
        "told": recipients_for_holder(alert, holder),
    }


def _correct_alert(case: Case, handoff_id: str, row: HandoffRow, answered_ms: int) -> None:
    """Publish the end of an overdue alert again, if the answer that was known before came too late by its own date."""
    if row.touched_ms is not None and row.due_ms is not None and row.touched_ms > row.due_ms:
        about = _about(Alert.RESPONSE_OVERDUE, handoff_id, row)
        case.correct_cleared_alert(Alert.RESPONSE_OVERDUE, handoff_id, answered_ms, **about)


def mark_answered(
    case: Case, handoff_id: str, row: HandoffRow, at_ms: int, rep_id: str | None = None
) -> HandoffRow:
    """Return the hand-off as answered at ``at_ms``, the touch's own date. The earliest touch is the first response.

    The answer clears the alerts of the hand-off. An overdue alert is thus withdrawn by a touch that was made in time
    and arrives late. The touch of a further rep is recorded for that rep, and changes no deadline.
    """
    made = with_touch(row, at_ms, rep_id)
    if made == row:
        return row
    if made.touched_ms != row.touched_ms:
        stop_timers(case, handoff_id, made.touched_ms)
        if row.due_ms is not None and at_ms <= row.due_ms < min(case.now_ms, row.touched_ms or case.now_ms):
            report_missed(case, handoff_id, row, is_missed=False)
        _correct_alert(case, handoff_id, row, at_ms)
    open_index.write_handoff(case, handoff_id, made)
    return made


def with_touch(row: HandoffRow, at_ms: int, rep_id: str | None) -> HandoffRow:
    """Return the hand-off with a touch of a rep at ``at_ms``. The order in which touches arrive does not matter."""
    reps = {*row.reps_who_touched, *(() if rep_id is None else (rep_id,))}
    first = (at_ms, rep_id or "")
    if row.touched_ms is not None:
        first = min(first, (row.touched_ms, row.touched_by or ""))
    others = tuple(sorted(reps - {first[1]}))[:MOST_TOUCHED_BY]
    return replace(
        row, touched_ms=first[0], touched_by=first[1] or None, also_touched_by=others, frozen_ms=None
    )


def freeze(case: Case, handoff_id: str, row: HandoffRow, at_ms: int) -> None:
    """Stop the deadlines of a hand-off, because its holder is away since ``at_ms``.

    An alert about a deadline after that time is cleared, and a response that was due after it was not missed.
    """
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
    if row.due_ms is not None and at_ms < row.due_ms <= case.now_ms:
        report_missed(case, handoff_id, row, is_missed=False)
    open_index.write_handoff(case, handoff_id, replace(row, frozen_ms=at_ms))


def frozen_clocks(waiting: Iterable[tuple[str, HandoffRow]]) -> list[RunningClock]:
    """Return the deadlines of hand-offs that an absence has stopped. The desk continues with the time that was left."""
    return [
        RunningClock(
            handoff_id=handoff_id,
            kind=row.kind,
            raised_hand=is_raised(row),
            frozen_at_ms=row.frozen_ms,
            due_soon_at_ms=row.due_soon_ms,
            due_at_ms=row.due_ms,
            then_at_ms=row.then_ms,
        )
        for handoff_id, row in waiting
        if row.touched_ms is None and row.frozen_ms is not None and row.due_ms is not None
    ]


def clocks_by_kind(case: Case, handoff_id: str) -> list[RunningClock]:
    """Return one question for each kind of unanswered hand-off: how long is the whole time? At most 10.

    The hand-offs of a large account are not read: it asks for every kind. ``handoff_id`` is the requested hand-off.
    """
    if open_index.is_large(case):
        kinds = set(EVERY_KIND)
    else:
        rows = open_index.open_rows(case)
        kinds = {(row.kind, is_raised(row)) for _, row in rows if row.touched_ms is None}
    return [
        RunningClock(handoff_id=handoff_id, kind=kind, raised_hand=raised, for_kind=True)
        for kind, raised in sorted(kinds)
    ]


def clocks_by_condition(waiting: Iterable[tuple[str, HandoffRow]]) -> list[RunningClock]:
    """Return one question for each unanswered hand-off for which a named condition holds that a deadline tests.

    The desk gives it the whole time of the condition. One that an absence has stopped keeps the time that was left.
    """
    return [
        RunningClock(
            handoff_id=handoff_id,
            kind=row.kind,
            raised_hand=is_raised(row),
            conditions=list(row.conditions),
        )
        for handoff_id, row in waiting
        if row.touched_ms is None and row.frozen_ms is None and row.conditions
    ]


def is_unanswered(lead: LeadRow, row: HandoffRow) -> bool:
    """Whether a hand-off is for a raised hand of the lead that no rep has answered.

    After a move of the account the lead alone shows that its request was answered.
    """
    return is_raised(row) and row.touched_ms is None and not lead.request_answered


def clock_to_move(lead: LeadRow, row: HandoffRow) -> MovedClock | None:
    """Return the deadlines that an unanswered request takes along to another account key. None: it has none."""
    holder = row.holder
    if row.due_ms is None or row.frozen_ms is not None or not is_unanswered(lead, row):
        return lead.clock
    return MovedClock(holder.stands_for or holder.id, row.due_ms, row.due_soon_ms, row.then_ms)


def deadlines_after_move(
    clock: MovedClock | None, given: ResponseDeadlines, rep_id: str, now_ms: int, *, is_by_right: bool
) -> ResponseDeadlines:
    """Return the deadlines of a request after its account has moved.

    A rep who has the account by right, and had it not before, gets the whole time. Otherwise the earlier deadline holds.
    One that has passed at the move does not: no deadline is before the time at which the rep gets the request.
    """
    if clock is None or clock.due_ms <= now_ms or (is_by_right and rep_id != clock.rep_id):
        return given
    if given.due_ms is not None and given.due_ms <= clock.due_ms:
        return given
    return ResponseDeadlines(clock.soon_ms, clock.due_ms, clock.then_ms)


def is_raised(row: HandoffRow) -> bool:
    """Whether the deadline of a raised hand holds. An MQL keeps that of its kind, also with a label."""
    return row.qualification is not None and row.kind is not Kind.MQL


def _cancel_timers(case: Case, handoff_id: str) -> None:
    for kind in (DUE_SOON, OVERDUE, LONG_OVERDUE):
        cancel_timer(case.rows, kind, handoff_id)
