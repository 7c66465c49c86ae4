"""What changed at a rep? Each desk where the rep sits, and the desk of one, gets the record; a desk left gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import RepFacts
from workers.directory.rows import RepVersionRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.crm_reps import CrmRep
    from workers.engine.rows import Rows


def rep_changed(rep: CrmRep, rows: Rows) -> list[RepFacts]:
    """Keep a record; return what desks must hear, nothing where it says nothing new.

    An inactive rep is sent as they are: what that means is the desk's to decide.
    """
    desks = tuple(dict.fromkeys(membership.desk for membership in rep.desks))
    content = rep.model_dump_json(exclude={"event_id", "occurred_at"}, exclude_none=True)
    before = rows.get(RepVersionRow, rep.rep_id)
    if before is not None and before.content == content:
        return []
    rows.put(RepVersionRow(content=content, event_id=rep.event_id, desks=desks), rep.rep_id)
    left = [desk for desk in before.desks if desk not in desks] if before else []
    return [
        *(_facts(f"desk:{desk}", rep.rep_id, None, rep.event_id) for desk in left),
        *(
            _facts(desk, rep.rep_id, rep, rep.event_id)
            for desk in (*map("desk:{}".format, desks), f"rep:{rep.rep_id}")
        ),
    ]


def rep_deleted(rep_id: str, arrival_ms: int, rows: Rows) -> list[RepFacts]:
    """Forget a record; return that every desk of the rep has lost them."""
    before = rows.get(RepVersionRow, rep_id)
    if before is None:
        return []
    rows.delete(RepVersionRow, rep_id)
    cause = f"deleted {before.event_id} {arrival_ms}"
    return [
        _facts(desk, rep_id, None, cause) for desk in (*map("desk:{}".format, before.desks), f"rep:{rep_id}")
    ]


def _facts(desk: str, rep_id: str, rep: CrmRep | None, cause: str) -> RepFacts:
    return RepFacts(event_id=fact_id("rep_facts", rep_id, desk, cause), desk=desk, rep_id=rep_id, rep=rep)
