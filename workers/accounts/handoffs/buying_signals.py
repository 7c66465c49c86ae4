"""Buying signals of an owned account: one alert notifies its reps of several signals, without a new hand-off.

In: activity that matches the policy's signal rules, and hands that are raised again in a cycle. Out: one alert per
account and time window that lists the signals of each person. It notifies the rep who works the account. If that rep is
a substitute, it notifies the owner too. If another of them works the account from now on, the alert is raised again for
that rep. It is cleared when sales responds, when the owner changes or is gone, and by the next alert. Activity that
leads to a hand-off is not a signal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.vocabulary import Alert, AssigneeType
from workers.accounts.handoffs.alert_recipients import is_muted
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.permission import restriction
from workers.accounts.state.alert import AlertRow, SignalLine
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
    """Rep who works the account and whom the open alert notifies first, by rep_id. Empty: no alert is open."""


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


def take_back(case: Case, lead_id: str, rules: Iterable[str]) -> None:
    """Remove signals that turned out not to be signals, one event for each of ``rules``. Correct the open alert."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    names = list(rules)
    if row is None or not names:
        return
    lines = _without(row.lines, lead_id, names)
    if lines != row.lines:
        row = replace(row, lines=lines)
        case.rows.put(row, case.key)
        return
    alert = case.rows.get(AlertRow, case.key, case.alert_id(Alert.BUYING_SIGNALS, str(row.number)))
    if alert is None or (kept := _without(alert.signals, lead_id, names)) == alert.signals:
        return
    if kept and _recipients_of(case):
        _raise_next(case, row, kept)
    else:
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)


def _without(lines: tuple[SignalLine, ...], lead_id: str, names: list[str]) -> tuple[SignalLine, ...]:
    made = (
        replace(one, count=one.count - names.count(one.rule)) if one.lead_id == lead_id else one
        for one in lines
    )
    return tuple(one for one in made if one.count > 0)


def add_raised_hand(case: Case, lead_id: str, at_ms: int) -> None:
    """Add a hand that is raised again, if the account has an owner or a rep as its holder."""
    if case.terms.bundle_ms and _recipients_of(case):
        _add_lines(case, lead_id, [RAISED_HAND_REPEATED], at_ms)


def publish_bundle(case: Case) -> None:
    """Raise the alert with the signals of the window that has ended."""
    row = case.rows.get(SignalsRow, case.key)
    if row is None:
        return
    if not _recipients_of(case) or not row.lines:
        end_signals(case)
        return
    _raise_next(case, replace(row, lines=()), row.lines)
    case.request_needs_review = True


def clear_answered(case: Case) -> None:
    """Clear the open alert, because sales has responded to the account."""
    row = case.rows.get(SignalsRow, case.key) if case.terms.bundle_ms else None
    if row is not None and row.up_for:
        _clear_alert(case, row)
        case.rows.put(replace(row, up_for=""), case.key)
        case.request_needs_review = True


def follow_owner(case: Case) -> None:
    """Clear the open alert if the account has another owner now, or none.

    Raise it again if another of its reps works the account now: the owner is away or back.
    """
    row = case.rows.get(SignalsRow, case.key)
    now = () if row is None or not row.up_for else _recipients_of(case)
    if row is None or not row.up_for or row.up_for == next(iter(now), None):
        return
    alert = case.rows.get(AlertRow, case.key, case.alert_id(Alert.BUYING_SIGNALS, str(row.number)))
    if alert is not None and not set(now).isdisjoint(alert.told):
        _raise_next(case, row, alert.signals)
        return
    _clear_alert(case, row)
    case.rows.put(replace(row, up_for=""), case.key)


def notified_rep(case: Case) -> str | None:
    """Return the rep whom the open alert notifies first, or None."""
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


def _recipients_of(case: Case) -> tuple[str, ...]:
    """Return the reps to notify: who works the account first, then the owner. At most 2. Empty: no one."""
    if not case.terms.bundle_ms or is_muted(case):
        return ()
    right, holder = owner_of(case.terms.policy, case.account), case.account.holder
    owner = () if right is None else (right.rep_id,)
    if holder is None or holder.type is not AssigneeType.REP or (owner and holder.stands_for not in owner):
        return owner
    return tuple(dict.fromkeys((holder.id, *owner)))


def _raise_next(case: Case, row: SignalsRow, lines: tuple[SignalLine, ...]) -> None:
    """Clear the open alert, and raise the next one with these signals for the reps of now."""
    _clear_alert(case, row)
    number, told = row.number + 1, _recipients_of(case)
    case.raise_alert(Alert.BUYING_SIGNALS, str(number), rep_id=told[0], told=told, signals=lines)
    case.rows.put(replace(row, number=number, up_for=told[0]), case.key)


def _clear_alert(case: Case, row: SignalsRow) -> None:
    if row.up_for:
        case.clear_alert(Alert.BUYING_SIGNALS, str(row.number))
