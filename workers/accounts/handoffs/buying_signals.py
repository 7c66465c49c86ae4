"""Buying signals of an account that somebody owns: they reach the owner bundled, without a new hand-off.

In: what people of the account do, by the rules that the policy calls signals, and hands raised again. Out: one alert per
account and time window, with what was done by whom; it is over when sales answers, when somebody else owns the account
or nobody does any more, or with the next bundle. What becomes a hand-off is no signal besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.vocabulary import Alert, AssigneeType
from workers.accounts.handoffs.alert_recipients import is_muted
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.permission import restriction
from workers.accounts.state.alert import SignalLine
from workers.engine.rows import Row
from workers.engine.timers import cancel_timer, set_timer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.case import Case

BUNDLE = "signals"
MOST_LINES = 20
RAISED_HAND_REPEATED = "raised_hand_again"
"""A hand raised a second time in a cycle: the name of that signal."""


class SignalsRow(Row, frozen=True):
    """Signals of an account that are still to be said, and which bundle is up. One per account; at most 20 lines."""

    prefix: ClassVar[str] = "signals"
    lines: tuple[SignalLine, ...] = ()
    number: int = 0
    """Of the last bundle."""
    up_for: str = ""
    """The rep for whom it is up; empty: none is."""


def add_signals(case: Case, lead_id: str, names: Iterable[str], at_ms: int) -> None:
    """Take what a person did by rules that are signals; nobody is told of an account that nobody owns.

    Nor of who may be offered nothing: of them only a raised hand is answered.
    """
    found = [name for name in names if name in case.terms.signals]
    if not found or is_muted(case) or owner_of(case.terms.policy, case.account) is None:
        return
    if restriction(case.terms, case.lead(lead_id)) is None:
        _add_lines(case, lead_id, found, at_ms)


def withhold(case: Case, lead_id: str) -> None:
    """A person may be tracked, or offered something, no more: what is still to be said of them is not said."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    if row is not None and any(
        line.lead_id == lead_id and line.rule != RAISED_HAND_REPEATED for line in row.lines
    ):
        lines = tuple(
            line for line in row.lines if line.lead_id != lead_id or line.rule == RAISED_HAND_REPEATED
        )
        case.rows.put(replace(row, lines=lines), case.key)


def add_raised_hand(case: Case, lead_id: str, at_ms: int) -> None:
    """Take a hand that is raised again: only a signal, to whoever owns or has the account."""
    if case.terms.bundle_ms and _recipient_of(case):
        _add_lines(case, lead_id, [RAISED_HAND_REPEATED], at_ms)


def publish_bundle(case: Case) -> None:
    """The window is over: say what was done in it."""
    row = case.rows.get(SignalsRow, case.key)
    if row is None:
        return
    rep_id = _recipient_of(case)
    if not rep_id or not row.lines:
        end_signals(case)
        return
    _clear_alert(case, row)
    number = row.number + 1
    case.raise_alert(Alert.BUYING_SIGNALS, str(number), rep_id=rep_id, told=(rep_id,), signals=row.lines)
    case.request_needs_review = True
    case.rows.put(SignalsRow(number=number, up_for=rep_id), case.key)


def clear_answered(case: Case) -> None:
    """Sales has done something about the account: what was said is seen."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    if row is not None and row.up_for:
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)
        case.request_needs_review = True


def follow_owner(case: Case) -> None:
    """Another owner, or none: what the one before was told is over."""
    row = case.rows.get(SignalsRow, case.key)
    if row is not None and row.up_for and row.up_for != _recipient_of(case):
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)


def notified_rep(case: Case) -> str | None:
    """Return the rep for whom a bundle is up, or None."""
    row = case.rows.get(SignalsRow, case.key)
    return row.up_for or None if row is not None else None


def end_signals(case: Case) -> None:
    """Nobody owns the account any more, or it lives elsewhere."""
    row = case.rows.get(SignalsRow, case.key)
    if row is not None:
        _clear_alert(case, row)
        cancel_timer(case.rows, BUNDLE, case.key)
        case.rows.put(SignalsRow(number=row.number), case.key)


def forget_person(case: Case, lead_id: str) -> None:
    """A person who is to be forgotten is in no bundle, said or not."""
    row = case.rows.get(SignalsRow, case.key)
    if row is not None:
        _clear_alert(case, row)
        lines = tuple(line for line in row.lines if line.lead_id != lead_id)
        case.rows.put(replace(row, lines=lines, up_for=""), case.key)


def _add_lines(case: Case, lead_id: str, names: Iterable[str], at_ms: int) -> None:
    row = case.rows.get(SignalsRow, case.key) or SignalsRow()
    if not row.lines:
        set_timer(case.rows, BUNDLE, case.key, case.now_ms + case.terms.bundle_ms)
    lines = {(line.lead_id, line.rule): line for line in row.lines}
    for name in names:
        held = lines.get((lead_id, name)) or SignalLine(lead_id, name, 0, at_ms)
        lines[lead_id, name] = SignalLine(lead_id, name, held.count + 1, max(held.at_ms, at_ms))
    latest = sorted(lines.values(), key=lambda line: (-line.at_ms, line.lead_id, line.rule))[:MOST_LINES]
    case.rows.put(replace(row, lines=tuple(latest)), case.key)


def _recipient_of(case: Case) -> str:
    """Who is to hear of the account; '' for nobody."""
    if not case.terms.bundle_ms or is_muted(case):
        return ""
    right = owner_of(case.terms.policy, case.account)
    if right is not None:
        return right.rep_id
    holder = case.account.holder
    return holder.id if holder is not None and holder.type is AssigneeType.REP else ""


def _clear_alert(case: Case, row: SignalsRow) -> None:
    if row.up_for:
        case.clear_alert(Alert.BUYING_SIGNALS, str(row.number))
