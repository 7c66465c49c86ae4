"""What concerns all open hand-offs of an account: at once where they are few, else in chunks, one a record.

In: to whom they go, that their holder is away or back, that the account's key moves or a partner gives it back. Out:
revisions and rows. In chunks they are withdrawn first, all of them, and only when none is open are they given to whom
they go: so an account has one owner at every prefix. A hand-off that is withdrawn and has not arrived is on its way:
its row stays, sales' words for it count, and what ends it ends it. While they are withdrawn nobody is asked for another
lead of the account. A desk's answer is kept meanwhile, as though it had not come: whatever makes its request unwanted
before it is taken calls it off, and what was withdrawn for it goes back to who has the account.
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
"""The cursor over the open hand-offs of a large account. By its name it comes before those over leads."""


class BulkTransferRow(Row, frozen=True):
    """What all open hand-offs of a large account are brought in line with. At most one per account, while it lasts."""

    prefix: ClassVar[str] = "passage"
    reasons: tuple[Reason, ...] = ()
    """Why they are withdrawn."""
    answer: bytes = b""
    """A desk's answer, taken when all are withdrawn: at most 20 clocks and 20 who were passed over."""
    key_moves: bool = False
    returned_for: Reason | None = None
    """Why a partner gives the account back."""
    to: Transfer | None = None
    """How those on their way go to the account's holder; None: they stay there."""
    away_id: str = ""
    """Who has them and is away,"""
    away_ms: int = 0
    """since then."""
    back: ResponseDeadlines | None = None
    """Deadlines that stood still go on, and are then,"""
    clocks: tuple[tuple[str, ResponseDeadlines], ...] = ()
    """but for these. At most 20."""

    @property
    def is_withdrawing(self) -> bool:
        """Whether all are withdrawn before anything else."""
        return bool(self.answer or self.key_moves or self.returned_for)


# What concerns all.


def transfer_all(case: Case, to: Transfer) -> None:
    """Give all open hand-offs to ``to.holder``; a large account's are withdrawn already (must_withdraw)."""
    before = case.account.holder
    if case.account.open_handoffs:
        case.change(holder=to.holder)
    if before is not None and before.id == to.holder.id:
        return  # who has it has all, or they are on their way there
    if not open_index.is_large(case):
        handoffs.reassign_all(case, to)
    else:
        _start(case, replace(_state_or_new(case), to=to, back=None, clocks=()))


def must_withdraw(case: Case) -> bool:
    """Whether the open hand-offs are too many to be withdrawn in the step in which they go elsewhere."""
    return open_index.is_large(case) and case.account.on_way < case.account.open_handoffs


def is_withdrawing(case: Case) -> bool:
    """Whether hand-offs are being withdrawn: until none is open any more, nobody else gets one of the account."""
    held = case.rows.get(BulkTransferRow, case.key)
    return held is not None and held.is_withdrawing


def defer_answer(case: Case, answer: bytes, reasons: tuple[Reason, ...]) -> None:
    """Withdraw all before a desk's answer is taken."""
    _start(case, replace(_state_or_new(case), answer=answer, reasons=reasons))


def drop_deferred_answer(case: Case) -> None:
    """The request of the answer that is kept is over."""
    held = case.rows.get(BulkTransferRow, case.key)
    if held is not None and held.answer:
        _start(case, replace(held, answer=b""))


def set_key_moves(case: Case, *, moves: bool) -> None:
    """Withdraw all before the account's key moves; or it stays where it is after all."""
    held = _state_or_new(case)
    if held.key_moves is not moves:
        reasons = (Reason.ACCOUNT_MOVED,) if moves else held.reasons
        _start(case, replace(held, key_moves=moves, reasons=reasons))


def start_partner_return(case: Case, why: Reason) -> None:
    """Withdraw all before a partner's account is taken back."""
    _start(case, replace(_state_or_new(case), returned_for=why, reasons=(why,)))


def freeze_all_deadlines(case: Case, since_ms: int) -> None:
    """Who has them is away: deadlines stand still."""
    holder = case.account.holder
    if open_index.is_large(case) and holder is not None:
        _start(case, replace(_state_or_new(case), away_id=holder.id, away_ms=since_ms, back=None, clocks=()))
        return
    for handoff_id, row in open_index.open_rows(case):
        deadlines.freeze(case, handoff_id, row, since_ms)


def clear_absence(case: Case) -> None:
    """Who has them is there: what does not stand still yet goes on as it is."""
    held = case.rows.get(BulkTransferRow, case.key)
    if held is not None:
        case.rows.put(replace(held, away_id=""), case.key)


def resume_all_deadlines(
    case: Case, clocks: tuple[tuple[str, ResponseDeadlines], ...], due: ResponseDeadlines
) -> None:
    """Who has them is back: the deadlines that stood still go on."""
    clear_absence(case)
    if open_index.is_large(case):
        _start(case, replace(_state_or_new(case), back=due, clocks=clocks))
        return
    own = dict(clocks)
    for handoff_id, row in open_index.open_rows(case):
        handoffs.resume_deadlines(case, handoff_id, row, own.get(handoff_id, due), (Reason.REP_BACK,))


def report_all_unanswered(case: Case) -> None:
    """The account goes no further: each hand-off that should have gone on by now is reported."""
    if open_index.is_large(case):
        _start(case, _state_or_new(case))
        return
    for handoff_id, row in open_index.open_rows(case):
        escalation.report_unanswered(case, handoff_id, row)


def resume(case: Case) -> None:
    """Go on with what is on its way, if that is not under way already."""
    if case.rows.get(CursorRow, HANDOFFS, case.key) is None:
        _start(case, _state_or_new(case))


def finish(case: Case) -> None:
    """Nothing is left to do."""
    case.rows.delete(BulkTransferRow, case.key)


# In chunks.


def state_of(case: Case) -> BulkTransferRow | None:
    """Return what is under way; None: nothing is."""
    return case.rows.get(BulkTransferRow, case.key)


def apply_next_chunk(case: Case, position: str, *, is_holder_blocked: bool) -> str | None:
    """Bring the next hand-offs in line; return where to go on, None after the last one.

    ``is_holder_blocked``: nothing is given to who has the account now, because it is to go to somebody else.
    """
    state = case.rows.get(BulkTransferRow, case.key)
    if state is None:
        return None
    most = case.terms.most_at_once
    found = case.rows.scan(HandoffRow, case.key, after=(case.key, position) if position else (), limit=most)
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
    case.rows.put(state, case.key)
    start_cursor(case.rows, HANDOFFS, case.key)
