"""Reports of the account's open hand-offs to the desks whose policy counts them (``turn.by`` and ``turn.most_open``).

In: the holder and the number of open hand-offs. Out: a report to each desk whose count may differ. A desk counts an
assignment when it makes it, so every request to it is followed by a report, also one that was cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import AccountWork
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import AssigneeType

if TYPE_CHECKING:
    from workers.accounts.case import Case

_DESK = "desk:"
_UNKNOWN = -1
"""Number of open hand-offs of a desk that may count another one than the account has reported."""


def expect_report(case: Case, desk: str) -> None:
    """Record that a desk has decided a request, or may have: it gets a report before the case is closed."""
    if _counts_open(case, desk):
        others = [one for one in case.account.work if one[0] != desk]
        case.change(work=(*others, (desk, "", _UNKNOWN)))


def report_open_work(case: Case) -> None:
    """Report the open hand-offs to each desk that counts them, if the desk's count may differ."""
    account, holder = case.account, case.account.holder
    now: dict[str, tuple[str, int]] = {}
    if (
        holder is not None
        and holder.type is AssigneeType.REP
        and account.open_handoffs
        and _counts_open(case, holder.desk)
    ):
        now[holder.desk] = (holder.id, account.open_handoffs)
    before = {desk: (rep_id, number) for desk, rep_id, number in account.work}
    if now == before:
        return
    for desk in sorted(now.keys() | before.keys()):
        rep_id, number = now.get(desk, ("", 0))
        if before.get(desk) != (rep_id, number):
            report = AccountWork(desk=desk, account_key=case.key, rep_id=rep_id or None, open=number)
            case.publish(DESK_REQUESTS, report)
    case.change(work=tuple((desk, *what) for desk, what in now.items()))


def _counts_open(case: Case, desk: str) -> bool:
    """Whether the policy of a desk counts open hand-offs."""
    terms = case.terms.policy.desks.get(desk.removeprefix(_DESK)) if desk.startswith(_DESK) else None
    return terms is not None and terms.turn.counts_open
