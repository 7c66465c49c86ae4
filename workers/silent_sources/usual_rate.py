"""The expected events of a source by hour of the week, from its last eight weeks.

Method, in this order. Each step names its source.

1. Days off, days of outages and days before the source began are left out. An hour's count is capped at three times the
   0.9 quantile of its kind of day and time, so that one import of a list does not raise the expectation
   (winsorizing: Wilcox, Introduction to Robust Estimation and Hypothesis Testing, section 3.1).
2. The dispersion is the ratio of variance to mean within a day: Pearson's statistic for the hours of a day, given the
   day's total (McCullagh and Nelder, Generalized Linear Models, section 4.5.2 and 9.2.4).
3. The rate of a slot is shrunk towards the profile of its kind of day (workday, Saturday, Sunday) as far as its own data is
   thin: the gamma-Poisson model with the moment estimate of its variance (Clayton and Kaldor, Biometrics 43, 1987; Marshall,
   Applied Statistics 40, 1991). The profile of a kind of day is shrunk a little towards its neighbouring hours.
4. The level is the ratio of the last days to that profile. The lowest of three, seven and fourteen days counts, so that a
   declining campaign is followed (ratio-to-profile, as in the multiplicative seasonal model of Holt and Winters: Winters,
   Management Science 6, 1960).
5. The variation between days and the error of the level give the size of the negative binomial (moments: Lawless, Canadian
   Journal of Statistics 15, 1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workers.silent_sources.hour_plan import HOURS_PER_DAY, SLOTS, HourPlan
from workers.silent_sources.hour_ring import HourRing

HISTORY_DAYS = 56
_KINDS_OF_DAY = 3
_SMALL = 20.0
"""Events that a dispersion of 1 weighs against what the data shows."""
_SMOOTH_CLUSTERS = 2.0
"""Clusters that the smoothed profile weighs against what an hour of a kind of day shows."""
_USUAL_DAY_VARIANCE = 0.04
"""Squared variation of a day's total, before a source has shown its own. 0.04: 20 percent."""
_DAYS_OF_PRIOR = 7
_LEVEL_EVENTS = 4.0
"""Expected events (in clusters) that a level of 1 weighs against the last days."""
_LEVEL_DAYS = (3, 7, 14)
_LEVEL_VARIANCE = 0.02
"""Squared relative error of a level, for what its own events do not show: 0.02 is 14 percent."""
_MOST_LEVEL = 1.5
_LEAST_LEVEL = 0.02
_FADED = 0.3
"""The level below which a source is not watched, until its history is as low as its last days."""


@dataclass(frozen=True, slots=True)
class WeekProfile:
    """The events of a source by hour of the week over its history."""

    by_slot: tuple[float, ...]
    """Expected events of each slot on an ordinary day, at the mean level of the history."""
    caps: tuple[float, ...]
    """The most events of each slot that are learned from."""
    dispersion: float
    """Variance divided by mean within a day. At least 1."""
    day_variance: float
    """Squared coefficient of variation between days, beyond what chance explains."""


@dataclass(frozen=True, slots=True)
class UsualRate:
    """The usual events of a source."""

    by_slot: tuple[float, ...]
    """Expected events of each slot on an ordinary day, at the present level."""
    off_by_slot: tuple[float, ...]
    """The same on a day off: as on a Sunday, at most as on the ordinary day."""
    dispersion: float
    day_variance: float
    level_variance: float
    """Squared relative error of the level."""
    per_week: float
    """Expected events of a week without days off."""
    level: float
    """The last days as a share of the history."""

    @property
    def has_faded(self) -> bool:
        """Whether little is left of the source, as of a campaign that ends. Its silence needs no alert."""
        return self.level < _FADED

    @property
    def clusters_per_week(self) -> float:
        """Expected independent clusters of events in a week."""
        return self.per_week / self.dispersion

    def size(self, days: float) -> float:
        """Return the size of the negative binomial for a span of ``days``. The days vary independently, the level does not."""
        return 1 / (self.level_variance + self.day_variance / days)


def week_profile(counts: HourRing, plan: HourPlan, days: Sequence[int]) -> WeekProfile:
    """Return the profile of ``days``, of which there is at least one. All are ordinary days of the last eight weeks."""
    table = [[(slot, counts[hour]) for hour, slot in plan.hours_of(day)] for day in days]
    caps = _caps(table)
    rows = [[(slot, min(count, caps[slot])) for slot, count in row] for row in table]
    totals = [sum(count for _, count in row) for row in rows]
    shape = _shape(rows)
    dispersion = _dispersion(rows, totals, shape)
    rates = _slot_rates(rows, shape, dispersion)
    expected = [sum(rates[slot] for slot, _ in row) for row in rows]
    return WeekProfile(tuple(rates), caps, dispersion, _day_variance(totals, expected, dispersion))


def usual_rate(profile: WeekProfile, counts: HourRing, plan: HourPlan, days: Sequence[int]) -> UsualRate:
    """Return the profile at the level of the last of ``days``, the days of the history."""
    recent = days[-_LEVEL_DAYS[-1] :]
    totals = [
        sum(min(counts[hour], profile.caps[slot]) for hour, slot in plan.hours_of(day)) for day in recent
    ]
    expected = [sum(profile.by_slot[slot] for _, slot in plan.hours_of(day)) for day in recent]
    level = _level(totals, expected, profile.dispersion)
    by_slot = tuple(rate * level for rate in profile.by_slot)
    sunday = by_slot[6 * HOURS_PER_DAY :]
    off = tuple(min(rate, sunday[slot % HOURS_PER_DAY]) for slot, rate in enumerate(by_slot))
    error = _LEVEL_VARIANCE + profile.dispersion / max(sum(totals), profile.dispersion)
    return UsualRate(by_slot, off, profile.dispersion, profile.day_variance, error, sum(by_slot), level)


