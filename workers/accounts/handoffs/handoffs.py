"""Hand-offs: opened, reassigned together, relabelled, withdrawn. Each change is one revision on ``lead.routing``.

In: decisions made elsewhere. Out: rows and outputs. At every prefix of the output the open hand-offs of an account have
one assignee: if several are reassigned, all but one are withdrawn before the first goes to the new holder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.vocabulary import Action, AssigneeType, Kind, PassedOver, Qualification, Reason
from workers.accounts.handoffs import deadlines, open_index, substitutes
from workers.accounts.handoffs.deadlines import ResponseDeadlines
from workers.accounts.handoffs.routing_output import publish_revision
from workers.accounts.handoffs.touches import clear_early_rejection
from workers.accounts.stages.qualifying import current_label
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.accounts.state.parts import Part
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.state.lead import LeadRow

FORGET = "forget"
"""Kind of the timer that deletes a closed hand-off."""
REMEMBERED_MS = 90 * 86_400_000
"""Time for which a closed hand-off is kept to recognise late answers: 90 days."""
_EXCLUSIONS = frozenset({Reason.EXCLUDED, Reason.COMPETITOR, Reason.OWN_DOMAIN})
"""Reasons for which the policy excludes an account."""
_ENDED_BY_SALES = frozenset({Reason.SALES_REJECTED, Reason.SALES_RETURNED, Reason.OPPORTUNITY_LOST})
"""Reasons of a withdrawal that sales itself has reported."""


class TransferRequest(Part, frozen=True):
    """The desk request for which open hand-offs are reassigned, and the hand-off that it names."""

    handoff_id: str
    request_id: str
    desk: str
    mode: RequestMode


class Transfer(Part, frozen=True):
    """A reassignment of open hand-offs to a new holder."""

    holder: Holder
    """New holder."""
    kind: Kind
    """Kind of the hand-off that was requested."""
    due: ResponseDeadlines
    """Deadlines of the hand-offs of that kind."""
    reasons: tuple[Reason, ...]
    """Reasons of the new revisions."""
    clocks: tuple[tuple[str, ResponseDeadlines], ...] = ()
    """Deadlines of single hand-offs, by handoff_id. At most 20."""
    passed_over: tuple[tuple[str, PassedOver], ...] = ()
    """(rep_id, reason) of the reps whom the desk passed over. At most 20."""
    asked: TransferRequest | None = None
    """Request that took the turn. Only a rejection of its hand-off may return that turn. None: no hand-off is named."""
    by_kind: tuple[tuple[Kind, bool, ResponseDeadlines], ...] = ()
    """(kind, whether a hand was raised, deadlines) of hand-offs without deadlines of their own. At most 10."""

    def deadlines_for(self, handoff_id: str, row: HandoffRow) -> ResponseDeadlines | None:
        """Return the deadlines of a hand-off: its own, else those of its kind. None: the desk gave neither."""
        own = next((due for one, due in self.clocks if one == handoff_id), None)
        if own is not None:
            return own
        asked = (row.kind, deadlines.is_raised(row))
        return next((due for kind, raised, due in self.by_kind if (kind, raised) == asked), None)


def open_handoff(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow) -> LeadRow:
    """Open a hand-off. Return its lead with the hand-off listed."""
    open_index.write_handoff(case, handoff_id, row)
    case.change(holder=row.holder)
    deadlines.start_timers(case, handoff_id, row)
    clear_early_rejection(case, row.lead_id)
    publish_revision(case, handoff_id, row, lead, Action.ASSIGNED, row.reasons)
    return replace(lead, handoffs=(*lead.handoffs, handoff_id))


def reassign_all(case: Case, transfer: Transfer) -> None:
    """Give all open hand-offs to ``transfer.holder``. bulk_transfer.py does this for a large account."""
    moving = [
        one
        for one in open_index.open_rows(case)
        if one[1].holder.id != transfer.holder.id or one[1].withdrawn_for
    ]
    moved: list[tuple[str, HandoffRow]] = []
    for at, (handoff_id, row) in enumerate(moving):
        made = row
        if at:
            made = withdraw(case, handoff_id, row, transfer.reasons)
        moved.append((handoff_id, made))
    for handoff_id, row in moved:
        reassign(case, handoff_id, row, transfer)


def withdraw(case: Case, handoff_id: str, row: HandoffRow, reasons: tuple[Reason, ...]) -> HandoffRow:
    """Publish that a hand-off has no assignee until its next holder has it, and return it. No row is written.

    ``reasons``: at least one, because a hand-off in transit is known by them.
    """
    if row.withdrawn_for:
        return row
    made = replace(row, revision=row.revision + 1, withdrawn_for=reasons)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.WITHDRAWN, reasons)
    return made


def reassign(case: Case, handoff_id: str, row: HandoffRow, transfer: Transfer) -> None:
    """Give a hand-off to ``transfer.holder``, who has all others that are open.

    It gets its own deadlines, else those of its kind. A partner has one time for all kinds. If a desk gave neither, a
    hand-off of another kind keeps its present ones as long as they run and are in the future.
    """
    deadlines.stop_timers(case, handoff_id)
    made = replace(
        row,
        revision=row.revision + 1,
        holder=transfer.holder,
        passed_over=transfer.passed_over,
        request_desk="",
        withdrawn_for=(),
    )
    lead = case.lead(row.lead_id)
    if row.qualification is not None:
        fit = fit_of(case.terms, case.account.company, lead, case.today)
        made = replace(made, qualification=current_label(case, lead, fit.state))
    if transfer.asked is not None and transfer.asked.handoff_id == handoff_id:
        asked = transfer.asked
        made = replace(made, request_id=asked.request_id, request_desk=asked.desk, mode=asked.mode)
    own = transfer.deadlines_for(handoff_id, row)
    is_stale = row.frozen_ms is not None or (row.due_ms or 0) <= case.now_ms
    is_stale |= transfer.holder.type is AssigneeType.PARTNER
    if row.touched_ms is None and own is not None:
        made = deadlines.with_deadlines(made, own)
    elif row.touched_ms is None and (row.kind is transfer.kind or is_stale):
        made = deadlines.with_deadlines(made, transfer.due)
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, lead, Action.REASSIGNED, transfer.reasons)


def return_to_holder(case: Case, handoff_id: str, row: HandoffRow, holder: Holder) -> None:
    """Give a hand-off in transit to the account's present holder, because it moves no further.

    After an exclusion the account's facts are the reason.
    """
    reasons = row.withdrawn_for if _EXCLUSIONS.isdisjoint(row.withdrawn_for) else (Reason.FACTS_CHANGED,)
    made = replace(row, revision=row.revision + 1, holder=holder, withdrawn_for=())
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.REASSIGNED, reasons)


def resume_deadlines(
    case: Case, handoff_id: str, row: HandoffRow, due: ResponseDeadlines, reasons: Sequence[Reason]
) -> None:
    """Restart the frozen deadlines of a hand-off as ``due``, because its holder is back. Publish a revision."""
    if row.frozen_ms is None:
        return
    made = deadlines.with_deadlines(replace(row, revision=row.revision + 1), due)
    open_index.write_handoff(case, handoff_id, made)
    deadlines.start_timers(case, handoff_id, made)
    publish_revision(case, handoff_id, made, case.lead(row.lead_id), Action.REASSIGNED, reasons)


def holder_of(case: Case, row: HandoffRow) -> Holder | None:
    """Return the holder of a hand-off. For one in transit this is the account's holder, who will get it."""
    return case.account.holder if row.withdrawn_for else row.holder


