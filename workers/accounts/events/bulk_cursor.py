"""What concerns all open hand-offs of a large account goes on, a chunk a record; and what follows when all are withdrawn.

In: where a cursor stands. Out: where it goes on. How the hand-offs move is in assignment/passage.py.
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
    from workers.accounts.handoffs.bulk_transfer import PassageRow


def go_on(case: Case, position: str) -> str | None:
    """Do the next chunk; return where to go on, '' for the beginning, None where there is nothing more to do."""
    is_held_up = requests.is_held_up(case)
    following = bulk_transfer.walk(case, position, is_held_up=is_held_up)
    state = bulk_transfer.state_of(case)
    if following is not None or state is None:
        return following
    case.owner_question = True
    account = case.account
    if state.is_withdrawing:
        if account.on_way == account.open_handoffs:
            _all_withdrawn(case, state)
        return "" if bulk_transfer.state_of(case) is not None else None
    if not account.on_way:
        bulk_transfer.over(case)
        return None
    return None if is_held_up else ""


def _all_withdrawn(case: Case, state: PassageRow) -> None:
    """Nothing is open by what was said: a partner's account is taken back, the key moves, the answer is taken."""
    if state.returned_for is not None:
        case.rows.put(replace(state, returned_for=None), case.key)
        partner_return.take_back(case, state.returned_for)
    elif state.key_moves:
        case.rows.put(replace(state, key_moves=False), case.key)
        crm_claims.follow(case)
    else:
        desk_answer.answered(case, DeskAnswer.model_validate_json(state.answer))
