"""Alerts about a rep's record: slips, fields that cannot be read, and a deputy or manager whom the CRM does not have.

Input: the rep's record at the rep's own desk, a policy change, a colleague's record. Output: alerts, raised once and
cleared when the record is right; rows that keep which are open. Records of reps arrive in any order, so a deputy or a
manager has ten minutes to appear.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from schemas.desk_requests import RepFacts, RepNamed
from schemas.outputs import LeadAlert
from schemas.topics import CRM_REPS, DESK_REQUESTS, LEAD_ALERTS
from schemas.vocabulary import Alert
from workers.desks.desk_terms import REP_PREFIX, Terms, rep_desk
from workers.desks.rep_slips import find_slips
from workers.desks.rows import NamedByRow, RepRow, SlipRow
from workers.engine.api import Cursor, Emit
from workers.engine.rows import Rows
from workers.engine.timers import set_timer
from workers.outbox import emit, fact_id

Role: TypeAlias = Literal["deputy", "manager"]
NAME_CHECK: Final = "name_check"
"""The kind of the timer after which a named rep must exist. Its key is that rep's own desk."""
SLIPS: Final = "slips"
"""The kind of the cursor that reviews all reps' records after a policy change."""
GRACE_MS: Final = 600_000
"""Time in which the record of a named rep may still arrive. Milliseconds."""
_MOST_SLIPS: Final = 200
_MOST_NAMING: Final = 1_000
_CHUNK: Final = 50
_ROLES: Final[tuple[Role, ...]] = ("deputy", "manager")


def review_record(
    terms: Terms, rows: Rows, event: RepFacts, before: RepRow | None, now_ms: int
) -> list[Emit]:
    """Handle a record at its rep's own desk, whose row is stored already. ``before``: the row until now."""
    rep = rows.get(RepRow, event.desk, event.rep_id) or RepRow()
    unread = tuple(
        SlipRow(alert=Alert.FIELD_UNREADABLE, field=one.field, found=one.word) for one in event.unread or ()
    )
    emits = _replace_slips(terms, rows, event.desk, (*unread, *_slips_of(terms, rep)), now_ms, event.event_id)
    if before is None:
        emits += _clear_naming(terms, rows, event.desk, now_ms, event.event_id)
    for field in _ROLES:
        was = getattr(before, field) if before and before.active else None
        named = getattr(rep, field) if rep.active else None
        if was and was != named:
            emits.append(_named(was, event, field, is_named=False))
        if named:
            emits.append(_named(named, event, field, is_named=True))
    return emits


def review_chunk(terms: Terms, rows: Rows, cursor: Cursor, now_ms: int) -> tuple[list[Emit], str | None]:
    """Review one chunk of all reps' records by the present policy. Return where to continue, or None at the end."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else (REP_PREFIX,)
    found = rows.scan(RepRow, after=after, limit=_CHUNK)
    emits: list[Emit] = []
    for (desk, rep_id), rep in found:
        if desk == rep_desk(rep_id):
            kept = (one for _, one in _open(rows, desk) if one.alert is Alert.FIELD_UNREADABLE)
            slips = (*kept, *_slips_of(terms, rep))
            emits += _replace_slips(terms, rows, desk, slips, now_ms, terms.ref.hash)
    return emits, "\x00".join(found[-1][0]) if len(found) == _CHUNK else None


def apply_naming(terms: Terms, rows: Rows, event: RepNamed, now_ms: int) -> list[Emit]:
    """Store or delete that a colleague's record names this rep. An unknown rep is looked at again after ten minutes."""
    known = rows.get(NamedByRow, event.desk, event.rep_id, event.field)
    if not event.is_named:
        rows.delete(NamedByRow, event.desk, event.rep_id, event.field)
        if known is None or not known.is_reported:
            return []
        return [
            _naming_alert(terms, event.desk, event.rep_id, event.field, now_ms, event.event_id, cleared=True)
        ]
    if known is None:
        rows.put(NamedByRow(), event.desk, event.rep_id, event.field)
    if not _exists(rows, event.desk):
        set_timer(rows, NAME_CHECK, event.desk, now_ms + GRACE_MS)
    return []