def close(
    case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, reasons: tuple[Reason, ...]
) -> LeadRow:
    """Withdraw a hand-off. Return its lead without it. The rep who worked it becomes the account's last rep.

    A hand-off in transit is withdrawn already: only other reasons make another revision.
    """
    holder = holder_of(case, row)
    deadlines.stop_timers(case, handoff_id)
    if row.withdrawn_for != reasons:
        made = replace(row, revision=row.revision + 1)
        publish_revision(case, handoff_id, made, lead, Action.WITHDRAWN, reasons)
    is_rep = holder is not None and holder.type is AssigneeType.REP
    last_rep = substitutes.last_rep_after(case, holder, row) if holder is not None and is_rep else None
    open_index.delete_handoff(case, handoff_id)
    closed = ClosedHandoffRow(
        lead_id=row.lead_id,
        closed_ms=case.now_ms,
        is_moved=Reason.ACCOUNT_MOVED in reasons,
        expired_cycle=row.cycle if Reason.NO_TOUCH_IN_TIME in reasons else 0,
        is_answered=not _ENDED_BY_SALES.isdisjoint(reasons),
        had=_reps_behind(holder),
    )
    case.rows.put(closed, case.key, handoff_id)
    if closed.is_moved:
        lead = replace(lead, clock=deadlines.clock_to_move(lead, row))
    set_timer(case.rows, FORGET, handoff_id, case.now_ms + REMEMBERED_MS)
    if last_rep is not None:
        case.change(last_rep=last_rep)
    if case.account.open_handoffs == 0:
        case.change(holder=None)
    case.request_needs_review = True
    return replace(lead, handoffs=tuple(one for one in lead.handoffs if one != handoff_id))


def _reps_behind(holder: Holder | None) -> tuple[str, ...]:
    """Return the rep who holds a hand-off, and the reps for whom that rep answers, by rep_id. At most 3."""
    if holder is None or holder.type is not AssigneeType.REP:
        return ()
    named = (holder.id, holder.deputy_for, holder.stands_for)
    return tuple(dict.fromkeys(one for one in named if one))


def close_all_of(hand: LeadInHand, reasons: tuple[Reason, ...]) -> None:
    """Withdraw all open hand-offs of a lead."""
    case = hand.case
    for handoff_id in hand.lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            hand.lead = close(case, handoff_id, row, hand.lead, reasons)
    if hand.lead.handoffs:
        hand.change(handoffs=())


def relabel(case: Case, lead: LeadRow, label: Qualification) -> None:
    """Publish a new qualification of the lead's open hand-offs. The assignee stays.

    An MQL hand-off without a label counts as labelled ``mql``. Hand-offs of other kinds stay without a label.
    """
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None or row.qualification is label:
            continue
        if row.qualification is None and (label is Qualification.MQL or row.kind is not Kind.MQL):
            continue
        made = replace(row, qualification=label)
        republish(case, handoff_id, made, lead, Reason.FACTS_CHANGED)


def republish_all(case: Case, lead: LeadRow, reason: Reason) -> None:
    """Publish a lead's open hand-offs again, because the forecast has changed. The assignee stays."""
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is not None:
            republish(case, handoff_id, row, lead, reason)


def republish(case: Case, handoff_id: str, row: HandoffRow, lead: LeadRow, reason: Reason) -> None:
    """Publish the hand-off's current state. If it is in transit, its next holder's revision carries it."""
    made = row if row.withdrawn_for else replace(row, revision=row.revision + 1)
    open_index.write_handoff(case, handoff_id, made)
    if not made.withdrawn_for:
        publish_revision(case, handoff_id, made, lead, Action.RELABELLED, (reason,))


def forget_closed(case: Case, handoff_id: str) -> None:
    """Delete a closed hand-off that is old enough. Answers to it are unknown from now on."""
    case.rows.delete(ClosedHandoffRow, case.key, handoff_id)
