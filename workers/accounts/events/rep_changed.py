"""A rep on whom the account depends has left, is away, or is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.desk_protocol import absence
from workers.accounts.handoffs import rep_watch

if TYPE_CHECKING:
    from schemas.lead_events import RepChanged
    from workers.accounts.case import Case


def handle(case: Case, event: RepChanged) -> None:
    """Record that the rep has left or is back, and freeze or resume the deadlines of an absent holder."""
    case.request_needs_review = True
    if event.change == "left":
        rep_watch.add_inactive_rep(case, event.rep_id)
    elif event.rep_id in case.account.gone:
        rep_watch.remove_inactive_rep(case, event.rep_id)
    absence.apply_presence(case, event)
