"""Reps on whom an account depends: those who are named for it and missing are reported, those who matter tell it.

In: whom the CRM and sales name, who has the account, who has left. Out: alerts, and to the desks of those reps that this
account is to hear of it when they leave or return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import AccountDepends
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Alert
from workers.accounts.assignment.told import of_desk
from workers.accounts.routing.ownership import is_customer, named_by_crm, owners_of

if TYPE_CHECKING:
    from workers.accounts.case import Case

MOST_DEPENDS = 10
NOBODY_NAMED = ""
"""Subject of the alert for a customer for whom the CRM names no person."""


def say_who_is_missing(case: Case) -> None:
    """Report reps who are named for this account and not active; take it back when they are, or are named no more."""
    account = case.account
    named = {right.rep_id for right in named_by_crm(case.terms.policy, account.company)}
    if account.by_hand is not None:
        named.add(account.by_hand.rep_id)
    for rep_id in account.gone:
        if rep_id in named:
            told = of_desk(case.terms.policy, case.terms.policy.default_desk)
            case.raise_alert(Alert.ACCOUNT_WITHOUT_OWNER, rep_id, rep_id=rep_id, told=told)
        else:
            case.clear_alert(Alert.ACCOUNT_WITHOUT_OWNER, rep_id)


def say_that_nobody_is_named(case: Case) -> None:
    """Report a customer with leads and without an owner; take it back when the CRM names a person."""
    account = case.account
    company = account.company
    if company is None or not is_customer(company):
        return
    if not owners_of(case.terms.policy, company) and (account.request or account.open_handoffs):
        told = of_desk(case.terms.policy, case.terms.policy.default_desk)
        case.raise_alert(Alert.ACCOUNT_WITHOUT_OWNER, NOBODY_NAMED, rep_id=company.owner_rep_id, told=told)
    else:
        case.clear_alert(Alert.ACCOUNT_WITHOUT_OWNER, NOBODY_NAMED)


def say_on_whom_it_depends(case: Case) -> None:
    """Tell the desks of reps that this account hears of their leaving and returning, or no longer."""
    account = case.account
    wanted = set(account.gone)
    if account.holder is not None and account.holder.id and account.holder.type == "rep":
        wanted |= {account.holder.id, account.holder.stands_for or account.holder.id}
    now = tuple(sorted(wanted)[:MOST_DEPENDS])
    if now == account.depends:
        return
    for rep_id in sorted({*now} ^ {*account.depends}):
        case.say(
            DESK_REQUESTS,
            AccountDepends(desk=f"rep:{rep_id}", account_key=case.key, depends=rep_id in now),
        )
    case.change(depends=now)
