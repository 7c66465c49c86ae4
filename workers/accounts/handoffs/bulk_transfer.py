"""Changes to all open hand-offs of an account: in one step if they are few, else in chunks, one chunk a record.

In: a new holder, the absence or return of the holder, a move of the account's key, a return by a partner. Out:
revisions and rows.

An account is large if it has more open hand-offs than one step handles. Its transfer has two passes. The first pass
withdraws every hand-off. When all are withdrawn, the second pass gives them to the new holder. So the account has one
owner at every prefix of the output.

A hand-off is in transit from its withdrawal until its next holder has it. Its row stays, feedback of sales about it
counts, and what closes a hand-off closes it too. During the withdrawal no desk is asked for another lead of the
account.

A desk's answer is deferred until all are withdrawn, as if it had not arrived yet. If its request becomes unwanted in
the meantime, the request is cancelled and the withdrawn hand-offs return to the account's holder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace

from schemas.vocabulary import Kind, Reason
from workers.accounts.handoffs import deadlines, escalation, handoffs, open_index
from workers.accounts.handoffs.deadlines import ResponseDeadlines
from workers.accounts.handoffs.handoffs import Transfer
from workers.accounts.state.handoff import HandoffRow
from workers.engine.rows import Row
from workers.engine.timers import CursorRow, start_cursor

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder

HANDOFFS: Final = "handoffs"
"""Kind of the cursor over the open hand-offs of a large account. It sorts before the kinds that walk over leads."""


class BulkTransferRow(Row, frozen=True):
    """A transfer of all open hand-offs of a large account: key (account). Deleted when the transfer ends."""

    prefix: ClassVar[str] = "passage"
    reasons: tuple[Reason, ...] = ()
    """Reasons of the withdrawals."""
    answer: bytes = b""
    """Deferred answer of a desk, as JSON. It has at most 20 deadlines and 20 passed-over reps. Empty: none."""
    key_moves: bool = False
    """Whether the account's key moves when all hand-offs are withdrawn."""
    returned_for: Reason | None = None
    """Reason for which a partner returns the account. None: no partner returns it."""
    to: Transfer | None = None
    """Transfer to apply to hand-offs in transit. None: they return to the account's holder."""
    away_id: str = ""
    """Absent holder, by rep_id. Empty: the holder is present."""
    away_ms: int = 0
    """When the absence began. Milliseconds UTC."""
    back: ResponseDeadlines | None = None
    """Deadlines with which frozen hand-offs resume. None: the holder has not come back."""
    clocks: tuple[tuple[str, ResponseDeadlines], ...] = ()
    """Deadlines of single hand-offs, by handoff_id, that go before ``back``. At most 20."""

    @property
    def is_withdrawing(self) -> bool:
        """Whether all hand-offs are withdrawn before anything else happens."""
        return bool(self.answer or self.key_moves or self.returned_for)


# Start or change a transfer.


def transfer_all(case: Case, transfer: Transfer) -> None:
    """Give all open hand-offs to ``transfer.holder``. Those of a large account must be withdrawn already."""
    before = case.account.holder
    if case.account.open_handoffs:
        case.change(holder=transfer.holder)
    if before is not None and before.id == transfer.holder.id:
        return  # the holder has them all, or they are in transit to the holder
    if not open_index.is_large(case):
        handoffs.reassign_all(case, transfer)
    else:
        _start(case, replace(_state_or_new(case), to=transfer, back=None, clocks=()))


def must_withdraw(case: Case) -> bool:
    """Whether the account is large and some of its open hand-offs are not withdrawn yet."""
    return open_index.is_large(case) and case.account.on_way < case.account.open_handoffs


def is_withdrawing(case: Case) -> bool:
    """Whether hand-offs are being withdrawn. Until all are, no other lead of the account is handed off."""
    held = case.rows.get(BulkTransferRow, case.key)
    return held is not None and held.is_withdrawing


def defer_answer(case: Case, answer: bytes, reasons: tuple[Reason, ...]) -> None:
    """Keep a desk's answer, and withdraw all open hand-offs before it is applied."""
    _start(case, replace(_state_or_new(case), answer=answer, reasons=reasons))


def drop_deferred_answer(case: Case) -> None:
    """Drop the deferred answer, because its request has ended."""
    held = case.rows.get(BulkTransferRow, case.key)
    if held is not None and held.answer:
        _start(case, replace(held, answer=b""))


def prepare_key_move(case: Case) -> None:
    """Withdraw all open hand-offs before the account's key moves."""
    held = _state_or_new(case)
    if not held.key_moves:
        _start(case, replace(held, key_moves=True, reasons=(Reason.ACCOUNT_MOVED,)))


def cancel_key_move(case: Case) -> None:
    """Cancel the preparation of a move: the account keeps its key."""
    held = _state_or_new(case)
    if held.key_moves:
        _start(case, replace(held, key_moves=False))


