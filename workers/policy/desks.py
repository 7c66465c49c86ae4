"""Who answers, when, and what happens when nobody can: desks and calendars. Members are in crm.reps."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal
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
)
from workers.policy.skills import DeskSkills

ZoneName = Annotated[Text, must_parse(zone)]
HolidayCountry = Annotated[Text, must_parse(check_holidays)]
DayNames = Annotated[Text, must_parse(parse_days)]
Windows = Annotated[Text, must_parse(parse_windows)]
LocalDate = Annotated[Text, must_parse(parse_date)]


class Calendar(Part):
    """When somebody is there. A day of ``days`` replaces the week's windows and any holiday."""

    timezone: ZoneName
    hours: Annotated[dict[DayNames, Windows], Field(max_length=7)]
    holidays: HolidayCountry | None = None
    days: dict[LocalDate, Windows] = Field(default_factory=dict, max_length=1_000)

    @field_validator("hours")
    @classmethod
    def _opens(cls, value: dict[str, str]) -> dict[str, str]:
        try:
            week = parse_week(value)
        except ValueError as error:
            refuse(str(error), "hours that contradict each other")
        if not any(week):
            refuse("at least one day with opening hours", "a calendar that never opens")
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone, from the pinned tzdata."""
        return zone(self.timezone)

    @cached_property
    def week(self) -> Week:
        """The windows of each weekday, Monday first."""
        return parse_week(self.hours)

    @cached_property
    def special_days(self) -> dict[date, tuple[Window, ...]]:
        """The windows of the days that are unlike others; none: closed."""
        return {parse_date(day): parse_windows(windows) for day, windows in self.days.items()}

    def windows_on(self, day: date, week: Week | None = None) -> tuple[Window, ...]:
        """Return the windows that begin on ``day``: special day, else holiday (none), else the week's.

        ``week`` replaces the calendar's own: a rep's personal hours.
        """
        special = self.special_days.get(day)
        if special is not None:
            return special
        if self.holidays is not None and is_holiday(self.holidays, day):
            return ()
        return (week or self.week)[day.weekday()]


class Turn(Part):
    """How the rotation treats absence and rejection."""

    when_away: Literal["skip", "hold"]
    """skip: the turn is lost; hold: it is kept for the rep's return."""
    when_rejected: Literal["give_back", "keep"]
    """give_back: a rejected lead takes neither turn nor room."""
    weight: Annotated[Count, Field(le=100)] = 1
    """The share of a rep for whom crm.reps names none at this desk: of 2 and 1 the first gets two turns of three."""


class MqlsPerRep(Part):
    """The default capacity; crm.reps may name another per rep and desk."""

    most: Count
    """MQLs in a period, as 8. Raised hands pass it, and count."""
    per: Literal["day", "week", "month"]
    """A calendar day, week (from Monday) or month of the desk's calendar, in its zone; unused room lapses with it."""
    when_full: Literal["wait"]
    """wait: MQLs wait, the strongest first, then the oldest, and leave at opening hour when there is room."""


class EveryoneAway(Part):
    """What happens while no member of the desk is there.

    A fallback who is away or gone is stood in for: by the deputy, then the manager, then the desk's manager. Where all of
    them are away too, the lead waits for the first of the desk or of those who is back, a raised hand at any hour.
    """

    mql: RepId
    """hold, or the rep_id of the fallback."""
    raised_hand: RepId
    """The rep_id of the fallback: raised hands never wait."""

    @field_validator("raised_hand")
    @classmethod
    def _never_held(cls, value: str) -> str:
        if value == "hold":
            refuse("the rep_id of a fallback: raised hands are not held")
        return value

    @property
    def mql_fallback(self) -> str | None:
        """The rep_id who gets MQLs, or None: they are held."""
        return None if self.mql == "hold" else self.mql


class AnswerWithin(Part):
    """The first response's deadline by kind, in milliseconds of opening hours; and what happens after it."""

    mql: OpeningTime
    raised_hand: OpeningTime
    """Who asks for sales waits less than an MQL."""
    inquiry: OpeningTime
    expansion: OpeningTime
    in_cycle: OpeningTime
    service: OpeningTime | None = None
    """A customer's question for support, at the desk of the route ``support_question``: ``service: 4h``. With that route
    anybody else's goes to the desk of ``otherwise``, in the time of an mql there, without points or turn."""
    then: Literal["next", "manager"] | None = None
    """What happens where nobody has answered. next: the account goes to the next in turn, and after so many times to
    the desk's manager; manager: to the manager at once. What belongs to an owner goes to the deputy, then to the
    manager. Without it the account stays where it is, and the overdue answer is reported. Example: ``then: next``."""
    after: OverdueMultiple | None = None
    """When ``then`` happens, in multiples of the time to answer: with ``after: 2x`` and 3h, when 6h have passed."""
    times: Annotated[Count, Field(le=MOST_MOVES)] | None = None
    """How often, at most, an account goes to the next in turn before the manager gets it. Example: ``times: 2``."""

    @model_validator(mode="after")
    def _hands_first(self) -> AnswerWithin:
        if self.raised_hand >= self.mql:
            refuse(
                "a raised_hand answered sooner than an mql: who asks for sales waits less", "no shorter time"
            )
        return self

    @model_validator(mode="after")
    def _one_escalation(self) -> AnswerWithin:
        if self.then is None:
            if self.after is not None or self.times is not None:
                refuse("after and times beside then, which says what happens", "no then")
            return self
        if self.after is None:
            refuse(f"after beside then: {self.then}, as after: 2x", "no after")
        if self.then == "next" and self.times is None:
            refuse("times beside then: next, as times: 2", "no times")
        if self.then == "manager" and self.times is not None:
            refuse("times with then: next, and only there", "times")
        return self

    def escalation_ms(self, within_ms: int) -> int | None:
        """Return after how much opening time an unanswered account goes on, where it does."""
        return None if self.then is None or self.after is None else within_ms * self.after // 100

    @property
    def most_turns(self) -> int:
        """How often an unanswered account goes to the next in turn."""
        return self.times or 0

    def for_kind(self, kind: Kind) -> int:
        """Return the opening time in milliseconds for ``kind``; a kind without its own has the MQL's."""
        span: int | None = getattr(self, kind.value, None)
        return self.mql if span is None else span


class Desk(Part):
    """A desk. ``manager`` (a rep_id) gets what neither owner nor deputy can take."""

    like: Name | None = None
    """Another desk whose keys hold where this one gives none, as ``west: {like: inside_sales, calendar: west}``."""
    calendar: Name
    manager: RepId
    turn: Turn
    mqls_per_rep: MqlsPerRep
    everyone_away: EveryoneAway
    answer_within: AnswerWithin
    due_soon_percent: Percent
    """The share of the time after which a lead is reported as due soon."""
    skills: DeskSkills | None = None
    """What this desk asks of the rep who takes a lead, as ``{language: required, when_nobody_has_it: anyone}``."""
