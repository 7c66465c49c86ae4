"""A person is erased: the rows, open hand-offs and scores of their lead are deleted under every account key.

In: the erasure, sent to every partition. Out: withdrawals without personal data, tombstones of scores, the erasure for
each desk. The account keeps its counters. Turns and the period's counts of reps do not change.

A test fails if a row type of this hop is missing in LEAVES: add it with what the erasure does to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.topics import DESK_REQUESTS, LEAD_SCORES
from schemas.vocabulary import Reason
from workers.accounts.account_keys import aliases, contact_lookup, crm_claims, name_lookup, placements
from workers.accounts.account_keys.name_index import AskerCountRow, AskerRow, NamedAccountRow
from workers.accounts.account_keys.parents import ParentRow, SubsidiaryRow
from workers.accounts.account_keys.placements import PlacementRow
from workers.accounts.case import Case, LeadInHand
from workers.accounts.desk_protocol import claim_refusals, requests
from workers.accounts.desk_protocol.partner_loads import report_load
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
"""Kind of the cursor that continues an erasure in an account with many rows."""
CHUNK = 500
"""Most rows that one step of the cursor reads."""
_SEP = "\x1f"
"""Separator of the parts of the cursor's key and position."""

KEYED_BY_LEAD: Final[tuple[type[Row], ...]] = (LeadRow, ScoreRow, MovedRow, ConsentRow, TouchesRow)
"""Row types with the key (account, lead_id). The erasure deletes these rows."""
WITH_LEAD_ID: Final[tuple[type[AlertRow | ClosedHandoffRow], ...]] = (AlertRow, ClosedHandoffRow)
"""Row types with a field lead_id and another key. The erasure reads them in chunks and deletes the person's rows."""
LEAVES: Final[dict[type[Row], str]] = dict.fromkeys(KEYED_BY_LEAD, "deleted") | {
    AlertRow: "cleared and deleted",
    ClosedHandoffRow: "deleted: a later answer to it is unknown",
    HandoffRow: "withdrawn and deleted",
    PressingRow: "deleted with the hand-off",
    QuestionRow: "deleted with the question",
    TouchedByRow: "a number only",
    BulkTransferRow: "the answer to a request for the person is dropped; deleted under the person's own key",
    PendingRow: "deleted",
    ServiceRow: "deleted",
    ActiveRow: "the person is removed from the list",
    WantingRow: "deleted",
    SignalsRow: "the person's signals are removed from the bundle; deleted under the person's own key",
    AccountRow: "the person's request, deal and claims are removed; deleted under the person's own key",
    PlaceRow: "deleted",
    PlacementRow: "deleted",
    JoinedRow: "deleted if the alias is the person's own key",
    ClaimRow: "contains no person",
    ParentRow: "contains no person",
    SubsidiaryRow: "contains no person",
    NamedAccountRow: "contains no person",
    AskerRow: "deleted when the account that asked drops its question",
    AskerCountRow: "only a number",
    NumbersRow: "only numbers; deleted with the mark",
    ErasedRow: "the mark itself",
}
"""Every row type of this hop, and what the erasure of a person does to it."""


def erase(
    terms: Terms, rows: Rows, now_ms: int, event: PersonErased, partitions: int, kept_ms: int
) -> list[Emit]:
    """Erase a person in this partition. A repeated erasure changes nothing."""
    if not mark_erasure(rows, event, now_ms, kept_ms):
        return []
    keys = places_of(rows, event.lead_id)
    emits: list[Emit] = []
    for key in keys:
        emits += _remove_person(Case(terms, rows, now_ms, key, event.event_id), event.lead_id)
        rows.delete(PlaceRow, event.lead_id, key)
    # The log of each desk then has the erasure after every request for this lead.
    return [*emits, *(broadcast(DESK_REQUESTS, event, partitions) if keys else [])]


def continue_erasure(terms: Terms, rows: Rows, now_ms: int, cursor: Cursor) -> tuple[list[Emit], str | None]:
    """Delete the next rows of a large account that contain the person. Return the outputs and where to continue."""
    key, lead_id = cursor.key.split(_SEP)
    case = Case(terms, rows, now_ms, key, f"{ERASE} {lead_id}")
    following = _delete_next(case, lead_id, cursor.position)
    return case.close(), following


