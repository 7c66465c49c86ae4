"""Apply reps' records to the desks, and notify the accounts that depend on a rep.

Input: reps' records, presence changes, accounts that depend on a rep. Output: changed rows; a RepChanged to each
account, in chunks, when its rep leaves, is away or is back; answers to leads that waited for the rep.

A new member of a desk starts with credit 0 and gets no turns for the time before. A member who leaves takes its credit
along, positive or negative. The credits of the others stay unchanged.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.desk_requests import AccountDepends, DeskRequest, LookAgain, RepFacts
from schemas.lead_events import RepChanged
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from workers.desks.desk_terms import REP_PREFIX, Terms, rep_desk
from workers.desks.missed_responses import report_return
from workers.desks.presence import rep_row_at, why_unavailable_at
from workers.desks.presence_changes import presence_at, schedule_presence_change
from workers.desks.rows import AskedRow, DependsRow, RepRow, RotationRow
from workers.desks.slip_alerts import review_record
from workers.desks.waiting_release import release_waiting
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.engine.timers import start_cursor
from workers.outbox import emit, fact_id

NOTIFY = "tell"
"""The kind of the cursor over a rep's accounts. Its key is the rep's own desk."""
_CHUNK = 50
_MOST_ASKING = 1_000
"""Most desks that one rep's return notifies: teams and colleagues that the rep may substitute for."""


def apply_rep_record(terms: Terms, rows: Rows, event: RepFacts, now_ms: int) -> list[Emit]:
    """Store a rep's record at one desk, and release leads that can be assigned now.

    At a team the rep joins or leaves the rotation. At the rep's own desk a change of presence notifies the accounts,
    the next change is scheduled, and desks that asked this rep in its absence are notified.
    """
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
            *review_record(terms, rows, event, before, now_ms),
            *release_waiting(terms, rows, event.desk, now_ms),
            *notify_asking_desks(rows, event.desk, now_ms),
        ]
    if after is None:
        _leave_rotation(rows, event)
    else:
        rows.put(after, event.desk, event.rep_id)
        if before is None:
            _join_rotation(rows, event)
        back = report_return(terms, rows, event.desk, event.rep_id, before, after, now_ms)
        return [*back, *release_waiting(terms, rows, event.desk, now_ms)]
    return release_waiting(terms, rows, event.desk, now_ms)


def apply_presence_change(rows: Rows, desk: str, now_ms: int) -> None:
    """Handle the timer of a rep whose absence begins or ends now: notify the rep's accounts."""
    rep = rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX))
    if rep is not None:
        _start_notifying(rows, desk)
        schedule_presence_change(rows, desk, rep, now_ms)


def remember_asking_desk(rows: Rows, request: DeskRequest) -> None:
    """Remember which desk asked this rep to substitute, so that it is notified when the rep is back.

    It is the team whose fallback the rep is, or the own desk of the rep for whom the lead was meant.
    """
    if not request.desk.startswith(REP_PREFIX):
        return
    asking = request.origin_desk if request.is_stood_in_for else None
    if asking is None and request.away:
        asking = rep_desk(request.away[0])
    if asking is not None and asking != request.desk:
        rows.put(AskedRow(), request.desk, asking)


def notify_asking_desks(rows: Rows, desk: str, now_ms: int) -> list[Emit]:
    """Emit a LookAgain to each desk that asked this rep in its absence, if the rep is available now."""
    if why_unavailable_at(rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX)), now_ms) is not None:
        return []
    found = rows.scan(AskedRow, desk, limit=_MOST_ASKING)
    for (_, asking), _ in found:
        rows.delete(AskedRow, desk, asking)
    return [emit(DESK_REQUESTS, LookAgain(desk=asking)) for (_, asking), _ in found]


def apply_dependence(rows: Rows, event: AccountDepends, now_ms: int) -> list[Emit]:
    """Store or delete that an account has hand-offs assigned to this rep.

    If the rep has left or is away already, the account is notified at once.
    """
    if not event.depends:
        rows.delete(DependsRow, event.desk, event.account_key)
        return []
    rows.put(DependsRow(), event.desk, event.account_key)
    rep = rows.get(RepRow, event.desk, event.desk.removeprefix(REP_PREFIX))
    if rep is None or presence_at(rep, now_ms).change == "returned":
        return []
    return [_make_rep_changed(event.desk, event.account_key, rep, now_ms)]


def notify_accounts(rows: Rows, desk: str, position: str, now_ms: int) -> tuple[list[Emit], str | None]:
    """Notify one chunk of the rep's accounts; return the position to continue at, or None at the end."""
    rep = rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX))
    found = rows.scan(DependsRow, desk, after=(desk, position) if position else (), limit=_CHUNK)
    emits = [] if rep is None else [_make_rep_changed(desk, key, rep, now_ms) for (_, key), _ in found]
    return emits, found[-1][0][1] if len(found) == _CHUNK else None


def _start_notifying(rows: Rows, desk: str) -> None:
    """Start the cursor that notifies the rep's accounts, if there are any."""
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
    """Add a new member to the rotation, with credit 0."""
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
    """Remove a member from the rotation."""
    rows.delete(RepRow, event.desk, event.rep_id)
    rotation = rows.get(RotationRow, event.desk)
    if rotation is None or event.rep_id not in rotation.credits:
        return
    credits_ = {rep_id: credit for rep_id, credit in rotation.credits.items() if rep_id != event.rep_id}
    joined = {rep_id: turn for rep_id, turn in rotation.joined.items() if rep_id != event.rep_id}
    # ``taken`` stays: a rep who rejoins in the same period has that capacity used already.
    rows.put(replace(rotation, credits=credits_, joined=joined), event.desk)
