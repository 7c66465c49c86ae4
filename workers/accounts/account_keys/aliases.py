"""Aliases: an account key joins a primary key, moves on to another, or becomes a primary key again.

In: the primary key that a key should have, messages between keys. Out: messages between keys, withdrawn hand-offs, leads
sent in chunks. It never decides which primary key is right: that is in crm_claims.py. Records about leads are forwarded
in forwarding.py. The package's docstring shows the messages of a move in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.account_links import AccountJoins, AccountLeaves, AccountLeft
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from workers.accounts.account_keys.alias_chains import (
    introduce_alias,
    is_known_better,
    next_key,
    pass_leave_on,
)
from workers.accounts.account_keys.lead_transfer import send_lead
from workers.accounts.case import LeadInHand
from workers.accounts.handoffs import bulk_transfer, handoffs, open_index
from workers.accounts.handoffs.alias_members import (
    LEAVING,
    AccountPayload,
    JoinedRow,
    comes_from,
    leaving_cursor_key,
)
from workers.accounts.handoffs.transfer_payload import pack_row, unpack_row
from workers.accounts.routing.ownership import owner_of
from workers.accounts.state.account import LastRep
from workers.accounts.state.lead import LeadRow
from workers.engine.timers import cancel_timer, set_timer, start_cursor
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case

LEADS: Final = "leads"
"""Kind of the cursor over all leads of a key. An alias sends them to its primary key, a primary key evaluates them."""
MOVE: Final = "move"
"""Kind of the timer that repeats AccountLeaves."""
REPEAT_MS: Final = 3_600_000
"""Pause before AccountLeaves is repeated. Milliseconds."""


# The key that moves.


def move_key(
    case: Case, to: str, *, crm_account_id: str = "", is_unproven: bool = False, is_by_contact: bool = False
) -> None:
    """Make the key an alias of ``to``; '' makes it a primary key. While a move is in progress, nothing changes.

    ``crm_account_id``: the CRM account to which the alias belongs. ``is_unproven``: only a company name supports the
    alias. ``is_by_contact``: a CRM contact record names the account. If only these change, AccountJoins is sent again. A primary key with more than 20 open hand-offs first
    withdraws them in chunks. The key moves when this function is called again at their end.
    """
    account = case.account
    if account.moving_to is not None:
        return
    if to == account.forwards_to:
        bulk_transfer.cancel_key_move(case)
        made = (crm_account_id, is_unproven, is_by_contact)
        if to and made != (account.alias_of, account.is_unproven, account.is_by_contact):
            case.change(alias_of=crm_account_id, is_unproven=is_unproven, is_by_contact=is_by_contact)
            _publish_joins(case, to)
        return
    if not account.forwards_to and bulk_transfer.must_withdraw(case):
        bulk_transfer.prepare_key_move(case)
        return
    case.change(alias_of=crm_account_id, is_unproven=is_unproven, is_by_contact=is_by_contact)
    if not account.forwards_to:
        bulk_transfer.finish(case)
        _withdraw_handoffs(case)
        case.change(forwards_to=to)
        _publish_joins(case, to)
        start_cursor(case.rows, LEADS, case.key)
    else:
        case.change(moving_to=to)
        if to:
            _publish_joins(case, to)
        request_leads(case)
    case.request_needs_review = True


def request_leads(case: Case) -> None:
    """Ask the present primary key to send the alias's leads on. Repeated every hour until AccountLeft arrives."""
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
    set_timer(case.rows, MOVE, case.key, case.now_ms + REPEAT_MS)


def complete_move(case: Case, event: AccountLeft) -> None:
    """Forward to the new primary key, because the present one has sent all leads of this key."""
    account = case.account
    if account.moving_to is None or event.from_account_key != account.forwards_to:
        return
    cancel_timer(case.rows, MOVE, case.key)
    case.change(forwards_to=account.moving_to, moving_to=None)
    merge_last_rep(case, unpack_row(event.kept, AccountPayload))
    case.request_needs_review = True
    start_cursor(case.rows, LEADS, case.key)


