"""The policy as the desks read it: which terms hold at a desk, which calendar a rep's deadlines follow, and until when.

In: the policy, rep rows. Out: desks, calendars, deadlines. A rep's own time zone or hours that cannot be read are left
aside in favour of the calendar's: nobody goes without a deadline because of a slip in the CRM.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from schemas.base import PolicyRef
from schemas.desk_requests import DeskRequest
from schemas.lead_events import Clock
from workers.desks.calendar import Calendar, NeverOpensError, Per, Period
from workers.desks.response_deadlines import ends_of_spans, first_opening, renew_clock, response_spans
from workers.desks.rows import RepRow
from workers.policy.hours import parse_week, zone
from workers.policy.model import Desk, Policy

DESK_PREFIX = "desk:"
REP_PREFIX = "rep:"
_CACHED_CALENDARS = 1_000


class Deadline(NamedTuple):
    """When the first response is due soon, due, and when an unanswered account goes on. Milliseconds UTC."""

    soon_ms: int
    due_ms: int
    then_ms: int | None = None
    clocks: tuple[Clock, ...] = ()
    """Those of other hand-offs that move along."""
    manager_id: str | None = None
    """Who is told when nobody answers."""
    open_ms: int | None = None
    """When whoever has it is at work: now, or at the next opening."""


def rep_desk(rep_id: str) -> str:
    """The desk of one of a rep."""
    return REP_PREFIX + rep_id


class Terms:
    """What one version of the policy says of desks. Compiled calendars are kept (bounded)."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._calendars: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], Calendar] = {}
        self.ref: PolicyRef = policy.ref

    def desk(self, key: str) -> Desk | None:
        """The terms of ``desk:<name>``; None where the policy has no such desk."""
        return self._policy.desks.get(key.removeprefix(DESK_PREFIX)) if key.startswith(DESK_PREFIX) else None

    def home_desk(self, rep: RepRow | None, origin_desk: str | None) -> Desk:
        """The desk whose terms hold at a desk of one: where the request came from, else the rep's, else the default."""
        asked = self.desk(origin_desk) if origin_desk else None
        if asked is not None:
            return asked
        names = (*(rep.desks if rep else ()), self._policy.default_desk)
        return next(self._policy.desks[name] for name in names if name in self._policy.desks)

    def name_of(self, desk: Desk) -> str:
        """The name of a desk of the policy."""
        return next(name for name, one in self._policy.desks.items() if one is desk)

    def calendar_of(self, desk: Desk) -> Calendar:
        """The calendar of a desk."""
        return self._compile_calendar(desk.calendar, None, ())

    def calendar_for(self, rep: RepRow, desk: Desk) -> Calendar:
        """The calendar of a rep: the desk's or the one the rep names, with the rep's own zone and hours."""
        name = rep.calendar if rep.calendar in self._policy.calendars else desk.calendar
        return self._compile_calendar(name or desk.calendar, rep.time_zone, rep.hours)

    def is_open(self, desk: Desk, at_ms: int) -> bool:
        """Whether the desk is open; one without openings to come holds nobody back."""
        return self.next_opening(desk, at_ms) == at_ms

    def next_opening(self, desk: Desk, at_ms: int) -> int:
        """When the desk is open next, ``at_ms`` included; ``at_ms`` itself for a desk without openings to come."""
        try:
            return self.calendar_of(desk).next_opening(at_ms)
        except NeverOpensError:
            return at_ms

    def period(self, desk: Desk, at_ms: int) -> Period:
        """The desk's period of capacity."""
        return self.calendar_of(desk).period(at_ms, Per(desk.mqls_per_rep.per))

    def deadline(self, request: DeskRequest, desk: Desk, rep: RepRow | None, now_ms: int) -> Deadline:
        """When ``rep`` (or, where it is None, the desk itself) has to have answered, the clock starting at opening."""
        manager_id = desk.manager if rep is None or rep.manager is None else rep.manager
        calendars = [self.calendar_for(rep, desk)] if rep is not None else []
        calendars.append(self.calendar_of(desk))
        spans = response_spans(desk, request.kind, raised_hand=request.raised_hand)
        soon_ms, due_ms, then_ms = ends_of_spans(calendars, spans, now_ms)
        clocks = tuple(renew_clock(desk, calendars, clock, now_ms) for clock in request.clocks)
        opens_ms = first_opening(calendars, now_ms)
        return Deadline(soon_ms or now_ms, due_ms or now_ms, then_ms, clocks, manager_id, opens_ms)

    def partner_deadline(self, name: str, now_ms: int) -> Deadline | None:
        """When the partner ``name`` has to have answered; None: the policy has no such partner."""
        partner = self._policy.partners.get(name)
        if partner is None:
            return None
        home_desk = self._policy.desks[self._policy.default_desk]
        calendar = self._compile_calendar(partner.calendar or home_desk.calendar, None, ())
        within_ms = partner.answer_within
        soon_ms, due_ms, _ = ends_of_spans(
            [calendar], (within_ms * home_desk.due_soon_percent // 100, within_ms, None), now_ms
        )
        return Deadline(soon_ms or now_ms, due_ms or now_ms, manager_id=home_desk.manager)

    def _compile_calendar(
        self, name: str, time_zone: str | None, hours: tuple[tuple[str, str], ...]
    ) -> Calendar:
        key = (name, time_zone, hours)
        known = self._calendars.get(key)
        if known is not None:
            return known
        if len(self._calendars) >= _CACHED_CALENDARS:
            self._calendars.clear()
        base = self._policy.calendars[name]
        chosen_zone, week = base.zone, base.week
        try:
            chosen_zone = zone(time_zone) if time_zone else base.zone
        except ValueError:
            chosen_zone = base.zone
        try:
            own = parse_week(dict(hours))
        except ValueError:
            own = week
        week = own if any(own) else week
        calendar = self._calendars[key] = Calendar(chosen_zone, partial(base.windows_on, week=week))
        return calendar
