"""A person is forgotten: their rows, their open hand-offs, their score; of the account only its counters stay.

In: that somebody was erased, told to every partition. Out: withdrawals without personal data, tombstones, what the
desks have to know. Reps keep what they had in turns and in the week. A row type that is not in LEAVES fails a test:
whoever adds one says how a person leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.topics import DESK_REQUESTS, LEAD_SCORES
from schemas.vocabulary import Reason
from workers.accounts.account_keys import aliases, contact_lookup, crm_claims, name_lookup
from workers.accounts.account_keys.name_index import NamedRow, WaiterRow, WaitingRow
from workers.accounts.account_keys.parents import ParentRow, SubsidiaryRow
from workers.accounts.case import Case, LeadInHand
from workers.accounts.desk_protocol import claim_refusals, requests
from workers.accounts.evaluation import expiry, imported_history
from workers.accounts.evaluation.consents import ConsentRow
from workers.accounts.evaluation.lead_locations import NumbersRow, personal_account_key, places_of
from workers.accounts.evaluation.missing_facts import WantingRow, stop_asking
from workers.accounts.handoffs import buying_signals, handoffs, support_questions
from workers.accounts.handoffs.alias_members import JoinedRow
from workers.accounts.handoffs.bulk_transfer import BulkTransferRow
from workers.accounts.handoffs.buying_signals import SignalsRow
from workers.accounts.handoffs.open_index import PressingRow, QuestionRow, TouchedByRow
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.stages.deals import deal_of
from workers.accounts.state.account import AccountRow, ActiveRow
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.facts import ClaimRow
from workers.accounts.state.handoff import ClosedHandoffRow, HandoffRow, PendingRow, ServiceRow
from workers.accounts.state.lead import LeadRow, MovedRow, PlaceRow
from workers.accounts.state.sales import TouchesRow
from workers.accounts.state.score import ScoreRow
from workers.engine.timers import cancel_timer, start_cursor
from workers.identity.erasure_marks import ErasedRow, broadcast, forget_mark, mark_erasure
from workers.outbox import tombstone

if TYPE_CHECKING:
    from schemas.erasure import PersonErased
    from workers.accounts.rulebook.terms import Terms
    from workers.engine.api import Cursor, Emit
    from workers.engine.rows import Row, Rows

ERASE = "erase"
"""The kind of the cursor that goes on through a large account."""
CHUNK = 500
_SEP = "\x1f"

BY_LEAD: Final[tuple[type[Row], ...]] = (LeadRow, ScoreRow, MovedRow, ConsentRow, TouchesRow)
"""Keyed (account, lead_id): deleted."""
NAMING_LEADS: Final[tuple[type[AlertRow | ClosedHandoffRow], ...]] = (AlertRow, ClosedHandoffRow)
"""Keyed (account, something), with a field lead_id: walked through in chunks, and deleted where it is the person's."""
LEAVES: Final[dict[type[Row], str]] = dict.fromkeys(BY_LEAD, "deleted") | {
    AlertRow: "cleared and deleted",
    ClosedHandoffRow: "deleted: a later answer to it is unknown",
    HandoffRow: "withdrawn and deleted",
    PressingRow: "deleted with the hand-off",
    QuestionRow: "deleted with the question",
    TouchedByRow: "a number only",
    BulkTransferRow: "an answer of theirs is dropped; of an account of one deleted",
    PendingRow: "deleted",
    ServiceRow: "deleted",
    ActiveRow: "taken out of the list",
    WantingRow: "deleted",
    SignalsRow: "what they did is taken out of the bundle; that of an account of one is deleted",
    AccountRow: "its request is given back, their deal is no more, nor are claims of them; an account of one is deleted",
    PlaceRow: "deleted",
    JoinedRow: "theirs, where they joined by the name of a company, is deleted",
    ClaimRow: "says nothing of people",
    ParentRow: "says nothing of people",
    SubsidiaryRow: "says nothing of people",
    NamedRow: "says nothing of people",
    WaiterRow: "deleted at the word of the account that asked",
    WaitingRow: "a number only",
    NumbersRow: "numbers only, until the mark goes",
    ErasedRow: "the mark itself",
}


def erase(
    terms: Terms, rows: Rows, now_ms: int, event: PersonErased, partitions: int, kept_ms: int
) -> list[Emit]:
    """Forget a person in this partition; once, however often it is said."""
    if not mark_erasure(rows, event, now_ms, kept_ms):
        return []
    keys = places_of(rows, event.lead_id)
    emits: list[Emit] = []
    for key in keys:
        emits += _leave(Case(terms, rows, now_ms, key, event.event_id), event.lead_id)
        rows.delete(PlaceRow, event.lead_id, key)
    # After everything that was asked for this lead, in the log of each desk.
    return [*emits, *(broadcast(DESK_REQUESTS, event, partitions) if keys else [])]


