"""Reps who miss deadlines go off the turn (policy key ``turn.off_after_missed``).

Input: reports of missed responses, and reps' records. Output: misses by rep in the rotation, and an alert to the manager when
a rep goes off the turn or is back. A rep off the turn keeps its accounts, gets no turn, and gains no credit. The manager puts
the rep back: ``on_turn_since`` in ``crm.reps`` is the moment from which misses count again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from schemas.desk_work import ResponseMissed
from schemas.lead_alerts import LeadAlert
from schemas.topics import LEAD_ALERTS
from schemas.vocabulary import Alert
from workers.desks.desk_terms import DESK_PREFIX, Terms
from workers.desks.rows import RepRow, RotationRow
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit, fact_id
from workers.policy.model import Desk

MOST_KEPT: Final = 40
"""Most misses that are kept of a rep: the latest."""


def is_off_turn(desk: Desk, rep: RepRow, rotation: RotationRow, rep_id: str) -> bool:
    """Whether the rep has missed too many responses since the manager put it on the turn."""
    most = desk.turn.off_after_missed
    if most is None:
        return False
    missed = rotation.missed.get(rep_id, ())
    return sum(due_ms > rep.on_turn_since_ms for due_ms, _ in missed) >= most


def apply_miss(terms: Terms, rows: Rows, event: ResponseMissed, now_ms: int) -> list[Emit]:
    """Store or remove a miss. Return the alert if the rep goes off the turn or is back."""
    rotation = rows.get(RotationRow, event.desk) or RotationRow()
    rep = rows.get(RepRow, event.desk, event.rep_id)
    one = (event.due_at_ms, event.miss_id)
    others = tuple(known for known in rotation.missed.get(event.rep_id, ()) if known != one)
    missed = tuple(sorted((*others, one) if event.is_missed else others))[-MOST_KEPT:]
    made = replace(rotation, missed={**rotation.missed, event.rep_id: missed})
    rows.put(made, event.desk)
    desk = terms.desk(event.desk)
    if desk is None or rep is None:
        return []
    was, is_now = (is_off_turn(desk, rep, row, event.rep_id) for row in (rotation, made))
    return (
        []
        if was is is_now
        else [_alert(terms, event.desk, desk, event.rep_id, rep, event.miss_id, now_ms, is_off=is_now)]
    )


def report_return(
    terms: Terms, rows: Rows, desk_key: str, rep_id: str, before: RepRow | None, after: RepRow, now_ms: int
) -> list[Emit]:
    """Return the alert if another record of the rep puts it on the turn again, or takes it off."""
    desk = terms.desk(desk_key)
    rotation = rows.get(RotationRow, desk_key) or RotationRow()
    if desk is None or before is None:
        return []
    was, is_now = (is_off_turn(desk, row, rotation, rep_id) for row in (before, after))
    return (
        []
        if was is is_now
        else [_alert(terms, desk_key, desk, rep_id, after, after.event_id, now_ms, is_off=is_now)]
    )


def _alert(
    terms: Terms,
    desk_key: str,
    desk: Desk,
    rep_id: str,
    rep: RepRow,
    cause: str,
    now_ms: int,
    *,
    is_off: bool,
) -> Emit:
    alert_id = fact_id(Alert.REP_OFF_TURN, desk_key, rep_id)
    return emit(
        LEAD_ALERTS,
        LeadAlert(
            event_id=fact_id(alert_id, cause, is_off, now_ms),
            occurred_at=datetime.fromtimestamp(now_ms / 1000, UTC),
            alert_id=alert_id,
            alert=Alert.REP_OFF_TURN,
            cleared=not is_off,
            account_key=desk_key,
            rep_id=rep_id,
            desk=desk_key,
            told=[rep.manager or desk.manager],
            policy_key=f"desks.{desk_key.removeprefix(DESK_PREFIX)}.turn.off_after_missed",
            policy=terms.ref,
        ),
    )
