"""The answer of sales that a person gives on the story of a lead: an event for sales.activities, and no write to any state.

In: a posted form with a hand-off, the revision that the person saw, and an action. Out: the event. The router decides what follows,
as for an answer from the CRM. The holder of the hand-off is named as the rep who acted.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Final

from schemas.sales_activities import SalesActivity
from schemas.vocabulary import AssigneeType, RejectReason, SalesAction
from workers.console.access_file import Role
from workers.console.page import Answered, Asked, Elsewhere, Page
from workers.console.shown_text import path_part
from workers.outbox import fact_id

PRODUCER: Final = "lead-router-console"
ACTIONS: Final = (SalesAction.TOUCHED, SalesAction.ACCEPTED, SalesAction.REJECTED, SalesAction.RETURNED)
"""The actions that the page offers for a hand-off with a rep."""
_MINUTE_MS: Final = 60_000


def load(connection: sqlite3.Connection, asked: Asked) -> Answered | Elsewhere | None:
    """Return the event. An answer to an older revision sends the browser to the story, which shows what has changed."""
    form = asked.form
    row = connection.execute(
        "SELECT lead_id, revision, holder_id, holder_type FROM handoffs WHERE handoff_id = ?",
        (form.get("handoff_id", ""),),
    ).fetchone()
    action = next((one for one in ACTIONS if one == form.get("action")), None)
    if row is None or action is None or not asked.may_act:
        return None
    lead_id, revision, holder_id, holder_type = row
    path = f"/leads/{path_part(lead_id)}"
    if form.get("revision") != str(revision) or holder_type != AssigneeType.REP:
        return Elsewhere(path)
    reason = next((one for one in RejectReason if one == form.get("reason")), RejectReason.NOT_NOW)
    facts: list[object] = [PRODUCER, form["handoff_id"], revision, action]
    if action is SalesAction.TOUCHED:
        facts.append(asked.now_ms // _MINUTE_MS)  # there may be many touches, but not two in a minute
    return Answered(
        SalesActivity(
            event_id=fact_id(*facts),
            occurred_at=datetime.fromtimestamp(asked.now_ms / 1_000, UTC),
            producer=PRODUCER,
            action=action,
            handoff_id=form["handoff_id"],
            rep_id=holder_id,
            reason=reason if action is SalesAction.REJECTED else None,
        ),
        path,
    )


PAGE: Final = Page(
    name="answer", path="/answers", title="Answer", load=load, is_posted=True, in_menu=False, role=Role.ACT
)