def continue_erasure(terms: Terms, rows: Rows, now_ms: int, cursor: Cursor) -> tuple[list[Emit], str | None]:
    """Walk on through a large account for what still names the person."""
    key, lead_id = cursor.key.split(_SEP)
    case = Case(terms, rows, now_ms, key, f"{ERASE} {lead_id}")
    following = _walk(case, lead_id, cursor.position)
    return case.close(), following


def end_mark(rows: Rows, lead_id: str) -> None:
    """Nothing from before can come again: the mark and the numbers go."""
    forget_mark(rows, lead_id)
    rows.delete(NumbersRow, lead_id)


def _leave(case: Case, lead_id: str) -> list[Emit]:
    rows = case.rows
    hand = LeadInHand(case, lead_id)
    lead, score = hand.lead, hand.score
    moved = rows.get(MovedRow, case.key, lead_id) or MovedRow(stage_n=0, revision=0)
    rows.delete(ScoreRow, case.key, lead_id)  # what is said from here on has nothing of it to explain
    _withdraw(case, replace(lead, service=(*lead.service, *moved.service)))
    dequeue(hand)
    request = case.account.request
    if request is not None and request.lead_id == lead_id:
        requests.cancel_request(case)
    case.remove_active(lead_id)
    buying_signals.forget_person(case, lead_id)
    stop_asking(hand)
    claim_refusals.forget_lead(case, lead_id)
    expiry.stop_expiry(case, lead_id)
    imported_history.cancel_evaluation(case, lead_id)
    had_deal = deal_of(case.account.deals, lead_id) is not None
    case.change(deals=tuple(one for one in case.account.deals if one.lead_id != lead_id))
    for row_type in BY_LEAD:
        rows.delete(row_type, case.key, lead_id)
    following = _walk(case, lead_id, "")
    if following is not None:
        start_cursor(rows, ERASE, f"{case.key}{_SEP}{lead_id}")
    is_of_one = case.key == personal_account_key(lead_id)
    if case.account.naming is not None and case.account.naming.lead_id == lead_id:
        name_lookup.cancel_question(case)
    if is_of_one:
        contact_lookup.ask(case, None)
        case.change(gone=(), by_hand=None)
    elif had_deal:
        crm_claims.follow(case)  # the account is what the CRM and the others' deals make of it
    requests.review_request(case)
    claim_refusals.review_refusals(case)
    case.emits.append(tombstone(LEAD_SCORES, lead_id, case.key))
    emits = case.close()
    _number_on(
        case, lead_id, max(lead.stage_n, moved.stage_n), max(score.revision, moved.revision), of_one=is_of_one
    )
    rows.delete(JoinedRow, case.key, personal_account_key(lead_id))
    if is_of_one:
        cancel_timer(rows, requests.ASK, case.key)
        cancel_timer(rows, aliases.MOVE, case.key)
        cancel_timer(rows, buying_signals.BUNDLE, case.key)
        rows.delete(SignalsRow, case.key)
        rows.delete(AccountRow, case.key)
        rows.delete(BulkTransferRow, case.key)
        rows.delete(ActiveRow, case.key)
    return emits


def _withdraw(case: Case, lead: LeadRow) -> None:
    """Withdraw what is open, without a word about the person."""
    for handoff_id in lead.handoffs:
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        if row is None:
            continue
        handoffs.close(case, handoff_id, replace(row, campaign=None), LeadRow(), (Reason.ERASED,))
        _forget_closed(case, handoff_id)
    support_questions.delete_for_erasure(case, lead)
    for handoff_id in lead.service:
        _forget_closed(case, handoff_id)


def _forget_closed(case: Case, handoff_id: str) -> None:
    case.rows.delete(ClosedHandoffRow, case.key, handoff_id)
    cancel_timer(case.rows, handoffs.FORGET, handoff_id)


def _walk(case: Case, lead_id: str, position: str) -> str | None:
    """Do one chunk behind ``position`` ('' at the start); return where to go on, None at the end."""
    at, _, after = position.partition(_SEP)
    number = int(at or 0)
    row_type = NAMING_LEADS[number]
    found = case.rows.scan(row_type, case.key, after=(case.key, after) if after else (), limit=CHUNK)
    for (_, name), row in found:
        if lead_id != row.lead_id and case.key != personal_account_key(lead_id):
            continue
        if isinstance(row, AlertRow):
            case.end_alert(name, row)
        else:
            _forget_closed(case, name)
    if len(found) == CHUNK:
        return f"{number}{_SEP}{found[-1][0][1]}"
    return _walk(case, lead_id, f"{number + 1}") if number + 1 < len(NAMING_LEADS) else None


def _number_on(case: Case, lead_id: str, stage_n: int, revision: int, *, of_one: bool) -> None:
    held = case.rows.get(NumbersRow, lead_id) or NumbersRow()
    made = replace(held, stage_n=max(held.stage_n, stage_n), revision=max(held.revision, revision))
    if of_one:
        account = case.account
        made = replace(
            made, handoff_n=account.handoff_n, request_n=account.request_n, alert_n=account.alert_n
        )
    case.rows.put(made, lead_id)
