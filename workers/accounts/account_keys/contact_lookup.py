"""The lookup of the CRM account that a contact record names, for a lead with a free-mail address.

In: the crm_account_id of the contact record, answers of the id's lookup key. Out: a question to that key, and the answer
in the account's row. It never moves the key: crm_claims.py does so by the answer.

A lead with a company domain is matched by the domain alone. The account that a contact record names takes precedence
over a company name, and needs no other proof. While the answer is missing, no desk is asked to take the lead. It
normally arrives at once; after a minute the lead is assigned without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.account_links import NameAsked, NameDropped
from schemas.topics import LEAD_EVENTS
from workers.accounts.state.account import ContactAccount
from workers.engine.timers import cancel_timer, set_timer
from workers.identity.crm_keys import id_key
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.account_links import NameAnswered
    from workers.accounts.case import Case

CONTACT_TIMER: Final = "contact-of"
"""Kind of the timer that ends the wait for an answer."""
WAIT_MS: Final = 60_000
"""Longest wait for an answer. Milliseconds."""


def change_lookup(case: Case, crm_account_id: str | None) -> bool:
    """Look up the CRM account that the contact record names now; None ends the lookup. Return whether it has changed."""
    held = case.account.contact_of
    if not case.key.startswith("lead:") or (crm_account_id or None) == (held and held.named_id):
        return False
    if held is not None:
        _publish_dropped(case, held)
    case.request_needs_review = True
    if not crm_account_id:
        cancel_timer(case.rows, CONTACT_TIMER, case.key)
        case.change(contact_of=None)
        return True
    case.change(
        contact_of=ContactAccount(crm_account_id, is_open=True, primary_key=held.primary_key if held else "")
    )
    set_timer(case.rows, CONTACT_TIMER, case.key, case.now_ms + WAIT_MS)
    event = NameAsked(
        event_id=fact_id("contact_of", case.key, crm_account_id, case.event_id),
        account_key=id_key(crm_account_id),
        asker_key=case.key,
    )
    case.publish(LEAD_EVENTS, event)
    return True


def record_earned(case: Case) -> None:
    """Record that, during the lookup, the lead did something that hands a customer's lead to its rep.

    It has that effect at the key to which the lead is sent.
    """
    held = case.account.contact_of
    if held is not None and held.is_open and not held.earned:
        case.change(contact_of=replace(held, earned=True))


def apply_answer(case: Case, event: NameAnswered) -> bool:
    """Record an answer. Return whether the lead earned something while it waited (``record_earned``).

    An answer about an id that is no longer looked up changes nothing.
    """
    held = case.account.contact_of
    if held is None or held.named_id != event.asked_crm_account_id:
        return False
    made = replace(held, is_open=False, earned=False, primary_key=event.primary_key or "")
    case.change(contact_of=made)
    cancel_timer(case.rows, CONTACT_TIMER, case.key)
    case.request_needs_review = True
    return held.earned


def stop_waiting(case: Case) -> None:
    """Stop waiting for a missing answer, so that a desk may be asked to take the lead."""
    held = case.account.contact_of
    if held is not None and held.is_open:
        case.change(contact_of=replace(held, is_open=False))
        case.request_needs_review = True


def _publish_dropped(case: Case, held: ContactAccount) -> None:
    """Send NameDropped to the lookup key of the id that was asked about."""
    event = NameDropped(
        event_id=fact_id("contact_of_dropped", case.key, held.named_id, case.event_id),
        account_key=id_key(held.named_id),
        asker_key=case.key,
    )
    case.publish(LEAD_EVENTS, event)
