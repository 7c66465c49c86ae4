"""Who has to know of an alert: the rep it is about, and the manager once it is no longer the rep's matter alone.

In: an alert, who holds the hand-off, the desk. Out: rep_ids, at most five, never an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Alert, AssigneeType

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import Holder
    from workers.policy.model import Policy

_DESK = "desk:"


def is_muted(case: Case) -> bool:
    """Whether nobody is to hear of the account: it is excluded, or lives under another key."""
    account = case.account
    return bool(account.forwards_to) or case.terms.gates.exclusion(case.key, account.company) is not None


def recipients_for_holder(alert: Alert, holder: Holder) -> tuple[str, ...]:
    """Return who is told that a hand-off waits: due soon concerns who has it, overdue the manager too."""
    rep = (holder.id,) if holder.type is AssigneeType.REP else ()
    if rep and alert is Alert.RESPONSE_DUE_SOON:
        return rep
    return tuple(dict.fromkeys((*rep, *_as_tuple(holder.manager))))


def recipients_for_desk(policy: Policy, desk: str, rep_id: str | None = None) -> tuple[str, ...]:
    """Return who is told that a desk cannot give a lead to anybody: its manager, and the rep who stands in."""
    home = policy.desks.get(desk.removeprefix(_DESK), policy.desks[policy.default_desk])
    return tuple(dict.fromkeys((*_as_tuple(rep_id), home.manager)))


def _as_tuple(rep_id: str | None) -> tuple[str, ...]:
    return () if rep_id is None else (rep_id,)
