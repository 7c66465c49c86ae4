"""The deadlines of the first response, in open time: the whole time, or what was left of it before an absence.

Input: a desk's terms, calendars, hand-offs that move along. Output: spans and instants in milliseconds. The first
calendar with enough open time counts. If none has, time counts day and night, so every hand-off has a deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from schemas.desk_requests import RunningClock
from schemas.lead_events import Clock
from schemas.vocabulary import Kind
from workers.desks.calendar import Calendar, NeverOpensError
from workers.policy.model import Desk
from workers.policy.partners import Partner
from workers.policy.scalars import DAY_MS, OpeningDays, OpeningTime

Spans = tuple[int, int, int | None]
"""Time until the reminder, until the response is due, and until an unanswered account is escalated.

Milliseconds of open time, or instants in milliseconds UTC. None as the last: the account stays with its holder.
"""


def response_spans(
    desk: Desk,
    calendars: Sequence[Calendar],
    from_ms: int,
    kind: Kind,
    *,
    raised_hand: bool,
    conditions: Collection[str] | None = None,
) -> Spans:
    """Return the whole time to respond that the desk's terms give a hand-off, in milliseconds of open time.

    A condition that holds goes before the kind. It does not make a raised hand wait longer, and neither does a business
    day that is longer than the time of an MQL.
    """
    within = desk.answer_within
    is_pressing = raised_hand and kind is not Kind.INQUIRY
    by_condition = within.for_conditions(conditions or ())
    times = [within.raised_hand, within.mql] if is_pressing else [within.for_kind(kind)]
    if by_condition is not None:
        times = [*times, by_condition] if is_pressing else [by_condition]
    within_ms = min(opening_ms(calendars, one, from_ms) for one in times)
    return within_ms * desk.due_soon_percent // 100, within_ms, within.escalation_ms(within_ms)


def opening_ms(calendars: Sequence[Calendar], time: OpeningTime, from_ms: int) -> int:
    """Return a time to answer in milliseconds of open time. Business days begin at ``from_ms``.

    They are those of the first calendar that opens often enough. If none does, a day has 24 hours.
    """
    if not isinstance(time, OpeningDays):
        return time
    for calendar in calendars:
        try:
            return calendar.open_days(from_ms, time.days)
        except NeverOpensError:
            continue
    return time.days * DAY_MS


def ends_of_spans(calendars: Sequence[Calendar], spans: Spans, from_ms: int) -> Spans:
    """Return the instants at which these spans of open time end, by the first calendar with enough open time."""
    soon_ms, due_ms, then_ms = spans
    for calendar in calendars:
        try:
            then_at_ms = None if then_ms is None else calendar.add_working_time(from_ms, then_ms)
            return (
                calendar.add_working_time(from_ms, soon_ms),
                calendar.add_working_time(from_ms, due_ms),
                then_at_ms,
            )
        except NeverOpensError:
            continue
    return from_ms + soon_ms, from_ms + due_ms, None if then_ms is None else from_ms + then_ms


def first_opening(calendars: Sequence[Calendar], at_ms: int) -> int:
    """Return when the first of these calendars that ever opens is next open, ``at_ms`` included.

    ``at_ms`` if none of them opens.
    """
    for calendar in calendars:
        try:
            return calendar.next_opening(at_ms)
        except NeverOpensError:
            continue
    return at_ms


def renew_clock(desk: Desk, calendars: Sequence[Calendar], clock: RunningClock, now_ms: int) -> Clock:
    """Return a hand-off's deadlines from now on.

    If it was frozen while its rep was away, only the time that was left then remains; else the whole time.
    """
    if clock.frozen_at_ms is None or clock.due_at_ms is None:
        spans = response_spans(
            desk,
            calendars,
            now_ms,
            clock.kind,
            raised_hand=clock.raised_hand,
            conditions=clock.conditions,
        )
    else:
        frozen_ms, left = clock.frozen_at_ms, calendars[0].working_time
        spans = (
            left(frozen_ms, clock.due_soon_at_ms or frozen_ms),
            left(frozen_ms, clock.due_at_ms),
            None if clock.then_at_ms is None else left(frozen_ms, clock.then_at_ms),
        )
    soon_ms, due_ms, then_ms = ends_of_spans(calendars, spans, now_ms)
    return Clock(
        handoff_id=clock.handoff_id,
        due_soon_at_ms=soon_ms,
        due_at_ms=due_ms,
        then_at_ms=then_ms,
        for_kind=clock.kind if clock.for_kind else None,
        raised_hand=clock.for_kind and clock.raised_hand,
    )


def ends_for_partner(home_desk: Desk, calendar: Calendar, time: OpeningTime, from_ms: int) -> tuple[int, int]:
    """Return when a partner is reminded, and when the partner's response is due. Milliseconds UTC."""
    within_ms = opening_ms([calendar], time, from_ms)
    spans = (within_ms * home_desk.due_soon_percent // 100, within_ms, None)
    soon_ms, due_ms, _ = ends_of_spans([calendar], spans, from_ms)
    return soon_ms, due_ms


def renew_partner_clock(
    home_desk: Desk, calendar: Calendar, partner: Partner, clock: RunningClock, now_ms: int
) -> Clock:
    """Return the whole time of a partner for a hand-off, or for all hand-offs of a kind, from now on."""
    time = partner.time_for(raised_hand=clock.raised_hand)
    soon_ms, due_ms = ends_for_partner(home_desk, calendar, time, now_ms)
    return Clock(
        handoff_id=clock.handoff_id,
        due_soon_at_ms=soon_ms,
        due_at_ms=due_ms,
        for_kind=clock.kind if clock.for_kind else None,
        raised_hand=clock.for_kind and clock.raised_hand,
    )