def report_unknown(terms: Terms, rows: Rows, desk: str, now_ms: int) -> list[Emit]:
    """Handle the timer: raise an alert for each record that names this rep, if the rep still does not exist."""
    if _exists(rows, desk):
        return []
    emits = []
    for (_, rep_id, field), row in rows.scan(NamedByRow, desk, limit=_MOST_NAMING):
        if not row.is_reported:
            rows.put(NamedByRow(is_reported=True), desk, rep_id, field)
            emits.append(_naming_alert(terms, desk, rep_id, field, now_ms, NAME_CHECK, cleared=False))
    return emits


def _clear_naming(terms: Terms, rows: Rows, desk: str, now_ms: int, cause: str) -> list[Emit]:
    """Clear the alerts of the records that name this rep, who exists from now on."""
    emits = []
    for (_, rep_id, field), row in rows.scan(NamedByRow, desk, limit=_MOST_NAMING):
        if row.is_reported:
            rows.put(NamedByRow(), desk, rep_id, field)
            emits.append(_naming_alert(terms, desk, rep_id, field, now_ms, cause, cleared=True))
    return emits


def _slips_of(terms: Terms, rep: RepRow) -> tuple[SlipRow, ...]:
    return tuple(
        SlipRow(alert=Alert.NAME_UNKNOWN, field=one.field, found=one.found, available=one.available)
        for one in find_slips(terms.policy, rep)
    )


def _replace_slips(
    terms: Terms, rows: Rows, desk: str, slips: tuple[SlipRow, ...], now_ms: int, cause: str
) -> list[Emit]:
    """Store the open slips of a record. Return the alerts that are raised and cleared."""
    rep_id = desk.removeprefix(REP_PREFIX)
    now = {fact_id(one.alert, desk, one.field, one.found or ""): one for one in slips}
    held = dict(_open(rows, desk))
    emits = []
    for alert_id, row in held.items():
        if alert_id not in now:
            rows.delete(SlipRow, desk, alert_id)
            emits.append(_alert(terms, rep_id, alert_id, row, now_ms, cause, cleared=True))
    for alert_id, row in now.items():
        if alert_id not in held:
            rows.put(row, desk, alert_id)
            emits.append(_alert(terms, rep_id, alert_id, row, now_ms, cause, cleared=False))
    return emits


def _open(rows: Rows, desk: str) -> list[tuple[str, SlipRow]]:
    return [(alert_id, row) for (_, alert_id), row in rows.scan(SlipRow, desk, limit=_MOST_SLIPS)]


def _exists(rows: Rows, desk: str) -> bool:
    return rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX)) is not None


def _named(named: str, event: RepFacts, field: Role, *, is_named: bool) -> Emit:
    desk = rep_desk(named)
    event_id = fact_id("rep_named", desk, event.rep_id, field, is_named, event.event_id)
    return emit(
        DESK_REQUESTS,
        RepNamed(event_id=event_id, desk=desk, rep_id=event.rep_id, field=field, is_named=is_named),
    )


def _naming_alert(
    terms: Terms, desk: str, rep_id: str, field: str, now_ms: int, cause: str, *, cleared: bool
) -> Emit:
    found = desk.removeprefix(REP_PREFIX)
    row = SlipRow(alert=Alert.NAME_UNKNOWN, field=f"{field}_rep_id", found=found)
    alert_id = fact_id(row.alert, rep_desk(rep_id), row.field, found)
    return _alert(terms, rep_id, alert_id, row, now_ms, cause, cleared=cleared)


def _alert(
    terms: Terms, rep_id: str, alert_id: str, row: SlipRow, now_ms: int, cause: str, *, cleared: bool
) -> Emit:
    alert = LeadAlert(
        event_id=fact_id("alert", alert_id, cleared, cause, now_ms),
        occurred_at=datetime.fromtimestamp(now_ms / 1000, UTC),
        alert_id=alert_id,
        alert=row.alert,
        cleared=cleared,
        account_key=rep_desk(rep_id),
        rep_id=rep_id,
        topic=CRM_REPS.name,
        field=row.field,
        found=row.found,
        available=list(row.available) or None,
        policy=terms.ref,
    )
    return emit(LEAD_ALERTS, alert)
