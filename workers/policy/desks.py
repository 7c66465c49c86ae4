"""Models of the ``desks`` and ``calendars`` sections. The members of a desk are in crm.reps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from schemas.vocabulary import Kind
from workers.policy.hours import (
    Week,
    Window,
    check_holidays,
    is_holiday,
    parse_date,
    parse_days,
    parse_week,
    parse_windows,
    zone,
)
from workers.policy.part import Part
from workers.policy.scalars import (
    MOST_MOVES,
    Count,
    Name,
    OpeningTime,
    OverdueMultiple,
    Percent,
    RepId,
    Text,
    must_parse,
    refuse,
    require_person,
)
from workers.policy.skills import DeskSkills

ZoneName = Annotated[Text, must_parse(zone)]
HolidayCountry = Annotated[Text, must_parse(check_holidays)]
DayNames = Annotated[Text, must_parse(parse_days)]
Windows = Annotated[Text, must_parse(parse_windows)]
LocalDate = Annotated[Text, must_parse(parse_date)]
HOLD: Final = "hold"
"""The word for an MQL that waits while every member of the desk is absent."""


class Calendar(Part):
    """Opening hours. A date in ``days`` takes precedence over a holiday, and a holiday over the weekly hours."""

    timezone: ZoneName
    """The IANA time zone of the hours. Left out: that of the policy."""
    hours: Annotated[dict[DayNames, Windows], Field(max_length=7)]
    """Weekly opening hours by day or range of days. A day that is not listed is closed."""
    holidays: HolidayCountry | None = None
    """A country or part of a country, as US or US-CA, whose public holidays are closed. Left out: no holidays."""
    days: dict[LocalDate, Windows] = Field(default_factory=dict, max_length=1_000)
    """Opening hours of single dates, or ``closed``."""

    @field_validator("hours")
    @classmethod
    def _require_an_open_day(cls, value: dict[str, str]) -> dict[str, str]:
        try:
            week = parse_week(value)
        except ValueError as error:
            refuse(str(error), "hours that contradict each other")
        if not any(week):
            refuse("opening hours on at least one day", "a calendar that never opens")
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the time zone, from the pinned tzdata package."""
        return zone(self.timezone)

    @cached_property
    def week(self) -> Week:
        """Return the opening windows of each weekday, Monday first."""
        return parse_week(self.hours)

    @cached_property
    def special_days(self) -> dict[date, tuple[Window, ...]]:
        """Return the opening windows of each date in ``days``. No windows: the date is closed."""
        return {parse_date(day): parse_windows(windows) for day, windows in self.days.items()}

    def windows_on(self, day: date, week: Week | None = None) -> tuple[Window, ...]:
        """Return the opening windows that begin on ``day``.

        A date in ``days`` takes precedence over a holiday (no windows), and a holiday over the weekly hours.
        ``week`` replaces the weekly hours of the calendar, as for a rep with personal hours.
        """
        special = self.special_days.get(day)
        if special is not None:
            return special
        if self.holidays is not None and is_holiday(self.holidays, day):
            return ()
        return (week or self.week)[day.weekday()]


class Turn(Part):
    """How the desk chooses the next rep, and how it treats an absent rep and a rejected lead."""

    by: Literal["share", "fewest_open"] = "share"
    """Which rep is next. share: the rep whose turn it is by weight. fewest_open: of the reps who can take the lead, those with
    the fewest open hand-offs of the desk, relative to their weights, and of these the rep whose turn it is. Example:
    ``turn: {by: fewest_open}``."""
    most_open: Count | None = None
    """The most open hand-offs of the desk that a rep may have: ``turn: {most_open: 10}``. A rep with that many gets no MQL
    until one is closed. Raised hands pass this limit. Left out: no limit."""
    when_away: Literal["skip", "hold"] = "skip"
    """The turn of an absent rep. skip: it is lost; hold: it is kept until the rep returns, at most one turn."""
    when_rejected: Literal["give_back", "keep"] = "give_back"
    """Turn and capacity of a rep whose lead sales rejects. give_back: both are returned; keep: both stay used."""
    weight: Annotated[Count, Field(le=100)] = 1
    """The weight of a rep without one in crm.reps. Of weights 2 and 1, the first gets two turns of three."""

    off_after_missed: Annotated[Count, Field(le=20)] | None = None
    """How many first responses a rep may miss before it goes off the turn: ``turn: {off_after_missed: 3}``. It keeps its
    accounts and gets no turn until a manager sets ``on_turn_since`` of the rep's desk in crm.reps. Left out: no number. At
    most 20."""

    @property
    def counts_open(self) -> bool:
        """Whether the open hand-offs of each rep matter."""
        return self.by == "fewest_open" or self.most_open is not None


