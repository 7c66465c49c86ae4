"""Of which account is somebody with free mail a contact? The CRM's contact names it by its id, and it is followed.

In: what the CRM says of a person who came by; answers. Out: a question at the key of the id, an alias of the account.
Of people with a domain the domain decides. It goes before a company name, and needs no proof beside it. Until the answer
is there nobody is asked to take the person; it comes at once, and a minute later it is waited for no more.
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
WAIT_MS: Final = 60_000


def ask(case: Case, crm_account_id: str | None) -> bool:
    """Ask for the account that the person's contact names now; whether that is another one than before."""
    held = case.account.contact_of
    if not case.key.startswith("lead:") or (crm_account_id or None) == (held and held.named_id):
        return False
    if held is not None:
        _drop(case, held)
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
    """What the person just did sends leads of customers to their rep: it does so where they land."""
    held = case.account.contact_of
    if held is not None and held.is_open and not held.earned:
        case.change(contact_of=replace(held, earned=True))


def apply_answer(case: Case, event: NameAnswered) -> bool:
    """Take an answer; whether a person who just did something waits for it. To an id that is asked no more: nothing."""
    held = case.account.contact_of
    if held is None or held.named_id != event.asked_crm_account_id:
        return False
    made = replace(held, is_open=False, earned=False, primary_key=event.primary_key or "")
    case.change(contact_of=made)
    cancel_timer(case.rows, CONTACT_TIMER, case.key)
    case.request_needs_review = True
    return held.earned


def stop_waiting(case: Case) -> None:
    """The id's key stays silent: the person is given to somebody meanwhile."""
    held = case.account.contact_of
    if held is not None and held.is_open:
        case.change(contact_of=replace(held, is_open=False))
        case.request_needs_review = True


def _drop(case: Case, held: ContactAccount) -> None:
    event = NameDropped(
        event_id=fact_id("contact_of_dropped", case.key, held.named_id, case.event_id),
        account_key=id_key(held.named_id),
        asker_key=case.key,
    )
    case.publish(LEAD_EVENTS, event)
