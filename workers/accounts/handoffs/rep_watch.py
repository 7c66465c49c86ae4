"""Reps on whom an account depends: those who are named for it and missing are reported, those who matter tell it.

In: whom the CRM and sales name, who has the account, who has left. Out: alerts, each taken back when its cause is over
(the rep is back or is named no more, a person is named, the customer is one no more, the account is excluded or lives
under another key); and to the desks of those reps that this account is to hear of it when they leave or return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import AccountDepends
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Alert
from workers.accounts.handoffs import buying_signals
from workers.accounts.handoffs.alert_recipients import is_muted, recipients_for_desk
from workers.accounts.routing.ownership import crm_owners, is_customer, named_by_crm

if TYPE_CHECKING:
    from workers.accounts.case import Case

MOST_INACTIVE = 8
MOST_SUBSCRIPTIONS = 10
NO_NAMED_OWNER = ""
"""Subject of the alert for a customer for whom the CRM names no person."""


def add_inactive_rep(case: Case, rep_id: str) -> None:
    """A rep who was asked for is inactive, has left, or is unknown: the routes pass over them."""
    others = tuple(one for one in case.account.gone if one != rep_id)
    case.change(gone=(*others, rep_id)[-MOST_INACTIVE:])


def remove_inactive_rep(case: Case, rep_id: str) -> None:
    """A rep is with us again."""
    case.change(gone=tuple(one for one in case.account.gone if one != rep_id))


def report_missing_owners(case: Case) -> None:
    """Report who should own the account and does not, and take back what is so no more."""
    account = case.account
    now = {} if is_muted(case) else _missing_owners(case)
    for subject in sorted({*account.missing, *account.gone} - now.keys()):
        case.clear_alert(Alert.ACCOUNT_WITHOUT_OWNER, subject)
    told = recipients_for_desk(case.terms.policy, case.terms.policy.default_desk)
    for subject, named in now.items():
        case.raise_alert(Alert.ACCOUNT_WITHOUT_OWNER, subject, rep_id=named, told=told)
    if tuple(now) != account.missing:
        case.change(missing=tuple(now))


def _missing_owners(case: Case) -> dict[str, str | None]:
    """Return reps who are named and gone, and a customer for whom nobody is named: each with whom the CRM names."""
    account, policy = case.account, case.terms.policy
    named = {right.rep_id for right in named_by_crm(policy, account.company)}
    by_hand = None if account.by_hand is None else account.by_hand.rep_id
    named |= set() if by_hand is None else {by_hand}
    found: dict[str, str | None] = {rep_id: rep_id for rep_id in account.gone if rep_id in named}
    if by_hand is not None and not policy.owners.is_person(by_hand):
        found[by_hand] = by_hand
    company = account.company
    has_leads = account.request is not None or account.open_handoffs > 0
    if company is not None and is_customer(company) and has_leads and not crm_owners(policy, company):
        found[NO_NAMED_OWNER] = company.owner_rep_id
    return found


def subscribe_to_reps(case: Case) -> None:
    """Tell the desks of reps that this account hears of their leaving and returning, or no longer."""
    account = case.account
    wanted = set(account.gone)
    if account.holder is not None and account.holder.id and account.holder.type == "rep":
        wanted |= {account.holder.id, account.holder.stands_for or account.holder.id}
    if (notified := buying_signals.notified_rep(case)) is not None:
        wanted.add(notified)
    now = tuple(sorted(wanted)[:MOST_SUBSCRIPTIONS])
    if now == account.depends:
        return
    for rep_id in sorted({*now} ^ {*account.depends}):
        case.publish(
            DESK_REQUESTS,
            AccountDepends(desk=f"rep:{rep_id}", account_key=case.key, depends=rep_id in now),
        )
    case.change(depends=now)