class MqlsPerRep(Part):
    """The default capacity of a rep. crm.reps may give another capacity for a rep at a desk."""

    most: Count = 10
    """The most MQLs that a rep gets in one period, as 8. Raised hands pass this limit, but count towards it."""
    per: Literal["day", "week", "month"] = "week"
    """The period: a day, week (from Monday) or month in the time zone of the desk's calendar. Unused capacity lapses."""
    when_full: Literal["wait"] = "wait"
    """Behaviour when no rep has capacity. wait: MQLs wait for it.

    They leave within opening hours, those with the most points first, then the oldest.
    """


class EveryoneAway(Part):
    """Assignment while every member of the desk is absent.

    If the fallback is absent or has left, their deputy takes the lead, then their manager, then the desk's manager. If
    all of these are absent too, the lead waits for the first of them, or of the desk's members, to return. A raised
    hand is then assigned at any hour.
    """

    mql: RepId = HOLD
    """Treatment of an MQL: hold (it waits), or the rep_id of the fallback who gets it."""
    raised_hand: RepId | None = None
    """The rep_id of the fallback who gets raised hands: ``raised_hand: dana``. They cannot be held. Left out: the desk's
    manager."""

    @field_validator("mql")
    @classmethod
    def _require_hold_or_person(cls, value: str) -> str:
        return require_person(value, "hold, or the rep_id of a fallback, as dana", HOLD)

    @field_validator("raised_hand")
    @classmethod
    def _never_held(cls, value: str | None) -> str | None:
        expected = "the rep_id of a fallback, as dana: a raised hand cannot be held"
        return None if value is None else require_person(value, expected)

    @property
    def mql_fallback(self) -> str | None:
        """Return the rep_id of the fallback for MQLs, or None if MQLs are held."""
        return None if self.mql == HOLD else self.mql


