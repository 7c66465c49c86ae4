"""What concerns all open hand-offs of a large account goes on, a chunk a record; and what follows when all are withdrawn.

In: where a cursor stands. Out: where it goes on. How the hand-offs move is in assignment/passage.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.lead_events import DeskAnswer
from workers.accounts.assignment import answers, passage, requests
from workers.accounts.matching import claims
from workers.accounts.routing import partner_return

if TYPE_CHECKING:
    from workers.accounts.assignment.passage import PassageRow
    from workers.accounts.case import Case


def go_on(case: Case, position: str) -> str | None:
    """Do the next chunk; return where to go on, '' for the beginning, None where there is nothing more to do."""
    is_held_up = requests.is_held_up(case)
    following = passage.walk(case, position, is_held_up=is_held_up)
    state = passage.state_of(case)
    if following is not None or state is None:
        return following
    case.owner_question = True
    account = case.account
    if state.is_withdrawing:
        if account.on_way == account.open_handoffs:
            _all_withdrawn(case, state)
        return "" if passage.state_of(case) is not None else None
    if not account.on_way:
        passage.over(case)
        return None
    return None if is_held_up else ""


def _all_withdrawn(case: Case, state: PassageRow) -> None:
    """Nothing is open by what was said: a partner's account is taken back, the key moves, the answer is taken."""
    if state.returned_for is not None:
        case.rows.put(replace(state, returned_for=None), case.key)
        partner_return.take_back(case, state.returned_for)
    elif state.key_moves:
        case.rows.put(replace(state, key_moves=False), case.key)
        claims.follow(case)
    else:
        answers.answered(case, DeskAnswer.model_validate_json(state.answer))
