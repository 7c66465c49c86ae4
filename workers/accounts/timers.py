"""A timer of the accounts hop is due: whose it is. Its key is a hand-off's, or the account's for the open request.

In: a timer's kind and key. Out: what each room makes of it. No timer makes an MQL of anybody who was none before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason
from workers.accounts.assignment import answers, deadlines, escalation, handoffs, requests, service, signals
from workers.accounts.lifecycle import expiry
from workers.accounts.matching import aliases, naming
from workers.accounts.routing import partner_return

if TYPE_CHECKING:
    from workers.accounts.case import Case


def due(case: Case, kind: str, key: str) -> None:
    """Decide one timer."""
    if kind == requests.ASK:
        answers.ask_anew(case)
        requests.ask_again(case)
    elif kind == aliases.MOVE:
        aliases.ask_to_leave(case)
    elif kind == service.ASK:
        service.ask_again(case, key)
    elif kind == naming.NAME_TIMER:
        naming.wait_no_more(case)
    elif kind == signals.BUNDLE:
        signals.bundle_due(case)
    elif kind == handoffs.FORGET:
        handoffs.forget(case, key)
    elif kind == deadlines.THEN:
        escalation.due(case, key)
    elif kind == expiry.EXPIRE:
        expiry.expire(case, key)
    elif kind == deadlines.OVERDUE and partner_return.is_overdue(case, key):
        partner_return.take_back(case, Reason.PARTNER_DID_NOT_ANSWER)
    else:
        deadlines.report(case, kind, key)
