"""Late feedback of sales: the hand-off has expired or moved since its date, or the lead has raised its hand since.

In: feedback with its own date, and the lead as it is now. Out: what the feedback is about. Rows are read, none is
written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason, SalesAction, Stage
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow, PendingRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.lead import LeadRow

ENDS_CYCLE: Final = frozenset({SalesAction.REJECTED, SalesAction.LOST})
"""Feedback that ends a cycle. What is dated later may bring the lead back."""


def is_dated_before_expiry(case: Case, event: SalesAnswered, lead: LeadRow) -> bool:
    """Whether late feedback is about a hand-off that was open at its date and that an expiry has closed since."""
    if lead.verdict is not Stage.EXPIRED or not lead.expired_with_handoff:
        return False
    handoff_id = event.activity.handoff_id
    closed = None if handoff_id is None else case.rows.get(ClosedHandoffRow, case.key, handoff_id)
    is_meant = handoff_id is None or (closed is not None and closed.expired_cycle == lead.cycle)
    return is_meant and event.occurred_at_ms < lead.said_no_ms


def day_raised_since(hand: LeadInHand, event: SalesAnswered) -> int:
    """Return the day of a hand raised after the feedback was given and received before it, or 0."""
    case, lead_id, lead = hand.case, hand.lead_id, hand.lead
    if event.activity.action not in ENDS_CYCLE:
        return 0
    at_ms, first_day = event.occurred_at_ms, case.terms.day_of(event.occurred_at_ms)
    raised = [
        (row.created_ms, row.day)
        for handoff_id in lead.handoffs
        if handoff_id != event.activity.handoff_id
        and (row := case.rows.get(HandoffRow, case.key, handoff_id)) is not None
        and Reason.RAISED_HAND in row.reasons
        and Reason.ACCOUNT_MOVED not in row.reasons  # the hand was raised before, under another key
    ]
    waits = case.rows.get(PendingRow, case.key, lead.pending, lead_id) if lead.pending else None
    if waits is not None and waits.raised and Reason.ACCOUNT_MOVED not in waits.reasons:
        raised.append((waits.since_ms, waits.day))
    return max((day for since_ms, day in raised if since_ms > at_ms and day >= first_day), default=0)


def is_of_earlier_cycle(case: Case, lead_id: str, handoff_id: str) -> bool:
    """Whether a hand-off belongs to a cycle that has ended. Its id is ``<account_key>#<cycle>.<n>``."""
    cycle = handoff_id.rpartition("#")[2].partition(".")[0]
    return int(cycle) < case.lead(lead_id).cycle


def is_between_accounts(hand: LeadInHand, event: SalesAnswered) -> bool:
    """Whether the hand-off was withdrawn because the account moved, and the lead waits here for its next one."""
    case, lead_id, lead = hand.case, hand.lead_id, hand.lead
    due = case.rows.get(PendingRow, case.key, lead.pending, lead_id) if lead.pending else None
    return due is not None and is_continued_handoff(due.reasons, lead, event)


def is_continued_handoff(reasons: Sequence[Reason], lead: LeadRow, event: SalesAnswered) -> bool:
    """Whether a hand-off continues an earlier one of the same cycle: an expiry was reversed, or the account moved.

    After a move, feedback that names only the lead must be dated after the end of the lead's last cycle, and not before
    the request that the hand-off is for.
    """
    if Reason.EXPIRY_TAKEN_BACK in reasons:
        return True
    if event.activity.handoff_id is not None or Reason.ACCOUNT_MOVED not in reasons:
        return Reason.ACCOUNT_MOVED in reasons
    asked_ms = lead.asked_ms if Reason.RAISED_HAND in reasons else 0
    return event.occurred_at_ms > lead.said_no_ms and event.occurred_at_ms >= asked_ms