def end_mark(rows: Rows, lead_id: str) -> None:
    """Delete the erasure mark and the numbers: no event from before the erasure can arrive any more."""
    forget_mark(rows, lead_id)
    rows.delete(NumbersRow, lead_id)


def _remove_person(case: Case, lead_id: str) -> list[Emit]:
    """Remove a person from one account key. Return the outputs. They contain no data of the person."""
    rows = case.rows
    hand = LeadInHand(case, lead_id)
    lead, score = hand.lead, hand.score
    moved = rows.get(MovedRow, case.key, lead_id) or MovedRow(stage_n=0, revision=0)
    rows.delete(ScoreRow, case.key, lead_id)  # so that later outputs of this erasure explain nothing by it
    _withdraw(case, replace(lead, service=(*lead.service, *moved.service)))
    dequeue(hand)
    request = case.account.request
    if request is not None and request.lead_id == lead_id:
        requests.cancel_request(case)
    case.remove_active(lead_id)
    buying_signals.forget_person(case, lead_id)
    stop_asking(hand)
    claim_refusals.forget_lead(case, lead_id)
    placements.delete_placement(case, lead_id)
    expiry.stop_expiry(case, lead_id)
    imported_history.cancel_evaluation(case, lead_id)
    had_deal = deal_of(case.account.deals, lead_id) is not None
    case.change(deals=tuple(one for one in case.account.deals if one.lead_id != lead_id))
    for row_type in KEYED_BY_LEAD:
        rows.delete(row_type, case.key, lead_id)
    following = _delete_next(case, lead_id, "")
    if following is not None:
        start_cursor(rows, ERASE, f"{case.key}{_SEP}{lead_id}")
    is_own_key = case.key == personal_account_key(lead_id)
    if case.account.naming is not None and case.account.naming.lead_id == lead_id:
        name_lookup.cancel_lookup(case)
    if is_own_key:
        contact_lookup.change_lookup(case, None)
        case.change(gone=(), by_hand=None)
    elif had_deal:
        # Without this deal the account may no longer be a customer or have an opportunity.
        crm_claims.refresh_account(case)
    requests.review_request(case)
    claim_refusals.review_refusals(case)
    report_load(case)
    case.emits.append(tombstone(LEAD_SCORES, lead_id, case.key))
    emits = case.close()
    _record_numbers(
        case,
        lead_id,
        max(lead.stage_n, moved.stage_n),
        max(score.revision, moved.revision),
        is_own_key=is_own_key,
    )
    rows.delete(JoinedRow, case.key, personal_account_key(lead_id))
    if is_own_key:
        cancel_timer(rows, requests.ASK, case.key)
        cancel_timer(rows, aliases.MOVE, case.key)
        cancel_timer(rows, buying_signals.BUNDLE, case.key)
        rows.delete(SignalsRow, case.key)
        rows.delete(AccountRow, case.key)
        rows.delete(BulkTransferRow, case.key)
        rows.delete(ActiveRow, case.key)
    return emits


def _withdraw(case: Case, lead: LeadRow) -> None:
    """Withdraw the open hand-offs and support questions, by revisions without personal data."""
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
    """Delete a closed hand-off and its timer."""
    case.rows.delete(ClosedHandoffRow, case.key, handoff_id)
    cancel_timer(case.rows, handoffs.FORGET, handoff_id)


def _delete_next(case: Case, lead_id: str, position: str) -> str | None:
    """Delete the person's rows among the next chunk of WITH_LEAD_ID. Return where to continue, or None at the end."""
    at, _, after = position.partition(_SEP)
    number = int(at or 0)
    row_type = WITH_LEAD_ID[number]
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
    return _delete_next(case, lead_id, f"{number + 1}") if number + 1 < len(WITH_LEAD_ID) else None


def _record_numbers(case: Case, lead_id: str, stage_n: int, revision: int, *, is_own_key: bool) -> None:
    """Record the last numbers of the person's outputs, so that no id is given twice.

    ``is_own_key``: the account is the person's own, so its numbers are recorded too.
    """
    known = case.rows.get(NumbersRow, lead_id) or NumbersRow()
    numbers = replace(known, stage_n=max(known.stage_n, stage_n), revision=max(known.revision, revision))
    if is_own_key:
        account = case.account
        numbers = replace(
            numbers, handoff_n=account.handoff_n, request_n=account.request_n, alert_n=account.alert_n
        )
    case.rows.put(numbers, lead_id)
