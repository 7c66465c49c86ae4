"""Changes of a rep's CRM record, as messages to desks.

Each desk of the rep gets the new record, and so does the desk `rep:<rep_id>` that the rep has alone. A desk that the
rep has left gets a message without a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import RepFacts
from workers.directory.kept_values import pack_unread, with_kept_values
from workers.directory.rows import RepVersionRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.base import UnreadField
    from schemas.crm_reps import CrmRep
    from workers.engine.rows import Rows


def rep_changed(
    rep: CrmRep, dated_ms: int, rows: Rows, unread: tuple[UnreadField, ...] = ()
) -> list[RepFacts]:
    """Store a rep's record. Return the messages to desks, or an empty list if nothing changed.

    ``dated_ms``: the date of the version. A version that is older than the stored one changes nothing. ``unread``: the
    fields of the version that could not be read. They keep their last values.

    An inactive rep's record is sent too: the desk decides what inactive means.
    """
    before = rows.get(RepVersionRow, rep.rep_id)
    if before is not None and dated_ms < before.dated_ms:
        return []
    rep = with_kept_values(rep, unread, before.content if before else "")
    content = rep.model_dump_json(exclude={"event_id", "occurred_at"}, exclude_none=True)
    now = RepVersionRow(
        content=content,
        event_id=rep.event_id,
        desks=tuple(dict.fromkeys(membership.desk for membership in rep.desks)),
        dated_ms=dated_ms,
        unread=pack_unread(unread),
    )
    rows.put(now, rep.rep_id)
    if before is not None and (before.content, before.unread) == (content, now.unread):
        return []
    left = [desk for desk in before.desks if desk not in now.desks] if before else []
    return [
        *(_facts(f"desk:{desk}", rep.rep_id, None, rep.event_id) for desk in left),
        *(
            _facts(desk, rep.rep_id, rep, rep.event_id, unread)
            for desk in (*map("desk:{}".format, now.desks), f"rep:{rep.rep_id}")
        ),
    ]


def rep_deleted(rep_id: str, arrival_ms: int, rows: Rows) -> list[RepFacts]:
    """Delete a rep's record. Return a message without a record to each desk of the rep.

    The date of the deleted version is kept: an older version that arrives later does not bring the rep back.
    """
    before = rows.get(RepVersionRow, rep_id)
    if before is None or not before.content:
        return []
    rows.put(RepVersionRow(content="", event_id=before.event_id, dated_ms=before.dated_ms), rep_id)
    cause = f"deleted {before.event_id} {arrival_ms}"
    return [
        _facts(desk, rep_id, None, cause) for desk in (*map("desk:{}".format, before.desks), f"rep:{rep_id}")
    ]


def _facts(
    desk: str, rep_id: str, rep: CrmRep | None, cause: str, unread: tuple[UnreadField, ...] = ()
) -> RepFacts:
    event_id = fact_id("rep_facts", rep_id, desk, cause)
    return RepFacts(event_id=event_id, desk=desk, rep_id=rep_id, rep=rep, unread=list(unread) or None)
