"""A timer of the accounts hop is due: whose it is. Its key is a hand-off's, or the account's for the open request.

In: a timer's kind and key. Out: what each room makes of it. No timer makes an MQL of anybody who was none before, but
the one that says that imported history is complete: until then it was not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason
from workers.accounts.assignment import answers, deadlines, escalation, handoffs, requests, service, signals
from workers.accounts.lifecycle import expiry, imported
from workers.accounts.matching import aliases, claims, contact_of, naming
from workers.accounts.routing import partner_return

if TYPE_CHECKING:
    from workers.accounts.case import Case

_OF_THE_ACCOUNT: Final[Mapping[str, Callable[[Case], None]]] = {
    aliases.MOVE: aliases.ask_to_leave,
    naming.NAME_TIMER: naming.wait_no_more,
    contact_of.CONTACT_TIMER: claims.contact_waits_no_more,
    signals.BUNDLE: signals.bundle_due,
}
"""What a timer of the account does, by its kind."""
_BY_KEY: Final[Mapping[str, Callable[[Case, str], None]]] = {
    service.ASK: service.ask_again,
    handoffs.FORGET: handoffs.forget,
    deadlines.THEN: escalation.due,
    imported.COMPLETE: imported.complete,
    expiry.EXPIRE: expiry.expire,
}


def due(case: Case, kind: str, key: str) -> None:
    """Decide one timer."""
    decides = _BY_KEY.get(kind)
    if decides is not None:
        decides(case, key)
    elif kind in _OF_THE_ACCOUNT:
        _OF_THE_ACCOUNT[kind](case)
    elif kind == requests.ASK:
        answers.ask_anew(case)
        requests.ask_again(case)
    elif kind == deadlines.OVERDUE and partner_return.is_overdue(case, key):
        partner_return.take_back(case, Reason.PARTNER_DID_NOT_ANSWER)
    else:
        deadlines.report(case, kind, key)
