"""Touches of both sides in one numbered list, and the number of contact attempts before a rejection.

In: a lead's counts, and touches of sales with their own dates. Out: the list for a hand-off, and an alert if a
rejection came after too few attempts. The buyer's touches are read from the counts by rule and day, so the list makes
no event more expensive. Only touches of sales are stored one by one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from schemas.outputs import Touch
from schemas.vocabulary import Alert, RejectReason
from workers.accounts.handoffs.alert_recipients import recipients_for_holder
from workers.accounts.handoffs.transfer_payload import pack_row, unpack_row
from workers.accounts.state.sales import SalesTouch, TouchesRow
from workers.accounts.worth.future_dated import future_dated_days

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.handoff import HandoffRow
    from workers.accounts.state.score import ScoreRow

MOST_LISTED = 20
"""Most lines of a list: the latest."""
MOST_KEPT = 30
"""Most stored touches of sales with one lead: the latest by their own dates."""
NEED_ATTEMPTS = frozenset({RejectReason.NOT_NOW, RejectReason.UNREACHABLE})
"""Rejection reasons that another attempt may change. Of the others, a wrong person stays a wrong person."""
_EPOCH = date(1970, 1, 1)


def add_touch(row: TouchesRow, touch: SalesTouch) -> TouchesRow:
    """Return the row with a touch of sales. Return the same object if the touch is known or too old to be kept."""
    if touch in row.touches:
        return row
    made = tuple(sorted((*row.touches, touch), key=lambda one: (one.at_ms, one.event_id))[-MOST_KEPT:])
    return row if made == row.touches else replace(row, touches=made)


def list_touches(terms: Terms, score: ScoreRow, row: TouchesRow) -> list[Touch]:
    """Return both sides' touches in the order in which they happened, numbered from the first that is remembered.

    What a buyer did of one kind on one day is one line with its count, at the place of the first. At most 20 lines.
    """
    ahead = future_dated_days(score) if score.ahead else ()
    firsts = first_dates_by_day(terms, score)
    lines: list[tuple[tuple[int, int, int, str], str, int, str | None, bool]] = [
        (
            (day, firsts.get((day, count.rule), 0), 0, count.rule),
            count.rule,
            times,
            None,
            (count.rule, day) in ahead,
        )
        for count in score.attributed
        for day, times in count.days
    ]
    lines += [
        ((terms.day_of(one.at_ms), one.at_ms, 1, one.event_id), one.channel, 1, one.rep_id, one.is_clamped)
        for one in row.touches
    ]
    lines.sort(key=lambda line: line[0])
    touches = []
    number = 1
    for (day, *_), what, count, rep_id, is_clamped in lines:
        touches.append(
            Touch.model_construct(
                number=number,
                day=_EPOCH + timedelta(days=day),
                side="buyer" if rep_id is None else "sales",
                what=what,
                count=count,
                rep_id=rep_id,
                clamped=is_clamped or None,
            )
        )
        number += count
    return touches[-MOST_LISTED:]


def first_dates_by_day(terms: Terms, score: ScoreRow) -> dict[tuple[int, str], int]:
    """Return the date of the first event of each day and rule. Milliseconds UTC."""
    made = {(day, rule): at_ms for day, rule, at_ms in score.firsts}
    for one in score.once:
        for _, at_ms in one.keys:
            place = (terms.day_of(at_ms), one.rule)
            made[place] = min(made.get(place, at_ms), at_ms)
    return made


def touches_of(case: Case, lead_id: str) -> TouchesRow:
    """Return the touches of a lead by sales."""
    return case.rows.get(TouchesRow, case.key, lead_id) or TouchesRow()


def record_reported_touch(hand: LeadInHand, event: SalesAnswered) -> None:
    """Record a touch that sales has reported."""
    activity = event.activity
    channel = activity.channel or "contact"
    touch = SalesTouch(event.occurred_at_ms, activity.rep_id, channel, activity.event_id, event.clamped)
    record_touch(hand, touch)


def record_touch(hand: LeadInHand, touch: SalesTouch) -> None:
    """Record a touch of sales. A late touch from before a rejection may complete the agreed number of attempts."""
    case, lead_id, lead = hand.case, hand.lead_id, hand.lead
    row = touches_of(case, lead_id)
    made = add_touch(row, touch)
    if made is row:
        return
    case.rows.put(made, case.key, lead_id)
    if lead.verdict is not None and not _is_too_early(case, made, lead.said_no_ms):
        clear_early_rejection(case, lead_id)


def record_rejection(
    case: Case,
    lead_id: str,
    ended_before_ms: int,
    handoff: tuple[str, HandoffRow] | None,
    event: SalesAnswered,
) -> None:
    """Record a rejection by sales. Raise an alert if sales made fewer attempts in this cycle than agreed.

    ``ended_before_ms`` is when the cycle before ended. Without a hand-off, because it has expired since, the alert
    goes to the rep who rejected.
    """
    row = replace(touches_of(case, lead_id), since_ms=ended_before_ms)
    case.rows.put(row, case.key, lead_id)
    if event.activity.reason in NEED_ATTEMPTS and _is_too_early(case, row, event.occurred_at_ms):
        case.raise_alert(
            Alert.REJECTED_TOO_EARLY,
            lead_id,
            lead_id=lead_id,
            handoff_id=event.activity.handoff_id if handoff is None else handoff[0],
            rep_id=event.activity.rep_id,
            told=(event.activity.rep_id,)
            if handoff is None
            else recipients_for_holder(Alert.REJECTED_TOO_EARLY, handoff[1].holder),
        )


def pack_touches(case: Case, lead_id: str) -> dict[str, Any] | None:
    """Return the touches that go with a lead to another account key, and delete them here."""
    clear_early_rejection(case, lead_id)
    row = case.rows.get(TouchesRow, case.key, lead_id)
    if row is None:
        return None
    case.rows.delete(TouchesRow, case.key, lead_id)
    return pack_row(row)


def merge_touches(case: Case, lead_id: str, sent: dict[str, Any] | None) -> None:
    """Merge the touches that came with a lead from another account key."""
    if sent is None:
        return
    came, row = unpack_row(sent, TouchesRow), touches_of(case, lead_id)
    for touch in came.touches:
        row = add_touch(row, touch)
    case.rows.put(replace(row, since_ms=max(row.since_ms, came.since_ms)), case.key, lead_id)


def clear_early_rejection(case: Case, lead_id: str) -> None:
    """Clear the alert about an early rejection: the lead is worked again, or enough attempts are known."""
    case.clear_alert(Alert.REJECTED_TOO_EARLY, lead_id)


def _is_too_early(case: Case, row: TouchesRow, no_ms: int) -> bool:
    agreed = case.terms.policy.stages.attempts_before_no
    return agreed is not None and sum(row.since_ms < one.at_ms <= no_ms for one in row.touches) < agreed