def send_lead_now(case: Case, lead_id: str) -> None:
    """Send one lead before the cursor does, because its own event made the key an alias.

    The event counts as earned at the new key, where it may hand a customer's lead to its rep.
    """
    lead = case.rows.get(LeadRow, case.key, lead_id)
    account = case.account
    if lead is not None and account.forwards_to and account.moving_to is None:
        send_lead(LeadInHand(case, lead_id, lead), account.forwards_to, earned=True)


# The primary key, present or former.


def add_alias(case: Case, event: AccountJoins) -> None:
    """Record that another key forwards to this one, and take over what it knows of the account.

    A manual reassignment is taken over if the match is proven and the reassignment is the latest. It is in force only
    if no rep owns this account.
    """
    known = case.rows.get(JoinedRow, case.key, event.origin_account_key)
    if is_known_better(known, event):
        return
    row = JoinedRow(
        is_unproven=event.is_unproven,
        is_by_contact=event.is_by_contact,
        crm_account_id=event.crm_account_id,
        via=event.via_account_key,
        came_via="" if known is None else known.via or known.came_via,
    )
    case.rows.put(row, case.key, event.origin_account_key)
    kept = unpack_row(event.kept, AccountPayload)
    merge_last_rep(case, kept)
    account = case.account
    if not event.is_unproven and kept.by_hand is not None and kept.by_hand_ms > account.by_hand_ms:
        case.change(by_hand_ms=kept.by_hand_ms)
        if account.by_hand is None and owner_of(case.terms.policy, account) is None:
            case.change(by_hand=kept.by_hand)
    case.request_needs_review = True


def detach_alias(case: Case, event: AccountLeaves) -> None:
    """Let an alias move to another key: withdraw the open hand-offs of its leads, then send the leads there.

    The single lead of a ``lead:`` key is sent at once, leads of a domain in chunks. A large account also withdraws the
    hand-offs in chunks first. If leads of the alias were sent to another key in a chain, that key is asked afterwards.
    """
    origin = event.origin_account_key
    alias = case.rows.get(JoinedRow, case.key, origin) or JoinedRow()
    to, passed_on_to = event.to_account_key, ""
    following = next_key(case, origin, to)
    if following:
        to, passed_on_to = following, to
    alias = replace(alias, asked=event.asked_account_key, passed_on_to=passed_on_to)
    case.request_needs_review = True
    if event.to_account_key == case.key:
        _publish_left(case, origin, replace(alias, gone_to=to))
        return
    if origin.startswith("lead:"):
        lead_id = origin.removeprefix("lead:")
        row = _mark_gone(alias, to, _withdraw_if_from(case, lead_id, origin))
        _send_if_from(case, lead_id, origin, to)
        case.rows.put(row, case.key, origin)
        _publish_left(case, origin, row)
        return
    if open_index.is_large(case):
        if not alias.leaving_to:
            case.change(leaving=case.account.leaving + 1)
        row = replace(alias, leaving_to=to)
    else:
        rep_before = None
        for handoff_id, open_row in open_index.open_rows(case):
            lead = case.lead(open_row.lead_id)
            if comes_from(case, lead, origin):
                lead = handoffs.close(case, handoff_id, open_row, lead, (Reason.ACCOUNT_MOVED,))
                case.put_lead(open_row.lead_id, lead)
                rep_before = case.account.last_rep
        row = _mark_gone(alias, to, rep_before)
    case.rows.put(row, case.key, origin)
    start_cursor(case.rows, LEAVING, leaving_cursor_key(case.key, origin))


def _mark_gone(alias: JoinedRow, to: str, rep_before: LastRep | None) -> JoinedRow:
    """Return the row of an alias that has moved to ``to``, with the rep who last worked with its leads here."""
    last_rep = rep_before or (alias.last_rep if alias.gone_to else None)
    return JoinedRow(gone_to=to, last_rep=last_rep, asked=alias.asked, passed_on_to=alias.passed_on_to)


