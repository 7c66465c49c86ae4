"""A timer of the accounts hop is due: whose it is. Its key is a hand-off's, or the account's for the open request.

In: a timer's kind and key. Out: what each room makes of it. No timer makes an MQL of anybody who was none before, but
the one that says that imported history is complete: until then it was not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason
from workers.accounts.account_keys import aliases, contact_lookup, crm_claims, name_lookup
from workers.accounts.desk_protocol import requests
from workers.accounts.evaluation import expiry, imported_history
from workers.accounts.events import desk_answer, partner_return
from workers.accounts.handoffs import buying_signals, deadlines, escalation, handoffs, support_questions

if TYPE_CHECKING:
    from workers.accounts.case import Case

_OF_THE_ACCOUNT: Final[Mapping[str, Callable[[Case], None]]] = {
    aliases.MOVE: aliases.ask_to_leave,
    name_lookup.NAME_TIMER: name_lookup.wait_no_more,
    contact_lookup.CONTACT_TIMER: crm_claims.contact_waits_no_more,
    buying_signals.BUNDLE: buying_signals.bundle_due,
}
"""What a timer of the account does, by its kind."""
_BY_KEY: Final[Mapping[str, Callable[[Case, str], None]]] = {
    support_questions.ASK: support_questions.ask_again,
    handoffs.FORGET: handoffs.forget,
    deadlines.THEN: escalation.due,
    imported_history.COMPLETE: imported_history.complete,
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
        desk_answer.ask_anew(case)
        requests.ask_again(case)
    elif kind == deadlines.OVERDUE and partner_return.is_overdue(case, key):
        partner_return.take_back(case, Reason.PARTNER_DID_NOT_ANSWER)
    else:
        deadlines.report(case, kind, key)
