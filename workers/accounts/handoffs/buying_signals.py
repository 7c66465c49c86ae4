"""Buying signals of an owned account: one alert notifies the owner of several signals, without a new hand-off.

In: activity that matches the policy's signal rules, and hands that are raised again in a cycle. Out: one alert per
account and time window that lists the signals of each person. The alert is cleared when sales responds, when the owner
changes or is gone, and by the next alert. Activity that leads to a hand-off is not a signal.
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
"""Kind of the timer at the end of a window."""
MOST_LINES = 20
"""Most lines of a bundle: the latest."""
RAISED_HAND_REPEATED = "raised_hand_again"
"""Name of the signal for a hand that is raised again in the same cycle."""


class SignalsRow(Row, frozen=True):
    """Signals that are not published yet, and the bundle whose alert is open: key (account). At most 20 lines."""

    prefix: ClassVar[str] = "signals"
    lines: tuple[SignalLine, ...] = ()
    """Signals to publish at the end of the window. At most 20, the latest."""
    number: int = 0
    """Number of the last bundle."""
    up_for: str = ""
    """Rep whom the open alert notifies, by rep_id. Empty: no alert is open."""


def add_signals(case: Case, lead_id: str, names: Iterable[str], at_ms: int) -> None:
    """Add what a person did by signal rules, if the account has an owner.

    Activity of a person who may not be offered anything is left out: only a raised hand of such a person is answered.
    """
    found = [name for name in names if name in case.terms.signals]
    if not found or is_muted(case) or owner_of(case.terms.policy, case.account) is None:
        return
    if restriction(case.terms, case.lead(lead_id)) is None:
        _add_lines(case, lead_id, found, at_ms)


def withhold(case: Case, lead_id: str) -> None:
    """Remove unpublished signals of a person who may not be tracked or offered anything any more. Raised hands stay."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    if row is not None and any(
        line.lead_id == lead_id and line.rule != RAISED_HAND_REPEATED for line in row.lines
    ):
        lines = tuple(
            line for line in row.lines if line.lead_id != lead_id or line.rule == RAISED_HAND_REPEATED
        )
        case.rows.put(replace(row, lines=lines), case.key)


def add_raised_hand(case: Case, lead_id: str, at_ms: int) -> None:
    """Add a hand that is raised again, if the account has an owner or a rep as its holder."""
    if case.terms.bundle_ms and _recipient_of(case):
        _add_lines(case, lead_id, [RAISED_HAND_REPEATED], at_ms)


def publish_bundle(case: Case) -> None:
    """Raise the alert with the signals of the window that has ended."""
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
    """Clear the open alert, because sales has responded to the account."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    if row is not None and row.up_for:
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)
        case.request_needs_review = True


def follow_owner(case: Case) -> None:
    """Clear the open alert if the account has another owner now, or none."""
    row = case.rows.get(SignalsRow, case.key)
    if row is not None and row.up_for and row.up_for != _recipient_of(case):
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)


def notified_rep(case: Case) -> str | None:
    """Return the rep whom the open alert notifies, or None."""
    row = case.rows.get(SignalsRow, case.key)
    return row.up_for or None if row is not None else None


def end_signals(case: Case) -> None:
    """Clear the open alert and drop the signals: the account has no owner any more, or is stored under another key."""
    row = case.rows.get(SignalsRow, case.key)
    if row is not None:
        _clear_alert(case, row)
        cancel_timer(case.rows, BUNDLE, case.key)
        case.rows.put(SignalsRow(number=row.number), case.key)


def forget_person(case: Case, lead_id: str) -> None:
    """Remove a person who is erased from the signals, and clear the open alert."""
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
    """Return the rep to notify: the account's owner, else the rep who holds it. Empty: no one."""
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