def detach_next(case: Case, origin: str, position: str, limit: int) -> str | None:
    """Handle the alias's leads among the next ``limit`` leads. Return where to continue, or None at the end.

    In a large account a first pass withdraws their hand-offs, and '' starts the second pass. The second pass sends them.
    """
    alias = case.rows.get(JoinedRow, case.key, origin)
    if alias is None or not (alias.gone_to or alias.leaving_to):
        return None
    after = (case.key, position) if position else ()
    found = case.rows.scan(LeadRow, case.key, after=after, limit=limit)
    rep_before = None
    for (_, lead_id), _ in found:
        if alias.leaving_to:
            rep_before = _withdraw_if_from(case, lead_id, origin) or rep_before
        else:
            _send_if_from(case, lead_id, origin, alias.gone_to)
    if rep_before is not None:
        alias = replace(alias, last_rep=rep_before)
        case.rows.put(alias, case.key, origin)
    if len(found) == limit:
        return found[-1][0][1]
    if alias.leaving_to:
        case.rows.put(replace(alias, gone_to=alias.leaving_to, leaving_to=""), case.key, origin)
        case.change(leaving=case.account.leaving - 1)
        case.request_needs_review = True
        return ""
    _publish_left(case, origin, alias)
    return None


# Steps that both share.


def _withdraw_handoffs(case: Case) -> None:
    """Withdraw the open hand-offs, unless there are more than 20: the cursor over leads withdraws those.

    The cursor also removes queued leads.
    """
    if open_index.is_large(case):
        return
    for handoff_id, row in open_index.open_rows(case):
        lead = handoffs.close(case, handoff_id, row, case.lead(row.lead_id), (Reason.ACCOUNT_MOVED,))
        case.put_lead(row.lead_id, lead)


def _withdraw_if_from(case: Case, lead_id: str, origin: str) -> LastRep | None:
    """Withdraw a lead's hand-offs if it came from ``origin``. Return the rep who last worked the account, or None."""
    hand = LeadInHand(case, lead_id)
    if not comes_from(case, hand.lead, origin) or not hand.lead.handoffs:
        return None
    handoffs.close_all_of(hand, (Reason.ACCOUNT_MOVED,))
    hand.write_lead()
    return case.account.last_rep


def _send_if_from(case: Case, lead_id: str, origin: str, to: str) -> None:
    """Send a lead to the key ``to`` if it came from ``origin``."""
    lead = case.rows.get(LeadRow, case.key, lead_id)
    if lead is not None and comes_from(case, lead, origin):
        introduce_alias(case, lead.home, to, origin)
        send_lead(LeadInHand(case, lead_id, lead), to)


def _publish_joins(case: Case, to: str) -> None:
    """Send AccountJoins to ``to``, with what this key knows of the account itself."""
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
        crm_account_id=account.alias_of,
        kept=pack_row(kept),
    )
    case.publish(LEAD_EVENTS, event)


def _publish_left(case: Case, origin: str, alias: JoinedRow) -> None:
    """Send AccountLeft to the alias, with the rep who last worked with its leads here. In a chain, ask the next key."""
    if alias.passed_on_to:
        pass_leave_on(case, origin, alias)
        return
    event = AccountLeft(
        event_id=fact_id("left", case.key, origin, case.event_id),
        account_key=origin,
        from_account_key=alias.asked or case.key,
        kept=pack_row(AccountPayload(last_rep=alias.last_rep)),
    )
    case.publish(LEAD_EVENTS, event)


def merge_last_rep(case: Case, kept: AccountPayload) -> None:
    """Take over the rep who worked with the alias's leads last, if no rep has worked this account later."""
    known, sent = case.account.last_rep, kept.last_rep
    if sent is not None and (known is None or sent.at_ms > known.at_ms):
        case.change(last_rep=sent)
