"""Reports to desks: open hand-offs (policy keys ``turn.by`` and ``turn.most_open``), missed responses (``turn.off_after_missed``).

In: the holder and the number of open hand-offs. Out: a report to each desk whose count may differ. A desk counts an
assignment when it makes it, so every request to it is followed by a report, also one that was cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_work import AccountWork, ResponseMissed
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import AssigneeType
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.handoff import HandoffRow

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


def report_missed(case: Case, handoff_id: str, row: HandoffRow, *, is_missed: bool = True) -> None:
    """Report to the desk that its rep missed the first response to a hand-off, or that it was made in time after all.

    Only the rep who still has the hand-off can have made it in time. A manager may put any other rep back on the turn.
    """
    holder = row.holder
    desk = (
        case.terms.policy.desks.get(holder.desk.removeprefix(_DESK))
        if holder.desk.startswith(_DESK)
        else None
    )
    if (
        desk is None
        or desk.turn.off_after_missed is None
        or holder.type is not AssigneeType.REP
        or row.due_ms is None
    ):
        return
    case.publish(
        DESK_REQUESTS,
        ResponseMissed(
            desk=holder.desk,
            rep_id=holder.id,
            miss_id=fact_id("missed", handoff_id, holder.id, row.due_ms),
            due_at_ms=row.due_ms,
            is_missed=is_missed,
        ),
    )


def _counts_open(case: Case, desk: str) -> bool:
    """Whether the policy of a desk counts open hand-offs."""
    terms = case.terms.policy.desks.get(desk.removeprefix(_DESK)) if desk.startswith(_DESK) else None
    return terms is not None and terms.turn.counts_open
