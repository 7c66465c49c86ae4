"""Reps who miss deadlines go off the turn (policy key ``turn.off_after_missed``).

Input: reports of missed responses, and reps' records. Output: misses by rep, and an alert to the manager when a rep goes off
the turn or is back. A rep off the turn keeps its accounts, gets no turn, and gains no credit. The manager puts the rep back:
``on_turn_since`` in ``crm.reps`` is the moment from which misses count again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from schemas.desk_work import ResponseMissed
from schemas.lead_alerts import LeadAlert
from schemas.topics import LEAD_ALERTS
from schemas.vocabulary import Alert
from workers.desks.desk_terms import DESK_PREFIX, Terms
from workers.desks.rows import MissedRow, RepRow
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit, fact_id
from workers.policy.model import Desk

_Misses = tuple[tuple[int, str], ...]
MOST_KEPT: Final = 40
"""Most misses that are kept of a rep: the latest."""


def reps_off_turn(
    rows: Rows, desk_key: str, desk: Desk, reps: Iterable[tuple[str, RepRow]]
) -> frozenset[str]:
    """Return the reps who have missed too many responses, by rep_id. No row is read if the policy does not count them."""
    if desk.turn.off_after_missed is None:
        return frozenset()
    return frozenset(
        rep_id for rep_id, rep in reps if _is_off_turn(desk, rep, _missed_by(rows, desk_key, rep_id))
    )


def apply_miss(terms: Terms, rows: Rows, event: ResponseMissed, now_ms: int) -> list[Emit]:
    """Store or remove a miss. Return the alert if the rep goes off the turn or is back."""
    before = _missed_by(rows, event.desk, event.rep_id)
    one = (event.due_at_ms, event.miss_id)
    others = tuple(known for known in before if known != one)
    missed = tuple(sorted((*others, one) if event.is_missed else others))[-MOST_KEPT:]
    if missed:
        rows.put(MissedRow(misses=missed), event.desk, event.rep_id)
    elif before:
        rows.delete(MissedRow, event.desk, event.rep_id)
    desk, rep = terms.desk(event.desk), rows.get(RepRow, event.desk, event.rep_id)
    if desk is None or rep is None:
        return []
    was, is_now = (_is_off_turn(desk, rep, misses) for misses in (before, missed))
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
    if desk is None or before is None:
        return []
    missed = _missed_by(rows, desk_key, rep_id)
    was, is_now = (_is_off_turn(desk, row, missed) for row in (before, after))
    return (
        []
        if was is is_now
        else [_alert(terms, desk_key, desk, rep_id, after, after.event_id, now_ms, is_off=is_now)]
    )


def _missed_by(rows: Rows, desk_key: str, rep_id: str) -> _Misses:
    row = rows.get(MissedRow, desk_key, rep_id)
    return () if row is None else row.misses


def _is_off_turn(desk: Desk, rep: RepRow, missed: _Misses) -> bool:
    """Whether the rep has missed too many responses since the manager put it on the turn."""
    most = desk.turn.off_after_missed
    return most is not None and sum(due_ms > rep.on_turn_since_ms for due_ms, _ in missed) >= most


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
