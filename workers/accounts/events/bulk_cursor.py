"""The cursor over a large account's open hand-offs: the next chunk of a bulk transfer, and the task after its end.

In: the cursor's position. Out: the position to continue at, hand-offs withdrawn or reassigned. How one hand-off moves is
in handoffs/bulk_transfer.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.lead_events import DeskAnswer
from workers.accounts.account_keys import crm_claims
from workers.accounts.desk_protocol import requests
from workers.accounts.events import desk_answer, partner_return
from workers.accounts.handoffs import bulk_transfer

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.handoffs.bulk_transfer import BulkTransferRow


def transfer_next(case: Case, position: str) -> str | None:
    """Do the next chunk. Return where to continue, '' for the beginning, or None when nothing is left to do."""
    is_holder_blocked = requests.is_holder_blocked(case)
    following = bulk_transfer.apply_next_chunk(case, position, is_holder_blocked=is_holder_blocked)
    state = bulk_transfer.state_of(case)
    if following is not None or state is None:
        return following
    case.request_needs_review = True
    account = case.account
    if state.is_withdrawing:
        if account.on_way == account.open_handoffs:
            _resume_after_withdrawal(case, state)
        return "" if bulk_transfer.state_of(case) is not None else None
    if not account.on_way:
        bulk_transfer.finish(case)
        return None
    return None if is_holder_blocked else ""


def _resume_after_withdrawal(case: Case, state: BulkTransferRow) -> None:
    """Resume the task that required all hand-offs to be withdrawn: a partner's return, a key move or a desk's answer."""
    if state.returned_for is not None:
        case.rows.put(replace(state, returned_for=None), case.key)
        partner_return.take_back(case, state.returned_for)
    elif state.key_moves:
        case.rows.put(replace(state, key_moves=False), case.key)
        crm_claims.refresh_account(case)
    else:
        desk_answer.handle(case, DeskAnswer.model_validate_json(state.answer))
