"""Where an account key lives: under its own name, or as an alias that only forwards. How it moves, and back.

In: where a key should live, messages between keys. Out: withdrawals, people sent over in chunks, forwarded records.

A key that becomes an alias withdraws its open hand-offs, says ``AccountJoins`` with what it knows of the account, sends
its people over, and forwards. One that moves on tells its new place first (``AccountJoins``), then the old one
(``AccountLeaves``): the old place withdraws what is open of those people, sends them on, sends on whatever still comes
for them, and says ``AccountLeft`` when it has sent all. Until then the key changes nothing more, so moves never overlap:
what a place says to the next one comes after the word of the key that sends people there, and a record that was
forwarded never finds its way back. A person is always sent before a record about that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from schemas.account_links import AccountJoins, AccountLeaves, AccountLeft
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from workers.accounts.account_keys.lead_transfer import send_over
from workers.accounts.account_keys.name_lookup import look_up_form_company
from workers.accounts.case import LeadInHand
from workers.accounts.handoffs import bulk_transfer, handoffs, open_index
from workers.accounts.handoffs.alias_members import LEAVING, AccountPayload, JoinedRow, leaving_cursor_key
from workers.accounts.handoffs.transfer_payload import pack_row, unpack_row
from workers.accounts.routing.ownership import owner_of
from workers.accounts.state.account import LastRep
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow
from workers.accounts.state.lead import LeadRow, MovedRow
from workers.engine.timers import cancel_timer, set_timer, start_cursor
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case

LEADS: Final = "leads"
"""The cursor over all people of a key: sent over where it is an alias, else judged again."""
MOVE: Final = "move"
ASK_AGAIN_MS: Final = 3_600_000
MOST_FORWARDS: Final = 4
"""Of one record: a bound that no order of moves reaches, for the day on which one does."""


# The key that moves.


def aim(case: Case, to: str, *, is_unproven: bool = False, is_by_contact: bool = False) -> None:
    """Live under ``to`` from now on; '' is the key itself. While a move is under way it is not asked: it is after."""
    account = case.account
    if account.moving_to is not None:
        return
    if to == account.forwards_to:
        bulk_transfer.cancel_key_move(case)
        if to and (is_unproven, is_by_contact) != (account.is_unproven, account.is_by_contact):
            case.change(is_unproven=is_unproven, is_by_contact=is_by_contact)
            _say_joins(case, to)
        return
    if not account.forwards_to and bulk_transfer.must_withdraw(case):
        bulk_transfer.prepare_key_move(case)
        return
    case.change(is_unproven=is_unproven, is_by_contact=is_by_contact)
    if not account.forwards_to:
        bulk_transfer.finish(case)
        withdraw(case, Reason.ACCOUNT_MOVED)
        case.change(forwards_to=to)
        _say_joins(case, to)
        start_cursor(case.rows, LEADS, case.key)
    else:
        case.change(moving_to=to)
        if to:
            _say_joins(case, to)
        ask_to_leave(case)
    case.request_needs_review = True


def ask_to_leave(case: Case) -> None:
    """Tell the old place; told again every hour until it says that everybody has left."""
    account = case.account
    if account.moving_to is None:
        return
    event = AccountLeaves(
        event_id=fact_id("leaves", case.key, account.forwards_to, case.event_id),
        account_key=account.forwards_to,
        origin_account_key=case.key,
        to_account_key=account.moving_to or case.key,
    )
    case.publish(LEAD_EVENTS, event)
    set_timer(case.rows, MOVE, case.key, case.now_ms + ASK_AGAIN_MS)


def complete_move(case: Case, event: AccountLeft) -> None:
    """The old place has sent everybody."""
    account = case.account
    if account.moving_to is None or event.from_account_key != account.forwards_to:
        return
    cancel_timer(case.rows, MOVE, case.key)
    case.change(forwards_to=account.moving_to, moving_to=None)
    _keep(case, unpack_row(event.kept, AccountPayload))
    case.request_needs_review = True
    start_cursor(case.rows, LEADS, case.key)


def send_first(case: Case, lead_id: str) -> None:
    """Send a person whose own word has just made the key an alias: what they did counts where they land."""
    lead = case.rows.get(LeadRow, case.key, lead_id)
    account = case.account
    if lead is not None and account.forwards_to and account.moving_to is None:
        send_over(LeadInHand(case, lead_id, lead), account.forwards_to, earned=True)


# The place where it lives, or lived.


def add_alias(case: Case, event: AccountJoins) -> None:
    """A key forwards to this one from now on."""
    row = JoinedRow(is_unproven=event.is_unproven, is_by_contact=event.is_by_contact)
    case.rows.put(row, case.key, event.origin_account_key)
    kept = unpack_row(event.kept, AccountPayload)
    _keep(case, kept)
    account = case.account
    if not event.is_unproven and kept.by_hand is not None and kept.by_hand_ms > account.by_hand_ms:
        case.change(by_hand_ms=kept.by_hand_ms)
        if account.by_hand is None and owner_of(case.terms.policy, account) is None:
            case.change(by_hand=kept.by_hand)
    case.request_needs_review = True


def send_alias_on(case: Case, event: AccountLeaves) -> None:
    """An alias moves on: nothing of its people is open here any more, and they follow."""
    origin = event.origin_account_key
    held = case.rows.get(JoinedRow, case.key, origin) or JoinedRow()
    case.request_needs_review = True
    if origin.startswith("lead:"):
        lead_id = origin.removeprefix("lead:")
        gone = _gone(held, event.to_account_key, _withdraw_if_from(case, lead_id, origin))
        case.rows.put(gone, case.key, origin)
        _send_if_from(case, lead_id, origin, event.to_account_key)
        _say_left(case, origin, gone)
        return
    if open_index.is_large(case):
        if not held.leaving_to:
            case.change(leaving=case.account.leaving + 1)
        row = replace(held, leaving_to=event.to_account_key)
    else:
        rep_before = None
        for handoff_id, open_row in open_index.open_rows(case):
            lead = case.lead(open_row.lead_id)
            if lead.home == origin:
                lead = handoffs.close(case, handoff_id, open_row, lead, (Reason.ACCOUNT_MOVED,))
                case.put_lead(open_row.lead_id, lead)
                rep_before = case.account.last_rep
        row = _gone(held, event.to_account_key, rep_before)
    case.rows.put(row, case.key, origin)
    start_cursor(case.rows, LEAVING, leaving_cursor_key(case.key, origin))


def _gone(held: JoinedRow, to: str, rep_before: LastRep | None) -> JoinedRow:
    return JoinedRow(gone_to=to, last_rep=rep_before or (held.last_rep if held.gone_to else None))


def send_next(case: Case, origin: str, position: str, limit: int) -> str | None:
    """Send those of at most ``limit`` people behind ``position`` who came from ``origin``; return where to go on."""
    gone = case.rows.get(JoinedRow, case.key, origin)
    if gone is None or not (gone.gone_to or gone.leaving_to):
        return None
    after = (case.key, position) if position else ()
    found = case.rows.scan(LeadRow, case.key, after=after, limit=limit)
    rep_before = None
    for (_, lead_id), _ in found:
        if gone.leaving_to:
            rep_before = _withdraw_if_from(case, lead_id, origin) or rep_before
        else:
            _send_if_from(case, lead_id, origin, gone.gone_to)
    if rep_before is not None:
        gone = replace(gone, last_rep=rep_before)
        case.rows.put(gone, case.key, origin)
    if len(found) == limit:
        return found[-1][0][1]
    if gone.leaving_to:
        case.rows.put(JoinedRow(gone_to=gone.leaving_to, last_rep=gone.last_rep), case.key, origin)
        case.change(leaving=case.account.leaving - 1)
        case.request_needs_review = True
        return ""
    _say_left(case, origin, gone)
    return None


# Records on their way.


def destination_of(case: Case, fact: Any) -> str:
    """Return the key to which a fact about a lead goes on; '' where it is decided here."""
    if fact.origin_account_key is None:
        return case.account.forwards_to
    if fact.forwards >= MOST_FORWARDS:
        return ""
    origin = fact.home_account_key if fact.type == "lead_adopted" else fact.origin_account_key
    if origin == case.key:  # sent home; it may have moved again meanwhile
        return case.account.forwards_to if case.account.moving_to != "" else ""
    gone = case.rows.get(JoinedRow, case.key, origin)
    return "" if gone is None else gone.gone_to


def forward(case: Case, fact: Any, to: str) -> None:
    """Send a fact on, marked with its origin; its lead goes before it, should it still be here.

    What a form says of a company is read at its home first: another name may lead elsewhere.
    """
    if fact.type == "lead_form":
        look_up_form_company(case, fact)
    _send_before(case, fact.lead_id, to)
    origin = fact.origin_account_key or case.key
    moved = {"account_key": to, "origin_account_key": origin, "forwards": fact.forwards + 1}
    case.publish(LEAD_EVENTS, fact.model_copy(update=moved))


def forward_feedback(case: Case, event: SalesAnswered) -> bool:
    """Send an answer of sales to where its person lives now; whether it was sent.

    A hand-off that was withdrawn because its account moved is not over for sales: there the answer is about what the
    person has open now. One that was over before stays over.
    """
    lead_id, is_over = event.lead_id, event.is_over
    handoff_id = event.activity.handoff_id
    if handoff_id is not None and case.rows.get(HandoffRow, case.key, handoff_id) is None:
        closed = case.rows.get(ClosedHandoffRow, case.key, handoff_id)
        if closed is not None:
            lead_id, is_over = closed.lead_id, not closed.is_moved
    if lead_id is None or event.forwards >= MOST_FORWARDS:
        return False
    to = case.account.forwards_to
    if to and event.forwards == 0:
        _send_before(case, lead_id, to)
    if case.rows.get(LeadRow, case.key, lead_id) is not None:
        return False
    moved = case.rows.get(MovedRow, case.key, lead_id)
    to = moved.to if moved is not None else to
    if not to:
        return False
    update = {"account_key": to, "lead_id": lead_id, "is_over": is_over, "forwards": event.forwards + 1}
    case.publish(LEAD_EVENTS, event.model_copy(update=update))
    return True


def mark_home(case: Case, lead_id: str, origin: str) -> None:
    """Remember of a lead from which key its records come; '' where that is this one again."""
    home = "" if origin == case.key else origin
    lead = case.lead(lead_id)
    if lead.home != home:
        case.put_lead(lead_id, replace(lead, home=home))


def withdraw(case: Case, reason: Reason) -> None:
    """Withdraw what is open; leads that wait, and a large account's hand-offs, as the cursor comes to them."""
    if open_index.is_large(case):
        return
    for handoff_id, row in open_index.open_rows(case):
        lead = handoffs.close(case, handoff_id, row, case.lead(row.lead_id), (reason,))
        case.put_lead(row.lead_id, lead)


