"""People whom the policy names by rep_id: managers and fallbacks. An alert reports each who is not an active rep.

A desk announces its names to the own desk of each person, which knows the person's record. An hour later that desk
raises the alert if the record is still missing, because the records of a first start arrive one by one. The alert is
cleared when the person is there, or when the policy no longer names the person.

Input: the policy, announcements, reps' records, a timer. Output: announcements, alerts, rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.desk_requests import PersonNamed
from schemas.lead_alerts import LeadAlert
from schemas.topics import DESK_REQUESTS, LEAD_ALERTS
from schemas.vocabulary import Alert
from workers.desks.desk_terms import DESK_PREFIX, REP_PREFIX, Terms, rep_desk
from workers.desks.rows import NamedRow, RepRow, RotationRow
from workers.engine.timers import set_timer
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from workers.engine.api import Emit
    from workers.engine.rows import Rows
    from workers.policy.model import Desk

UNKNOWN_PERSON: Final = "unknown_person"
"""The kind of the timer that looks for the record of a named person. Its key is the person's own desk."""
PATIENCE_MS: Final = 3_600_000
"""Time from an announcement until a missing record is reported."""
_MOST_NAMES: Final = 500


def people_named_by(desk: Desk | None) -> tuple[tuple[str, str], ...]:
    """Return (key, rep_id) of each person whom a desk of the policy names. The key is relative to the desk."""
    if desk is None:
        return ()
    away, skills = desk.everyone_away, desk.skills
    named = {
        "manager": desk.manager,
        "everyone_away.mql": away.mql_fallback,
        "everyone_away.raised_hand": away.raised_hand,
        "skills.when_nobody_has_it": None if skills is None else skills.fallback,
    }
    return tuple((key, rep_id) for key, rep_id in named.items() if rep_id is not None)


def announce_names(terms: Terms, rows: Rows, desk: str) -> list[Emit]:
    """Announce the people whom a team's desk names, and those whom it no longer names, if that has changed."""
    if not desk.startswith(DESK_PREFIX):
        return []
    rotation = rows.get(RotationRow, desk) or RotationRow()
    named = people_named_by(terms.desk(desk))
    if named == rotation.named:
        return []
    rows.put(replace(rotation, named=named), desk)
    changes = [(one, False) for one in rotation.named if one not in named]
    changes += [(one, True) for one in named if one not in rotation.named]
    return [
        emit(DESK_REQUESTS, PersonNamed(desk=rep_desk(rep_id), named_by=desk, key=key, is_named=is_named))
        for (key, rep_id), is_named in changes
    ]


def apply_announcement(terms: Terms, rows: Rows, event: PersonNamed, now_ms: int) -> list[Emit]:
    """Store or delete that a desk names this person. Look for the person's record in an hour."""
    known = rows.get(NamedRow, event.desk, event.named_by, event.key)
    if event.is_named:
        rows.put(known or NamedRow(), event.desk, event.named_by, event.key)
        set_timer(rows, UNKNOWN_PERSON, event.desk, now_ms + PATIENCE_MS)
        return []
    if known is None:
        return []
    rows.delete(NamedRow, event.desk, event.named_by, event.key)
    cleared = replace(known, published=known.published + 1, is_reported=False)
    return (
        [_alert(terms, event.desk, event.named_by, event.key, cleared, now_ms)] if known.is_reported else []
    )


def review_names(terms: Terms, rows: Rows, desk: str, now_ms: int) -> list[Emit]:
    """Raise or clear the alerts about the person of this desk, by the person's record."""
    rep = rows.get(RepRow, desk, desk.removeprefix(REP_PREFIX))
    is_missing = rep is None or not rep.active
    emits = []
    for (_, named_by, key), row in rows.scan(NamedRow, desk, limit=_MOST_NAMES):
        if row.is_reported is not is_missing:
            made = replace(row, published=row.published + 1, is_reported=is_missing)
            rows.put(made, desk, named_by, key)
            emits.append(_alert(terms, desk, named_by, key, made, now_ms))
    return emits


def _alert(terms: Terms, desk: str, named_by: str, key: str, row: NamedRow, now_ms: int) -> Emit:
    rep_id = desk.removeprefix(REP_PREFIX)
    alert_id = fact_id(Alert.PERSON_UNKNOWN, named_by, key, rep_id)
    return emit(
        LEAD_ALERTS,
        LeadAlert(
            event_id=fact_id(alert_id, row.published),
            occurred_at=datetime.fromtimestamp(now_ms / 1000, UTC),
            alert_id=alert_id,
            alert=Alert.PERSON_UNKNOWN,
            cleared=not row.is_reported,
            account_key=named_by,
            rep_id=rep_id,
            desk=named_by,
            policy_key=f"desks.{named_by.removeprefix(DESK_PREFIX)}.{key}",
            policy=terms.ref,
        ),
    )
