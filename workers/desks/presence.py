"""Whether a rep is available at an instant, by the activity and absences of the rep's record.

Time outside working hours is not an absence. Input: the record of crm.reps, rep rows, instants in milliseconds UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.crm_reps import CrmRep
from schemas.vocabulary import PassedOver
from workers.desks.desk_terms import DESK_PREFIX
from workers.desks.rows import RepRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def rep_row_at(desk: str, rep: CrmRep | None, event_id: str) -> RepRow | None:
    """Return the rep's row at ``desk``. None if the rep is not a member there.

    Every rep is a member of its own desk.
    """
    if rep is None:
        return None
    seat = next((seat for seat in rep.desks if DESK_PREFIX + seat.desk == desk), None)
    if seat is None and desk.startswith(DESK_PREFIX):
        return None
    return RepRow(
        name=rep.name,
        active=rep.active and rep.person,
        event_id=event_id,
        weight=seat.weight if seat else None,
        capacity=seat.capacity if seat else None,
        desks=tuple(one.desk for one in rep.desks),
        calendar=rep.calendar,
        time_zone=rep.time_zone,
        hours=tuple((days, windows) for days, windows in (rep.hours or {}).items() if windows.strip()),
        absences=tuple(sorted((_ms(away.starts_at), _ms(away.ends_at)) for away in rep.absences)),
        deputy=rep.deputy_rep_id,
        manager=rep.manager_rep_id,
        languages=tuple(sorted(set(rep.languages))),
        segments=tuple(sorted(set(rep.segments))),
        on_turn_since_ms=_ms(seat.on_turn_since) if seat and seat.on_turn_since else 0,
    )


def is_absent(rep: RepRow, at_ms: int) -> bool:
    """Whether an absence covers ``at_ms``."""
    return any(starts <= at_ms < ends for starts, ends in rep.absences)


def why_unavailable_at(rep: RepRow | None, at_ms: int) -> PassedOver | None:
    """Return why this rep must not get a lead at ``at_ms``: inactive or absent. None if it may."""
    if rep is None or not rep.active:
        return PassedOver.INACTIVE
    return PassedOver.ABSENT if is_absent(rep, at_ms) else None


def back_at_ms(rep: RepRow, at_ms: int) -> int:
    """Return the first instant from ``at_ms`` on that no absence covers. Absences may meet or overlap."""
    for starts, ends in rep.absences:
        if starts <= at_ms < ends:
            at_ms = ends
    return at_ms


def _ms(instant: datetime) -> int:
    return (instant - _EPOCH) // _MS
