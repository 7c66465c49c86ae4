"""When the first response is due: timers of an open hand-off, their alerts, and the touches that take them back.

In: hand-offs, timers, touches with their own dates. Out: timers, alerts, rows. When a deadline falls was said by the
desk, which knows the rep's calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Alert, AssigneeType
from workers.accounts.rows import HandoffRow
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from workers.accounts.case import Case

DUE_SOON = "due_soon"
OVERDUE = "overdue"
_ALERTS = {DUE_SOON: Alert.RESPONSE_DUE_SOON, OVERDUE: Alert.RESPONSE_OVERDUE}


def watch(case: Case, handoff_id: str, row: HandoffRow) -> None:
    """Set the timers of a hand-off that nobody has answered yet."""
    if row.touched_ms is not None:
        return
    if row.due_soon_ms is not None:
        set_timer(case.rows, DUE_SOON, handoff_id, row.due_soon_ms)
    if row.due_ms is not None:
        set_timer(case.rows, OVERDUE, handoff_id, row.due_ms)


def unwatch(case: Case, handoff_id: str) -> None:
    """Cancel the timers and take their alerts back: answered, moved or over."""
    for kind, alert in _ALERTS.items():
        cancel_timer(case.rows, kind, handoff_id)
        case.clear_alert(alert, handoff_id)
    case.clear_alert(Alert.EVERYONE_AWAY, handoff_id)
    case.clear_alert(Alert.SKILL_MISSING, handoff_id)


def report(case: Case, kind: str, handoff_id: str) -> None:
    """A timer is due: say that the response is due soon, or overdue. An answered hand-off says nothing."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is None or row.touched_ms is not None:
        return
    case.raise_alert(
        _ALERTS[kind],
        handoff_id,
        lead_id=row.lead_id,
        handoff_id=handoff_id,
        rep_id=row.holder.id if row.holder.type is AssigneeType.REP else None,
        desk=row.holder.id if row.holder.type is AssigneeType.DESK else None,
        due_ms=row.due_ms,
    )


def touched(case: Case, handoff_id: str, row: HandoffRow, at_ms: int) -> HandoffRow:
    """Return the hand-off as answered at ``at_ms``, the touch's own date; the earliest touch counts.

    A touch in time that comes late takes an overdue report back; one after the time ends it.
    """
    if row.touched_ms is not None and row.touched_ms <= at_ms:
        return row
    unwatch(case, handoff_id)
    made = replace(row, touched_ms=at_ms)
    case.rows.put(made, case.key, handoff_id)
    return made
