"""Substitutes: a deputy, manager or fallback who holds an account for its rep, and when the account goes back.

In: the holder, touches, the escalation. Out: the rep whose account it is. A substitute who has touched one of the open
hand-offs works the account and keeps them. A substitute who has touched none only holds the account: it goes back to its
rep at the rep's return, or with the account's next lead, and the substitute never counts as the rep who worked it last.
Nothing is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.vocabulary import AssigneeType, HowChosen
from workers.accounts.handoffs import escalation, open_index
from workers.accounts.state.account import LastRep

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import AccountRow, Holder
    from workers.accounts.state.handoff import HandoffRow

_SUBSTITUTES: Final = frozenset({HowChosen.DEPUTY, HowChosen.MANAGER, HowChosen.FALLBACK})
"""Ways of choosing a holder in whose stead the account has another rep, or none."""


def is_substitute(holder: Holder) -> bool:
    """Whether the holder was chosen in the stead of a rep who is away or has not answered, or of a whole desk."""
    return holder.type is AssigneeType.REP and holder.how in _SUBSTITUTES


def is_on_loan(case: Case) -> bool:
    """Whether the holder only substitutes for another rep, and has touched none of the open hand-offs."""
    holder = case.account.holder
    if holder is None or not is_substitute(holder) or holder.stands_for in {None, holder.id}:
        return False
    return not open_index.has_touched(case, holder.id)


def returns_at_once(case: Case, rep_id: str) -> bool:
    """Whether the account goes back to this rep, who is present again. A rep who did not answer does not get it so."""
    holder = case.account.holder
    is_theirs = holder is not None and holder.stands_for == rep_id and is_on_loan(case)
    return is_theirs and rep_id not in escalation.earlier_holders(case)


def account_for_routes(case: Case) -> AccountRow:
    """Return the account with the rep whose account it is as its holder.

    That is not the substitute, as soon as the substitute only holds the account. A substitute who got it because no
    rep answered has the whole time to answer first.
    """
    account = case.account
    holder = account.holder
    if holder is None or holder.stands_for is None or not is_back_with_next_lead(case):
        return account
    own = replace(holder, id=holder.stands_for, name=None, deputy_for=None, how=HowChosen.ACCOUNT_REP)
    return replace(account, holder=own)


def is_back_with_next_lead(case: Case) -> bool:
    """Whether the next lead of the account takes all of it back to the rep whose account it is."""
    if not is_on_loan(case):
        return False
    pressing = open_index.most_pressing(case) if case.account.moved_on is not None else None
    return pressing is None or pressing[1].due_ms is None or pressing[1].due_ms <= case.now_ms


def lender_of(case: Case, before: Holder, after: Holder) -> str | None:
    """Return the rep for whom ``after`` substitutes at a desk's account that ``before`` had. None: for no one.

    If no rep answered, this is the rep who worked the account last, as far as one has.
    """
    if not is_substitute(after) or before.type is not AssigneeType.REP:
        return after.stands_for
    if open_index.has_touched(case, before.id):
        return before.id
    last = case.account.last_rep
    if (
        before.id in escalation.earlier_holders(case)
        and last is not None
        and last.rep_id not in case.account.gone
    ):
        return last.rep_id
    return before.stands_for or before.id


def last_rep_after(case: Case, holder: Holder, row: HandoffRow) -> LastRep | None:
    """Return the rep who worked the account last, now that a hand-off of this holder is closed."""
    known = case.account.last_rep
    has_worked = (
        not is_substitute(holder)
        or holder.id in row.reps_who_touched
        or open_index.has_touched(case, holder.id)
        or (known is not None and known.rep_id == holder.id)
    )
    if has_worked:
        return LastRep(holder.id, holder.desk, case.now_ms)
    lender = holder.stands_for
    return known if lender in {None, holder.id} else LastRep(lender or "", holder.desk, case.now_ms)
