"""Reps come, change and go: what a desk knows of them, and which accounts are told when one leaves, is away or is back.

In: rep facts, accounts that depend on a rep. Out: changed rows, RepChanged to each account in chunks, answers to leads
that waited for somebody. A newcomer starts with no credit and catches up nothing; a leaver takes along
what was owed either way: the others stand where they stood.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.desk_requests import AccountDepends, DeskRequest, LookAgain, RepFacts
from schemas.lead_events import RepChanged
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from workers.desks.desk_terms import REP_PREFIX, Terms, rep_desk
from workers.desks.presence import rep_row_at, why_unavailable_at
from workers.desks.presence_changes import presence_at, schedule_presence_change
from workers.desks.rows import AskedRow, DependsRow, RepRow, RotationRow
from workers.desks.waiting_release import release_waiting
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.engine.timers import start_cursor
from workers.outbox import emit, fact_id

NOTIFY = "tell"
_CHUNK = 50
_MOST_ASKING = 1_000
"""Desks and colleagues for whom one rep may stand in."""


def apply_rep_record(terms: Terms, rows: Rows, event: RepFacts, now_ms: int) -> list[Emit]:
    """Take a rep's record: into the rotation, or out of it, and let those go who waited for this."""
    before = rows.get(RepRow, event.desk, event.rep_id)
    after = rep_row_at(event.desk, event.rep, event.event_id)
    if event.desk.startswith(REP_PREFIX):
        after = after or RepRow(name=before.name if before else "", event_id=event.event_id)
        rows.put(after, event.desk, event.rep_id)
        was = None if before is None else presence_at(before, now_ms).change
        if (was or "left") != presence_at(after, now_ms).change:
            _start_notifying(rows, event.desk)
        schedule_presence_change(rows, event.desk, after, now_ms)
        return [
            *release_waiting(terms, rows, event.desk, now_ms),
            *notify_asking_desks(rows, event.desk, now_ms),
        ]
    if after is None:
        _leave_rotation(rows, event)
    else:
        rows.put(after, event.desk, event.rep_id)
        if before is None:
            _join_rotation(rows, event)
    return release_waiting(terms, rows, event.desk, now_ms)


def apply_presence_change(rows: Rows, desk: str, now_ms: int) -> None:
    """The timer of a rep whose absence begins or ends now."""
    rep = rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX))
    if rep is not None:
        _start_notifying(rows, desk)
        schedule_presence_change(rows, desk, rep, now_ms)


def remember_asking_desk(rows: Rows, request: DeskRequest) -> None:
    """Remember who waits because this rep is not there: the desk whose fallback it is, or the owner it would stand in for."""
    if not request.desk.startswith(REP_PREFIX):
        return
    asking = request.origin_desk if request.is_stood_in_for else None
    if asking is None and request.away:
        asking = rep_desk(request.away[0])
    if asking is not None and asking != request.desk:
        rows.put(AskedRow(), request.desk, asking)


def notify_asking_desks(rows: Rows, desk: str, now_ms: int) -> list[Emit]:
    """Tell desks that asked this rep in vain, now that the rep is there."""
    if why_unavailable_at(rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX)), now_ms) is not None:
        return []
    found = rows.scan(AskedRow, desk, limit=_MOST_ASKING)
    for (_, asking), _ in found:
        rows.delete(AskedRow, desk, asking)
    return [emit(DESK_REQUESTS, LookAgain(desk=asking)) for (_, asking), _ in found]


def apply_dependence(rows: Rows, event: AccountDepends, now_ms: int) -> list[Emit]:
    """Remember (or forget) that an account has this rep; one that has left or is away already is reported at once."""
    if not event.depends:
        rows.delete(DependsRow, event.desk, event.account_key)
        return []
    rows.put(DependsRow(), event.desk, event.account_key)
    rep = rows.get(RepRow, event.desk, event.desk.removeprefix(REP_PREFIX))
    if rep is None or presence_at(rep, now_ms).change == "returned":
        return []
    return [_make_rep_changed(event.desk, event.account_key, rep, now_ms)]


def notify_accounts(rows: Rows, desk: str, position: str, now_ms: int) -> tuple[list[Emit], str | None]:
    """Tell the next accounts how their rep stands now; return where to go on, or None."""
    rep = rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX))
    found = rows.scan(DependsRow, desk, after=(desk, position) if position else (), limit=_CHUNK)
    emits = [] if rep is None else [_make_rep_changed(desk, key, rep, now_ms) for (_, key), _ in found]
    return emits, found[-1][0][1] if len(found) == _CHUNK else None


def _start_notifying(rows: Rows, desk: str) -> None:
    if rows.scan(DependsRow, desk, limit=1):
        start_cursor(rows, NOTIFY, desk)


def _make_rep_changed(desk: str, account_key: str, rep: RepRow, now_ms: int) -> Emit:
    rep_id = desk.removeprefix(REP_PREFIX)
    change, since_ms = presence_at(rep, now_ms)
    return emit(
        LEAD_EVENTS,
        RepChanged(
            event_id=fact_id("rep_changed", account_key, rep_id, change, rep.event_id, since_ms or 0),
            account_key=account_key,
            rep_id=rep_id,
            change=change,
            since_ms=since_ms if change == "away" else None,
        ),
    )


def _join_rotation(rows: Rows, event: RepFacts) -> None:
    rotation = rows.get(RotationRow, event.desk) or RotationRow()
    rows.put(
        replace(
            rotation,
            credits=rotation.credits | {event.rep_id: 0},
            joined=rotation.joined | {event.rep_id: rotation.turn},
        ),
        event.desk,
    )


def _leave_rotation(rows: Rows, event: RepFacts) -> None:
    rows.delete(RepRow, event.desk, event.rep_id)
    rotation = rows.get(RotationRow, event.desk)
    if rotation is None or event.rep_id not in rotation.credits:
        return
    credits_ = {rep_id: credit for rep_id, credit in rotation.credits.items() if rep_id != event.rep_id}
    joined = {rep_id: turn for rep_id, turn in rotation.joined.items() if rep_id != event.rep_id}
    # What was taken in this period stays counted: who comes back in the same week finds it used.
    rows.put(replace(rotation, credits=credits_, joined=joined), event.desk)