class AnswerWithin(Part):
    """Time to the first response by kind of hand-off, and the escalation after it. Times count opening hours only.

    A time is hours and minutes, as ``3h``, or business days, as ``1d``. After one business day the clock shows the same
    time on the next open day, or the day has closed. From Friday 16:30, that is Monday 16:30.
    """

    mql: OpeningTime
    """Time to answer an MQL: ``mql: 3h`` or ``mql: 1d``."""
    raised_hand: OpeningTime
    """Time to answer a lead who asks for sales, also of a customer or an open opportunity. At most that of an MQL."""
    inquiry: OpeningTime | None = None
    """Time to answer an inquiry: a request for sales from a lead who fails a gate. Left out: as an MQL."""
    expansion: OpeningTime | None = None
    """Time to answer a lead of a customer. The route ``customer`` states which activity is a hand-off, also below
    the MQL threshold. Left out: as an MQL."""
    in_cycle: OpeningTime | None = None
    """Time to answer a lead of an account with an open opportunity. The route ``open_opportunity`` states which activity is a
    hand-off. Left out: as an MQL."""
    service: OpeningTime | None = None
    """Time to answer a customer's support question, at the desk of the route ``support_question``: ``service: 4h``.

    With that route, a support question from anyone else goes to the desk of ``otherwise``, with the time of an MQL. It
    needs no points and uses no turn.
    """
    when: Annotated[dict[Name, OpeningTime], Field(max_length=10)] = Field(default_factory=dict)
    """Time to answer a lead that meets a condition of ``conditions``, by its name, in place of the time of its kind:
    ``when: {big_bank: 2h}``. The first condition that holds when the lead is handed over decides. A lead who asks for
    sales never waits longer than ``raised_hand``. Left out: only the kind decides."""
    then: Literal["next", "manager", "pool"] | None = None
    """Escalation of an unanswered account. next: to the next rep in turn, after ``times`` moves to the desk's manager.
    manager: to the manager at once. pool: to the desk as a whole; the first rep who claims, accepts or touches one of its
    leads gets the account, and it takes no turn. An owner's account goes to the owner's deputy, then to the manager. Left out: the
    account stays with its holder, and the overdue answer is reported. Example: ``then: next``."""
    after: OverdueMultiple | None = None
    """When ``then`` happens, as a multiple of the time to answer: with ``after: 2x`` and 3h, after 6h."""
    times: Annotated[Count, Field(le=MOST_MOVES)] | None = None
    """How often, at most, an unanswered account goes to the next rep in turn before the manager gets it: ``times: 2``."""

    @model_validator(mode="after")
    def _require_one_escalation(self) -> AnswerWithin:
        if self.then is None:
            given = next((key for key in ("after", "times") if getattr(self, key) is not None), "")
            if given:
                refuse("then beside after and times: it names the escalation", "no then", at=given)
            return self
        if self.after is None:
            refuse(f"after beside then: {self.then}, as after: 2x", "no after", at="then")
        if self.then == "next" and self.times is None:
            refuse("times beside then: next, as times: 2", "no times", at="then")
        if self.then != "next" and self.times is not None:
            refuse(f"no times beside then: {self.then}: only then: next has moves to count", at="times")
        return self

    def escalation_ms(self, within_ms: int) -> int | None:
        """Return the opening time after which an unanswered account escalates, or None if it does not. Milliseconds."""
        return None if self.then is None or self.after is None else within_ms * self.after // 100

    @property
    def most_turns(self) -> int:
        """Return how often an unanswered account goes to the next rep in turn."""
        return self.times or 0

    def for_conditions(self, names: Collection[str]) -> OpeningTime | None:
        """Return the time of the first line of ``when`` that is in ``names``, or None."""
        return next((span for name, span in self.when.items() if name in names), None)

    def for_kind(self, kind: Kind) -> OpeningTime:
        """Return the time to answer for ``kind``. A kind without its own has the MQL's."""
        span: OpeningTime | None = getattr(self, kind.value, None)
        return self.mql if span is None else span


class Desk(Part):
    """A desk: a team queue whose members answer leads."""

    like: Name | None = None
    """Another desk, from which this one inherits every key that it does not give: ``like: inside_sales``."""
    calendar: Name
    """The calendar of ``calendars`` with the desk's opening hours. Left out: the only calendar."""
    manager: RepId
    """The rep_id of the manager, who gets what neither the owner nor the deputy nor a member can take."""
    turn: Turn = Turn()
    """How the desk chooses the next rep, and how it treats an absent rep and a rejected lead."""
    mqls_per_rep: MqlsPerRep = MqlsPerRep()
    """The capacity of a rep: the most MQLs in a period."""
    everyone_away: EveryoneAway = EveryoneAway()
    """Assignment while every member of the desk is absent."""
    answer_within: AnswerWithin
    """Times to the first response, in opening hours, and the escalation after them. One time is for every kind:
    ``answer_within: 1d``."""
    due_soon_percent: Percent = 75
    """The share of the time to answer after which a lead is reported as due soon. Percent, 1 to 99."""
    skills: DeskSkills | None = None
    """The skills that this desk asks of a rep, as ``{language: required, when_nobody_has_it: anyone}``."""

    @property
    def raised_hand_fallback(self) -> str:
        """Return the rep_id of the fallback for raised hands while every member is absent."""
        return self.everyone_away.raised_hand or self.manager
