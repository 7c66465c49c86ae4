"""The index of an account's open hand-offs: what is asked of all of them is stored beside their rows.

In: a hand-off that is opened, changed or closed. Out: its row, its place in the order of urgency, counts. So an event
costs no more in an account with ten thousand open hand-offs than in one with ten. Nothing is published here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.vocabulary import Kind
from workers.accounts.state.handoff import HandoffRow
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.accounts.case import Case


class PressingRow(Row, frozen=True):
    """The place of an open hand-off in the order of urgency: key (account, urgency, handoff_id). One per hand-off."""

    prefix: ClassVar[str] = "pressing"


class QuestionRow(Row, frozen=True):
    """A support question that the service desk holds: key (account, handoff_id). One per open question."""

    prefix: ClassVar[str] = "question"


class TouchedByRow(Row, frozen=True):
    """The number of open hand-offs that a rep has touched: key (account, rep_id). Deleted at zero."""

    prefix: ClassVar[str] = "touched_by"
    count: int
    """Number of open hand-offs. From 1."""


def write_handoff(case: Case, handoff_id: str, row: HandoffRow) -> None:
    """Write a hand-off that was opened or has changed, and update the index."""
    held = case.rows.get(HandoffRow, case.key, handoff_id)
    case.rows.put(row, case.key, handoff_id)
    if row.kind is not Kind.SERVICE:
        _update_index(case, handoff_id, held, row)
    elif held is None:
        case.rows.put(QuestionRow(), case.key, handoff_id)


def delete_handoff(case: Case, handoff_id: str) -> None:
    """Delete a hand-off that is closed, and update the index."""
    held = case.rows.get(HandoffRow, case.key, handoff_id)
    case.rows.delete(HandoffRow, case.key, handoff_id)
    if held is not None and held.kind is not Kind.SERVICE:
        _update_index(case, handoff_id, held, None)
    case.rows.delete(QuestionRow, case.key, handoff_id)


def is_large(case: Case) -> bool:
    """Whether the account has more open hand-offs than one step handles."""
    return case.account.open_handoffs > case.terms.most_at_once


def open_rows(case: Case) -> list[tuple[str, HandoffRow]]:
    """Return (handoff_id, row) of open hand-offs in the order of their ids, without support questions.

    All of them, if the account is not large. Otherwise the most urgent ones, as many as one step handles.
    """
    found = case.rows.scan(PressingRow, case.key, limit=case.terms.most_at_once)
    rows = [(parts[2], case.rows.get(HandoffRow, case.key, parts[2])) for parts, _ in found]
    return sorted((handoff_id, row) for handoff_id, row in rows if row is not None)


def open_questions(case: Case) -> list[tuple[str, HandoffRow]]:
    """Return (handoff_id, row) of support questions that the service desk holds. At most as many as one step closes."""
    found = case.rows.scan(QuestionRow, case.key, limit=case.terms.most_at_once)
    rows = [(parts[1], case.rows.get(HandoffRow, case.key, parts[1])) for parts, _ in found]
    return [(handoff_id, row) for handoff_id, row in rows if row is not None]


def most_pressing(case: Case) -> tuple[str, HandoffRow] | None:
    """Return the most urgent hand-off: unanswered ones first, then raised hands, then by id. None: none is open."""
    for (_, _, handoff_id), _ in case.rows.scan(PressingRow, case.key, limit=1):
        row = case.rows.get(HandoffRow, case.key, handoff_id)
        return None if row is None else (handoff_id, row)
    return None


def is_all_touched(case: Case) -> bool:
    """Whether every open hand-off has been touched."""
    return not case.account.untouched


def has_touched(case: Case, rep_id: str) -> bool:
    """Whether this rep has touched one of the account's open hand-offs."""
    return case.rows.get(TouchedByRow, case.key, rep_id) is not None


def _update_index(case: Case, handoff_id: str, held: HandoffRow | None, now: HandoffRow | None) -> None:
    """Update the index for a hand-off that was ``held`` and is ``now``. None: it is not open."""
    was, becomes = _urgency_of(held), _urgency_of(now)
    if was != becomes:
        if was:
            case.rows.delete(PressingRow, case.key, was, handoff_id)
        if becomes:
            case.rows.put(PressingRow(), case.key, becomes, handoff_id)
    before, after = (set() if row is None else {*row.reps_who_touched} for row in (held, now))
    for rep_id in sorted(before ^ after):
        _change_touch_count(case, rep_id, 1 if rep_id in after else -1)
    account = case.account
    counts = (
        account.open_handoffs + (now is not None) - (held is not None),
        account.untouched + _is_untouched(now) - _is_untouched(held),
        account.frozen + _is_frozen(now) - _is_frozen(held),
        account.on_way + _is_in_transit(now) - _is_in_transit(held),
    )
    if counts != (account.open_handoffs, account.untouched, account.frozen, account.on_way):
        case.change(open_handoffs=counts[0], untouched=counts[1], frozen=counts[2], on_way=counts[3])


def _change_touch_count(case: Case, rep_id: str, by: int) -> None:
    """Add ``by`` to the number of open hand-offs that the rep has touched."""
    held = case.rows.get(TouchedByRow, case.key, rep_id)
    count = (0 if held is None else held.count) + by
    if count:
        case.rows.put(TouchedByRow(count=count), case.key, rep_id)
    else:
        case.rows.delete(TouchedByRow, case.key, rep_id)


def _urgency_of(row: HandoffRow | None) -> str:
    """Return the sort key of a hand-off: untouched first, then raised hands. Empty: it is not open."""
    if row is None:
        return ""
    return f"{int(row.touched_ms is not None)}{int(row.qualification is None)}"


def _is_untouched(row: HandoffRow | None) -> bool:
    return row is not None and row.touched_ms is None


def _is_frozen(row: HandoffRow | None) -> bool:
    return row is not None and row.frozen_ms is not None


def _is_in_transit(row: HandoffRow | None) -> bool:
    return row is not None and bool(row.withdrawn_for)
