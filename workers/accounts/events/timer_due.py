"""A timer of the accounts hop is due: the table from its kind to its handler.

In: a timer's kind and key. The key is a hand-off's, a lead's, or the account's for its open request. No timer makes an
MQL of a lead, except the one that ends an import: imported history is evaluated when it is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason
from workers.accounts.account_keys import aliases, contact_lookup, crm_claims, name_lookup
from workers.accounts.desk_protocol import requests
from workers.accounts.evaluation import expiry, imported_history, lookup_wait
from workers.accounts.events import partner_return
from workers.accounts.handoffs import buying_signals, deadlines, escalation, handoffs, support_questions

if TYPE_CHECKING:
    from workers.accounts.case import Case

_ACCOUNT_TIMERS: Final[Mapping[str, Callable[[Case], None]]] = {
    aliases.MOVE: aliases.request_leads,
    name_lookup.NAME_TIMER: name_lookup.stop_waiting,
    contact_lookup.CONTACT_TIMER: crm_claims.stop_waiting_for_contact,
    buying_signals.BUNDLE: buying_signals.publish_bundle,
}
"""The handlers of timers whose key is the account's, by kind."""
_LOOKUP_TIMERS: Final = frozenset({name_lookup.NAME_TIMER, contact_lookup.CONTACT_TIMER})
"""The timers that end the wait for a lookup, by kind."""
_KEYED_TIMERS: Final[Mapping[str, Callable[[Case, str], None]]] = {
    support_questions.ASK: support_questions.repeat_question,
    handoffs.FORGET: handoffs.forget_closed,
    deadlines.LONG_OVERDUE: escalation.escalate,
    imported_history.COMPLETE: imported_history.evaluate_complete,
    expiry.EXPIRE: expiry.expire,
}
"""The handlers of timers whose key names a hand-off or a lead, by kind."""


def handle(case: Case, kind: str, key: str) -> None:
    """Apply one timer that is due."""
    handler = _KEYED_TIMERS.get(kind)
    if handler is not None:
        handler(case, key)
    elif kind in _ACCOUNT_TIMERS:
        _ACCOUNT_TIMERS[kind](case)
        if kind in _LOOKUP_TIMERS:
            lookup_wait.evaluate_after_lookup(case)
    elif kind == requests.ASK:
        # One timer for two cases. A refused request is cancelled, so none is left to repeat. Any other is repeated.
        requests.replace_refused(case)
        requests.repeat_request(case)
    elif kind == deadlines.OVERDUE and partner_return.is_overdue(case, key):
        partner_return.take_back(case, Reason.PARTNER_DID_NOT_ANSWER)
    else:
        deadlines.report_due(case, kind, key)
