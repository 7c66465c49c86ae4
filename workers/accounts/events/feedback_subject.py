"""The lead and the hand-offs that feedback of sales is about.

In: feedback that names a hand-off or a lead. Out: the lead, whether the hand-off is closed, and the lead's open
hand-offs. Nothing is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import DeadLetterReason, SalesAction
from workers.accounts.stages import late_feedback
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.engine.api import RefusedError

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow

ANSWERS: Final = frozenset({SalesAction.ACCEPTED, SalesAction.REJECTED, SalesAction.RETURNED})
"""Feedback that only the holder of a hand-off can give, about this hand-off alone."""


def find_lead(case: Case, event: SalesAnswered) -> tuple[str | None, bool]:
    """Return the lead_id, and whether the named hand-off is closed.

    Raises RefusedError unknown_handoff if the account has no such hand-off, open or closed.
    """
    handoff_id = event.activity.handoff_id
    if handoff_id is None:
        return event.lead_id, False
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is not None:
        return row.lead_id, False
    request = case.account.request
    is_answer = event.activity.action in ANSWERS
    if request is not None and request.handoff_id == handoff_id and not is_answer:
        return request.lead_id, False  # an alert about a full desk has named this hand-off
    closed = case.rows.get(ClosedHandoffRow, case.key, handoff_id)
    if closed is None and event.lead_id is not None:  # a hand-off of the key where the lead was stored before
        return event.lead_id, event.is_over or late_feedback.is_of_earlier_cycle(
            case, event.lead_id, handoff_id
        )
    if closed is None:
        detail = (
            "the handoff_id names no hand-off of this account that is open or was closed in the last 90 days"
        )
        raise RefusedError(DeadLetterReason.UNKNOWN_HANDOFF, detail)
    if closed.is_moved:  # the lead has come back to this key
        return closed.lead_id, late_feedback.is_of_earlier_cycle(case, closed.lead_id, handoff_id)
    is_of_silence = closed.expired_cycle and event.occurred_at_ms < closed.closed_ms
    return closed.lead_id, not is_of_silence or closed.expired_cycle != case.lead(closed.lead_id).cycle


def find_handoffs(case: Case, event: SalesAnswered, lead: LeadRow) -> list[tuple[str, HandoffRow]]:
    """Return (handoff_id, row) of the lead's open hand-offs that the feedback is about.

    Feedback that names one of the lead's open hand-offs is about all of them. Feedback that names only the lead, or a
    hand-off of the lead's former key, is about the hand-offs that were made before it was given. A hand-off that was
    opened again after a reversed expiry or a move counts as made before.
    """
    found = [(one, case.rows.get(HandoffRow, case.key, one)) for one in lead.handoffs]
    is_named = event.activity.handoff_id in lead.handoffs
    return [
        (handoff_id, row)
        for handoff_id, row in found
        if row is not None
        and (
            is_named
            or row.created_ms <= event.occurred_at_ms
            or late_feedback.is_continued_handoff(row.reasons, lead, event)
        )
    ]
