"""The reps and managers who are notified of an alert.

In: an alert, and the holder or the desk that it concerns. Out: rep_ids, at most five, never an address. Nothing is
written here.
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
    """Whether alerts about the account notify no one: the policy excludes it, or it is an alias of another key."""
    account = case.account
    return bool(account.forwards_to) or case.terms.gates.exclusion(case.key, account.company) is not None


def recipients_for_holder(alert: Alert, holder: Holder) -> tuple[str, ...]:
    """Return the rep_ids to notify of an alert about the holder's hand-off.

    A reminder before the deadline goes to the rep alone. Any other alert goes to the rep and to the holder's manager. A
    desk or a partner has no rep of its own.
    """
    rep = (holder.id,) if holder.type is AssigneeType.REP else ()
    if rep and alert is Alert.RESPONSE_DUE_SOON:
        return rep
    return tuple(dict.fromkeys((*rep, *_as_tuple(holder.manager))))


def recipients_for_desk(policy: Policy, desk: str, rep_id: str | None = None) -> tuple[str, ...]:
    """Return the rep_ids to notify that a desk cannot assign a lead as usual.

    These are the desk's manager, and ``rep_id``: the substitute who got the lead. A desk that is not in the policy
    counts as the default desk.
    """
    home = policy.desks.get(desk.removeprefix(_DESK), policy.desks[policy.default_desk])
    return tuple(dict.fromkeys((*_as_tuple(rep_id), home.manager)))


def _as_tuple(rep_id: str | None) -> tuple[str, ...]:
    return () if rep_id is None else (rep_id,)