def start_partner_return(case: Case, why: Reason) -> None:
    """Withdraw all open hand-offs before the account is taken back from its partner."""
    _start(case, replace(_state_or_new(case), returned_for=why, reasons=(why,)))


def freeze_all_deadlines(case: Case, since_ms: int) -> None:
    """Stop the deadlines of all open hand-offs, because their holder is away since ``since_ms``."""
    holder = case.account.holder
    if open_index.is_large(case) and holder is not None:
        _start(case, replace(_state_or_new(case), away_id=holder.id, away_ms=since_ms, back=None, clocks=()))
        return
    for handoff_id, row in open_index.open_rows(case):
        deadlines.freeze(case, handoff_id, row, since_ms)


def clear_absence(case: Case) -> None:
    """Record that the holder is present: no further deadlines are frozen."""
    held = case.rows.get(BulkTransferRow, case.key)
    if held is not None:
        case.rows.put(replace(held, away_id=""), case.key)


def resume_all_deadlines(
    case: Case, clocks: tuple[tuple[str, ResponseDeadlines], ...], due: ResponseDeadlines
) -> None:
    """Restart all frozen deadlines, because the holder is back. ``clocks`` goes before ``due`` for its hand-offs."""
    clear_absence(case)
    if open_index.is_large(case):
        _start(case, replace(_state_or_new(case), back=due, clocks=clocks))
        return
    own = dict(clocks)
    for handoff_id, row in open_index.open_rows(case):
        handoffs.resume_deadlines(case, handoff_id, row, own.get(handoff_id, due), (Reason.REP_BACK,))


def report_all_unanswered(case: Case) -> None:
    """Report each hand-off that should have been escalated by now, because the account cannot be escalated."""
    if open_index.is_large(case):
        _start(case, _state_or_new(case))
        return
    for handoff_id, row in open_index.open_rows(case):
        escalation.report_unanswered(case, handoff_id, row)


def resume(case: Case) -> None:
    """Continue the transfer of hand-offs in transit, unless it is running already."""
    if case.rows.get(CursorRow, HANDOFFS, case.key) is None:
        _start(case, _state_or_new(case))


def finish(case: Case) -> None:
    """Delete the transfer: nothing is left to do."""
    case.rows.delete(BulkTransferRow, case.key)


# Continue a transfer in chunks.


def state_of(case: Case) -> BulkTransferRow | None:
    """Return the transfer that is under way, or None."""
    return case.rows.get(BulkTransferRow, case.key)


def apply_next_chunk(case: Case, position: str, *, is_holder_blocked: bool) -> str | None:
    """Apply the transfer to the next hand-offs. Return the position to continue at, or None after the last one.

    ``is_holder_blocked``: hand-offs in transit do not go to the present holder, because others are to get them, or no
    one.
    """
    state = case.rows.get(BulkTransferRow, case.key)
    if state is None:
        return None
    most = case.terms.most_at_once
    after = (case.key, position) if position else ()
    found = case.rows.scan(HandoffRow, case.key, after=after, limit=most)
    for (_, handoff_id), row in found:
        if row.kind is not Kind.SERVICE:
            _apply_to_handoff(case, state, handoff_id, row, is_holder_blocked=is_holder_blocked)
    return found[-1][0][1] if len(found) == most else None


def _apply_to_handoff(
    case: Case, state: BulkTransferRow, handoff_id: str, row: HandoffRow, *, is_holder_blocked: bool
) -> None:
    holder = case.account.holder
    if state.is_withdrawing:
        if not row.withdrawn_for:
            deadlines.stop_timers(case, handoff_id)
            open_index.write_handoff(
                case, handoff_id, handoffs.withdraw(case, handoff_id, row, state.reasons)
            )
    elif row.withdrawn_for:
        if holder is not None and not is_holder_blocked:
            _deliver(case, state, handoff_id, row, holder)
    elif holder is not None and state.away_id == holder.id:
        deadlines.freeze(case, handoff_id, row, state.away_ms)
    elif state.back is not None and row.frozen_ms is not None:
        due = dict(state.clocks).get(handoff_id, state.back)
        handoffs.resume_deadlines(case, handoff_id, row, due, (Reason.REP_BACK,))
    elif case.account.move is None:
        escalation.report_unanswered(case, handoff_id, row)


def _deliver(case: Case, state: BulkTransferRow, handoff_id: str, row: HandoffRow, holder: Holder) -> None:
    if state.to is not None and state.to.holder.id == holder.id and row.holder.id != holder.id:
        handoffs.reassign(case, handoff_id, row, state.to)
    else:
        handoffs.return_to_holder(case, handoff_id, row, holder)


def _state_or_new(case: Case) -> BulkTransferRow:
    return case.rows.get(BulkTransferRow, case.key) or BulkTransferRow()


def _start(case: Case, state: BulkTransferRow) -> None:
    """Write the transfer, and start its cursor at the beginning."""
    case.rows.put(state, case.key)
    start_cursor(case.rows, HANDOFFS, case.key)