_Table = Sequence[Sequence[tuple[int, float]]]


def _kind(slot: int) -> int:
    """Return the kind of day and the hour as one number: workday, Saturday and Sunday."""
    weekday, hour = divmod(slot, HOURS_PER_DAY)
    return max(weekday - 4, 0) * HOURS_PER_DAY + hour


_KIND_OF_SLOT = tuple(_kind(slot) for slot in range(SLOTS))
_KIND_SLOTS = _KINDS_OF_DAY * HOURS_PER_DAY


def _neighbours(kind: int) -> tuple[int, int]:
    day, hour = divmod(kind, HOURS_PER_DAY)
    return day * HOURS_PER_DAY + (hour - 1) % HOURS_PER_DAY, day * HOURS_PER_DAY + (hour + 1) % HOURS_PER_DAY


_NEIGHBOURS = tuple(_neighbours(kind) for kind in range(_KIND_SLOTS))


def _caps(table: Sequence[Sequence[tuple[int, int]]]) -> tuple[float, ...]:
    values: list[list[int]] = [[] for _ in range(_KIND_SLOTS)]
    for row in table:
        for slot, count in row:
            values[_KIND_OF_SLOT[slot]].append(count)
    high = [sorted(one)[int(0.9 * (len(one) - 1))] if one else 0 for one in values]
    caps = [
        3.0 * max(high[kind], high[before], high[after]) + 5
        for kind, (before, after) in enumerate(_NEIGHBOURS)
    ]
    return tuple(caps[kind] for kind in _KIND_OF_SLOT)


def _shape(table: _Table) -> list[float]:
    """Return the mean count of each kind of day and hour."""
    sums, hours = [0.0] * _KIND_SLOTS, [0] * _KIND_SLOTS
    for row in table:
        for slot, count in row:
            kind = _KIND_OF_SLOT[slot]
            sums[kind] += count
            hours[kind] += 1
    return [total / seen if seen else 0.0 for total, seen in zip(sums, hours, strict=True)]


def _dispersion(table: _Table, totals: Sequence[float], shape: Sequence[float]) -> float:
    squares, variance = 0.0, 0.0
    for row, total in zip(table, totals, strict=True):
        usual = sum(shape[_KIND_OF_SLOT[slot]] for slot, _ in row)
        if not total or not usual:
            continue
        scale = total / usual
        for slot, count in row:
            mean = scale * shape[_KIND_OF_SLOT[slot]]
            squares += (count - mean) ** 2
            variance += mean * (1 - mean / total)
    return max(1.0, (squares + _SMALL) / (variance + _SMALL))


def _slot_rates(table: _Table, shape: Sequence[float], dispersion: float) -> list[float]:
    seen, hours = [0.0] * SLOTS, [0] * SLOTS
    for row in table:
        for slot, count in row:
            seen[slot] += count
            hours[slot] += 1
    kind_hours = [0] * _KIND_SLOTS
    for slot, number in enumerate(hours):
        kind_hours[_KIND_OF_SLOT[slot]] += number
    kind_seen = [rate * number for rate, number in zip(shape, kind_hours, strict=True)]
    smooth = [
        0.5 * shape[kind] + 0.25 * (shape[before] + shape[after])
        for kind, (before, after) in enumerate(_NEIGHBOURS)
    ]
    weight = _SMOOTH_CLUSTERS * dispersion
    kinds = _shrunk(kind_seen, kind_hours, smooth, weight)
    prior = [kinds[kind] for kind in _KIND_OF_SLOT]
    return _shrunk(seen, hours, prior, dispersion / _variance(seen, hours, prior, dispersion))


def _variance(
    seen: Sequence[float], hours: Sequence[int], prior: Sequence[float], dispersion: float
) -> float:
    """Return the squared variation of the slots' rates around their priors."""
    expected = [rate * number for rate, number in zip(prior, hours, strict=True)]
    squares = sum((count - mean) ** 2 - dispersion * mean for count, mean in zip(seen, expected, strict=True))
    scale = sum(mean**2 for mean in expected)
    return max(squares / scale, 1e-4) if scale else 1.0


def _shrunk(
    seen: Sequence[float], hours: Sequence[int], prior: Sequence[float], weight: float
) -> list[float]:
    """Return the rates of ``seen`` events in ``hours``, each shrunk towards its prior, which weighs ``weight`` events."""
    return [
        rate * (count + weight) / (rate * number + weight)
        for rate, count, number in zip(prior, seen, hours, strict=True)
    ]


def _level(totals: Sequence[float], expected: Sequence[float], dispersion: float) -> float:
    weight = _LEVEL_EVENTS * dispersion
    levels = [(sum(totals[-days:]) + weight) / (sum(expected[-days:]) + weight) for days in _LEVEL_DAYS]
    return min(max(min(levels), _LEAST_LEVEL), _MOST_LEVEL)


def _day_variance(totals: Sequence[float], expected: Sequence[float], dispersion: float) -> float:
    squares = sum(
        (total - mean) ** 2 - dispersion * mean for total, mean in zip(totals, expected, strict=True)
    )
    scale = sum(mean**2 for mean in expected)
    days = len(totals)
    shown = max(squares / scale, 0.0) if scale else _USUAL_DAY_VARIANCE
    return (days * shown + _DAYS_OF_PRIOR * _USUAL_DAY_VARIANCE) / (days + _DAYS_OF_PRIOR)