def _send_before(case: Case, lead_id: str, to: str) -> None:
    """A person who is on the way home stays."""
    lead = case.rows.get(LeadRow, case.key, lead_id)
    if lead is not None and case.account.moving_to != "":
        send_over(LeadInHand(case, lead_id, lead), to)


def _withdraw_if_from(case: Case, lead_id: str, origin: str) -> LastRep | None:
    """Withdraw what is open of a person who came from ``origin``; return who worked with them."""
    hand = LeadInHand(case, lead_id)
    if hand.lead.home != origin or not hand.lead.handoffs:
        return None
    handoffs.close_all_of(hand, (Reason.ACCOUNT_MOVED,))
    hand.write_lead()
    return case.account.last_rep


def _send_if_from(case: Case, lead_id: str, origin: str, to: str) -> None:
    lead = case.rows.get(LeadRow, case.key, lead_id)
    if lead is not None and lead.home == origin:
        send_over(LeadInHand(case, lead_id, lead), to)


def _say_joins(case: Case, to: str) -> None:
    account = case.account
    kept = AccountPayload(
        account.last_rep, account.by_hand, account.by_hand_ms, account.questioned, account.enriched
    )
    event = AccountJoins(
        event_id=fact_id("joins", case.key, to, case.event_id),
        account_key=to,
        origin_account_key=case.key,
        is_unproven=account.is_unproven,
        is_by_contact=account.is_by_contact,
        kept=pack_row(kept),
    )
    case.publish(LEAD_EVENTS, event)


def _say_left(case: Case, origin: str, gone: JoinedRow) -> None:
    event = AccountLeft(
        event_id=fact_id("left", case.key, origin, case.event_id),
        account_key=origin,
        from_account_key=case.key,
        kept=pack_row(AccountPayload(last_rep=gone.last_rep)),
    )
    case.publish(LEAD_EVENTS, event)


def _keep(case: Case, kept: AccountPayload) -> None:
    """The rep who worked with these people last is the account's, where nobody did so later."""
    held, sent = case.account.last_rep, kept.last_rep
    if sent is not None and (held is None or sent.at_ms > held.at_ms):
        case.change(last_rep=sent)
