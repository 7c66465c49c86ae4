"""The reps on whom an account depends: alerts about inactive owners, and messages to the desks of those reps.

In: the reps whom the CRM and sales name, the holder, the reps who have left. Out: alerts about missing owners; requests
that a rep's desk notifies this account when the rep leaves or returns. An alert is cleared when its cause ends: the rep
is active again or no longer named, a person is named, the customer is no longer a customer, or the account is excluded
or stored under another key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import AccountDepends
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Alert, Route
from workers.accounts.handoffs import buying_signals
from workers.accounts.handoffs.alert_recipients import is_muted, recipients_for_desk
from workers.accounts.routing.ownership import crm_owners, is_customer, named_by_crm

if TYPE_CHECKING:
    from workers.accounts.case import Case

MOST_INACTIVE = 8
"""Most inactive reps that an account remembers: the latest."""
MOST_SUBSCRIPTIONS = 10
"""Most reps whose desks notify an account."""
NO_NAMED_OWNER = ""
"""Subject of the alert about a customer for whom the CRM names no person."""


def add_inactive_rep(case: Case, rep_id: str) -> None:
    """Record that a requested rep is inactive, has left, or is unknown. The routes skip this rep."""
    others = tuple(one for one in case.account.gone if one != rep_id)
    case.change(gone=(*others, rep_id)[-MOST_INACTIVE:])


def remove_inactive_rep(case: Case, rep_id: str) -> None:
    """Record that a rep is active again."""
    case.change(gone=tuple(one for one in case.account.gone if one != rep_id))


def report_missing_owners(case: Case) -> None:
    """Report each rep who should own the account and does not. Clear the alerts whose cause has ended."""
    account = case.account
    missing = {} if is_muted(case) else _missing_owners(case)
    for subject in sorted({*account.missing, *account.gone} - missing.keys()):
        case.clear_alert(Alert.ACCOUNT_WITHOUT_OWNER, subject)
    recipients = recipients_for_desk(case.terms.policy, case.terms.policy.default_desk)
    for subject, named in missing.items():
        case.raise_alert(Alert.ACCOUNT_WITHOUT_OWNER, subject, rep_id=named, told=recipients)
    if tuple(missing) != account.missing:
        case.change(missing=tuple(missing))


def _missing_owners(case: Case) -> dict[str, str | None]:
    """Return the subjects of the alerts that hold now, each with the rep whom the CRM or sales names.

    A subject is a named rep who is inactive or not a person, or NO_NAMED_OWNER for a customer without a named person.
    """
    account, policy = case.account, case.terms.policy
    named = {right.rep_id for right in named_by_crm(policy, account.company)}
    by_hand = None if account.by_hand is None else account.by_hand.rep_id
    named |= set() if by_hand is None else {by_hand}
    found: dict[str, str | None] = {rep_id: rep_id for rep_id in account.gone if rep_id in named}
    if by_hand is not None and not policy.owners.is_person(by_hand):
        found[by_hand] = by_hand
    company = account.company
    has_leads = account.request is not None or account.open_handoffs > 0
    line = policy.route(Route.CUSTOMER)
    needs_owner = is_customer(company) and not (line is not None and line.is_desk_of_owned)
    if company is not None and needs_owner and has_leads and not crm_owners(policy, company):
        found[NO_NAMED_OWNER] = company.owner_rep_id
    return found


def subscribe_to_reps(case: Case) -> None:
    """Notify the desks of reps that this account depends on the rep, or no longer does."""
    account = case.account
    wanted = set(account.gone)
    if account.holder is not None and account.holder.id and account.holder.type == "rep":
        wanted |= {account.holder.id, account.holder.stands_for or account.holder.id}
    if (notified := buying_signals.notified_rep(case)) is not None:
        wanted.add(notified)
    depends = tuple(sorted(wanted)[:MOST_SUBSCRIPTIONS])
    if depends == account.depends:
        return
    for rep_id in sorted({*depends} ^ {*account.depends}):
        case.publish(
            DESK_REQUESTS,
            AccountDepends(desk=f"rep:{rep_id}", account_key=case.key, depends=rep_id in depends),
        )
    case.change(depends=depends)


def renew_subscription(case: Case, rep_id: str) -> None:
    """Subscribe to a rep again, if the account depends on the rep already. An absent rep is then reported once more.

    The desk that gave the account to its rep may not know of the absence yet. The rep's own desk does.
    """
    if rep_id in case.account.depends:
        case.publish(DESK_REQUESTS, AccountDepends(desk=f"rep:{rep_id}", account_key=case.key, depends=True))
