"""Follows one source hour by hour: whether it sends as usual, since when it does not, and whether it sends again.

A fall is found with a cumulative sum of log-likelihood ratios between the usual rate and a tenth of it (Lucas, Counted
Data CUSUM's, Technometrics 27, 1985; Page, Biometrika 41, 1954). The sum's last zero is the most likely start. Whether the
fall is an outage is decided by ``lower_tail`` over the span since then, which knows the variation between days, and by the sum
itself, because the span is looked at every hour (Ville's inequality: a likelihood ratio ever reaches 1/p with probability p at
most). The larger probability counts. The return is found with the reverse sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log

from workers.silent_sources.hour_plan import HOURS_PER_DAY, HourPlan
from workers.silent_sources.hour_ring import HourRing
from workers.silent_sources.lower_tail import lower_tail
from workers.silent_sources.source_names import Source
from workers.silent_sources.usual_rate import HISTORY_DAYS, UsualRate, WeekProfile, usual_rate, week_profile

LOSS = 0.1
"""The share of its usual events that a broken source still sends, in the alternative that the sums test."""
MOST_SHARE = 0.25
"""A source that sends more than this share of its usual events is not silent."""
LEARNING_DAYS = 14
_PROFILE_DAYS = 7
"""Days after which the profile of the week is made again. The level follows every day."""
RETIRED_AFTER_HOURS = 21 * HOURS_PER_DAY
_RETURNED = log(1000)
"""The reverse sum at which a source sends again. A source that is still broken reaches it in 1 of 1,000 outages (Wald)."""
_RETURN_EXPECTED = 1.0
"""Expected clusters that the return takes. A few events at night, when none are expected, do not prove it."""
_SUSPICION = 3.0
"""Expected clusters of a fall from which the usual rate is no longer learned. Otherwise the outage would be learned."""
_BEGINS = 0.3
"""Expected clusters with which a fall begins. A night before it, in which nothing is expected, does not belong to it."""
_OUTAGES_KEPT = 3
_FADING = 0.8
"""Weight of the sums of recent hours that an hour takes away. Half of it is gone after 3.1 hours."""


@dataclass(slots=True)
class Span:
    """Hours with fewer events than usual."""

    since_hour: int
    counted: int = 0
    expected: float = 0.0
    day: int = 0
    """The day of the last hour."""
    expected_today: float = 0.0
    squares_before: float = 0.0
    """Sum over the days before the last one of their squared expected events."""

    def add(self, day: int, counted: int, expected: float) -> None:
        """Continue with an hour of ``day``."""
        if day != self.day:
            self.squares_before += self.expected_today**2
            self.day, self.expected_today = day, 0.0
        self.counted += counted
        self.expected += expected
        self.expected_today += expected

    @property
    def days(self) -> float:
        """The number of days, each counted as much as it contributes: 1 if one day has most of the expected events."""
        squares = self.squares_before + self.expected_today**2
        return self.expected**2 / squares if squares else 1.0

    @property
    def is_low(self) -> bool:
        """Whether the span has so small a share of the usual events that the source counts as silent."""
        return self.counted <= MOST_SHARE * self.expected

    @property
    def missing(self) -> float:
        """Events that were expected and did not come."""
        return max(self.expected - self.counted, 0.0)


@dataclass(slots=True)
class Outage:
    """An outage that has been found and has not ended."""

    span: Span
    found_hour: int
    probability: float
    within: Source | None = None
    """The wider or narrower source whose outage explains this one. It alone is reported."""
    is_reported: bool = False
    returning: float = 0.0
    """The reverse sum."""
    returning_expected: float = 0.0
    """Expected clusters since the reverse sum was zero."""

    @property
    def is_new(self) -> bool:
        """Whether the outage is neither reported nor explained by another."""
        return not self.is_reported and self.within is None


@dataclass(slots=True)
class SourceWatch:
    """The state of one source."""

    source: Source
    first_hour: int
    """Hour of the first event."""
    parents: tuple[Source, ...] = ()
    """The sources that it is part of, the widest first."""
    last_event_hour: int = 0
    ring: HourRing = field(default_factory=HourRing)
    rate: UsualRate | None = None
    span: Span | None = None
    """The fall in progress. None while the source sends as usual."""
    outage: Outage | None = None
    past: list[tuple[int, int]] = field(default_factory=list)
    """First and last hours of past outages. At most 3."""
    recent_counted: float = 0.0
    recent_expected: float = 0.0
    """Decaying sums over recent hours, before the correction for the day."""
    _sum: float = 0.0
    _profile: WeekProfile | None = None
    _profile_day: int = 0

    def start_day(self, plan: HourPlan, today: int) -> None:
        """Learn the usual rate, unless a fall or an outage is in progress."""
        first_day = plan.day_of(self.first_hour)
        if self.outage is not None or self._is_suspicious() or today - first_day < LEARNING_DAYS:
            return
        outages = {
            day for since, until in self.past for day in range(plan.day_of(since), plan.day_of(until) + 1)
        }
        days = [
            day
            for day in range(max(today - HISTORY_DAYS, first_day + 1), today)
            if day not in outages and not plan.is_off(day)
        ]
        if not days:
            return
        if self._profile is None or today - self._profile_day >= _PROFILE_DAYS:
            self._profile, self._profile_day = week_profile(self.ring, plan, days), today
        self.rate = usual_rate(self._profile, self.ring, plan, days)

    def expected(self, slot: int, *, is_off: bool) -> float:
        """Return the usual events of an hour. 0 while the source is being learned."""
        if self.rate is None:
            return 0.0
        return (self.rate.off_by_slot if is_off else self.rate.by_slot)[slot]

    def count(self, hour: int, counted: int, usual: float) -> None:
        """Record an hour's events."""
        self.ring[hour] = counted
        if counted:
            self.last_event_hour = hour
        self.recent_counted = self.recent_counted * _FADING + counted
        self.recent_expected = self.recent_expected * _FADING + usual

    def follow(self, hour: int, day: int, counted: int, expected: float) -> None:
        """Continue the sums with an hour's events and what was expected of it."""
        if self.rate is None:
            return
        clusters, usual = counted / self.rate.dispersion, expected / self.rate.dispersion
        if self.outage is not None:
            self.outage.span.add(day, counted, expected)
            step = clusters * -log(LOSS) - usual * (1 - LOSS)
            self.outage.returning = max(0.0, self.outage.returning + step)
            self.outage.returning_expected += usual
            if not self.outage.returning:
                self.outage.returning_expected = 0.0
            return
        self._sum += usual * (1 - LOSS) + clusters * log(LOSS)
        if self._sum <= 0:
            self._sum, self.span = 0.0, None
            return
        if self.span is None:
            self.span = Span(hour)
        if self.span.expected < _BEGINS * self.rate.dispersion:
            self.span.since_hour = hour
        self.span.add(day, counted, expected)

    def probability(self) -> float:
        """Return the probability of so few events in the fall in progress, if the source works."""
        if self.span is None or self.rate is None or not self.span.is_low:
            return 1.0
        clusters, size = self.rate.dispersion, self.rate.size(self.span.days)
        tail = lower_tail(self.span.counted / clusters, self.span.expected / clusters, size)
        return max(tail, exp(-self._sum))

    def has_returned(self) -> bool:
        """Whether the outage in progress has ended."""
        outage = self.outage
        return (
            outage is not None
            and outage.returning >= _RETURNED
            and outage.returning_expected >= _RETURN_EXPECTED
        )

    def open_outage(self, hour: int, probability: float) -> None:
        """Begin an outage with the fall in progress."""
        if self.span is not None:
            self.outage, self.span, self._sum = Outage(self.span, hour, probability), None, 0.0

    def close_outage(self, hour: int) -> None:
        """End the outage in progress. Its days are not learned from."""
        if self.outage is not None:
            self.past = [*self.past, (self.outage.span.since_hour, hour)][-_OUTAGES_KEPT:]
            self.outage = None

    def _is_suspicious(self) -> bool:
        if self.span is None or self.rate is None:
            return False
        return self.span.is_low and self.span.expected >= _SUSPICION * self.rate.dispersion
