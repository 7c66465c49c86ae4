"""The policy as the desks read it: a desk's terms, calendars, capacity periods and deadlines.

Input: the policy, rep rows. Output: desks, calendars, deadlines. If a rep's own time zone or hours cannot be parsed,
the calendar's are used: an error in the CRM never removes a deadline.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from schemas.base import PolicyRef
from schemas.desk_requests import DeskRequest
from schemas.lead_events import Clock
from workers.desks.calendar import Calendar, NeverOpensError, Per, Period
from workers.desks.response_deadlines import (
    ends_for_partner,
    ends_of_spans,
    first_opening,
    renew_clock,
    renew_partner_clock,
    response_spans,
)
from workers.desks.rows import RepRow
from workers.policy.hours import parse_week, zone
from workers.policy.model import Desk, Policy

DESK_PREFIX = "desk:"
REP_PREFIX = "rep:"
_CACHED_CALENDARS = 1_000
"""Most compiled calendars that are kept."""


class Deadline(NamedTuple):
    """When the first response is due, and what is sent along with it. All times in milliseconds UTC."""

    soon_ms: int
    """When a reminder is due."""
    due_ms: int
    """When the first response is due."""
    then_ms: int | None = None
    """When an unanswered account is escalated. None: it stays with its holder."""
    clocks: tuple[Clock, ...] = ()
    """New deadlines of the account's other hand-offs that move along."""
    manager_id: str | None = None
    """The rep_id of the manager to notify if the response is overdue."""
    open_ms: int | None = None
    """When the assignee is at work: now, or the next opening of its calendar."""


def rep_desk(rep_id: str) -> str:
    """Return the key of the rep's own desk."""
    return REP_PREFIX + rep_id


class Terms:
    """The desks' terms of one policy version. Compiled calendars are cached (at most 1,000)."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._calendars: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], Calendar] = {}
        self.ref: PolicyRef = policy.ref

    def desk(self, key: str) -> Desk | None:
        """Return the terms of ``desk:<name>``. None if the policy has no such desk."""
        return self.policy.desks.get(key.removeprefix(DESK_PREFIX)) if key.startswith(DESK_PREFIX) else None

    def home_desk(self, rep: RepRow | None, origin_desk: str | None) -> Desk:
        """Return the desk whose terms hold at a rep's own desk.

        It is the desk that the request came from, else the first of the rep's desks, else the policy's default desk.
        """
        asked = self.desk(origin_desk) if origin_desk else None
        if asked is not None:
            return asked
        names = (*(rep.desks if rep else ()), self.policy.default_desk)
        return next(self.policy.desks[name] for name in names if name in self.policy.desks)

    @property
    def default_desk(self) -> str:
        """The name of the policy's default desk."""
        return self.policy.default_desk

    def name_of(self, desk: Desk) -> str:
        """Return the name of a desk of the policy."""
        return next(name for name, one in self.policy.desks.items() if one is desk)

    def calendar_of(self, desk: Desk) -> Calendar:
        """Return the calendar of a desk."""
        return self._compile_calendar(desk.calendar, None, ())

    def calendar_for(self, rep: RepRow, desk: Desk) -> Calendar:
        """Return the calendar of a rep: the one the rep names, else the desk's, with the rep's own zone and hours."""
        name = rep.calendar if rep.calendar in self.policy.calendars else desk.calendar
        return self._compile_calendar(name or desk.calendar, rep.time_zone, rep.hours)

    def is_open(self, desk: Desk, at_ms: int) -> bool:
        """Whether the desk is open at ``at_ms``. A desk that never opens again counts as open."""
        return self.next_opening(desk, at_ms) == at_ms

    def next_opening(self, desk: Desk, at_ms: int) -> int:
        """Return when the desk is next open: ``at_ms`` if it is open then, or if it never opens again."""
        try:
            return self.calendar_of(desk).next_opening(at_ms)
        except NeverOpensError:
            return at_ms

    def period(self, desk: Desk, at_ms: int) -> Period:
        """Return the desk's capacity period that contains ``at_ms``."""
        return self.calendar_of(desk).period(at_ms, Per(desk.mqls_per_rep.per))

    def deadline(self, request: DeskRequest, desk: Desk, rep: RepRow | None, now_ms: int) -> Deadline:
        """Return the deadlines of a hand-off assigned to ``rep`` now. With ``rep`` None the desk itself must respond.

        The rep's calendar counts; if it opens too rarely, the desk's. The manager to notify is the rep's, else the
        desk's.
        """
        manager_id = desk.manager if rep is None or rep.manager is None else rep.manager
        calendars = [self.calendar_for(rep, desk)] if rep is not None else []
        calendars.append(self.calendar_of(desk))
        raised, conditions = request.raised_hand, request.conditions
        spans = response_spans(
            desk, calendars, now_ms, request.kind, raised_hand=raised, conditions=conditions
        )
        soon_ms, due_ms, then_ms = ends_of_spans(calendars, spans, now_ms)
        clocks = tuple(renew_clock(desk, calendars, clock, now_ms) for clock in request.clocks)
        opens_ms = first_opening(calendars, now_ms)
        return Deadline(soon_ms or now_ms, due_ms or now_ms, then_ms, clocks, manager_id, opens_ms)

    def partner_deadline(self, name: str, request: DeskRequest, now_ms: int) -> Deadline | None:
        """Return when the partner ``name`` must have responded. None if the policy has no such partner.

        Hand-offs that move along get the time of their own kind if the partner has several times.
        """
        partner = self.policy.partners.get(name)
        if partner is None:
            return None
        home_desk = self.policy.desks[self.policy.default_desk]
        calendar = self._compile_calendar(partner.calendar or home_desk.calendar, None, ())
        soon_ms, due_ms = ends_for_partner(
            home_desk, calendar, partner.time_for(raised_hand=request.raised_hand), now_ms
        )
        clocks = [
            renew_partner_clock(home_desk, calendar, partner, clock, now_ms)
            for clock in (request.clocks if partner.has_times_by_kind else ())
        ]
        return Deadline(soon_ms, due_ms, clocks=tuple(clocks), manager_id=home_desk.manager)

    def _compile_calendar(
        self, name: str, time_zone: str | None, hours: tuple[tuple[str, str], ...]
    ) -> Calendar:
        """Return the calendar ``name`` with a rep's own zone and hours; keep compiled calendars."""
        key = (name, time_zone, hours)
        known = self._calendars.get(key)
        if known is not None:
            return known
        if len(self._calendars) >= _CACHED_CALENDARS:
            self._calendars.clear()
        base = self.policy.calendars[name]
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
