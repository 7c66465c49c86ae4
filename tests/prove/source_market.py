"""A generated market for the silent sources: events by source and hour, with faults whose beginnings are known.

A stream is one form or page on one site, or a producer's records that have no page. Its events follow the hour of the week, public
holidays, growth, the weather of the day (each stream's own and one that all share) and bursts. A market also has campaigns that
decline or end, new pages, imports, a shutdown without notice, and pages whose traffic falls by half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import exp, sqrt

from workers.demo.market.seeded_random import SeededRandom
from workers.silent_sources.hour_plan import HourPlan
from workers.silent_sources.source_names import (
    Source,
    form_source,
    page_source,
    producer_source,
    site_source,
)

WARM_WEEKS = 8
"""Weeks in which the sources are learned."""
WEEK = 168
WORKING_DAY_HOURS = 8
OFFICE = range(9, 17)
NIGHT = (22, 23, 0, 1, 2, 3)
LOSS = 0.1
_IN_SHUTDOWN = 0.4
"""The share of the events that a shutdown leaves."""
FAULT_KINDS = (
    "form dead at once",
    "page script gone",
    "producer stopped at night",
    "one of two sites",
    "partial loss",
    "form renamed",
    "clock of a producer",
)


@dataclass(frozen=True)
class Stream:
    """One stream of events. ``per_week`` are its mean events in an ordinary week."""

    topic: str
    producer: str
    per_week: float
    profile: tuple[float, ...]
    """168 shares, which add up to 1."""
    host: str = ""
    path: str = ""
    form: str = ""
    weekly_growth: float = 0.0
    day_variation: float = 0.15
    clusters: float = 1.0
    """Events that come together."""
    begins: int = 0
    ends: int = 1 << 40
    """First hour without events."""
    fades_from: int = 1 << 40
    half_life_hours: float = 100.0
    on_holidays: float = 0.25

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The sources that the stream is part of, the widest first."""
        url = f"https://{self.host}{self.path}" if self.host else None
        found = (
            producer_source(self.topic, self.producer),
            site_source(self.topic, url),
            form_source(self.form) if self.form else page_source(url),
        )
        return tuple(source for source in found if source)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of some streams."""

    kind: str
    target: Source
    streams: frozenset[int]
    since_hour: int
    until_hour: int
    share: float = 0.0
    """The share of events that still arrive."""
    new_form: str = ""


@dataclass(slots=True)
class Market:
    """A market: streams, what is special about its days, and faults."""

    chance: SeededRandom
    first_hour: int
    hours: int
    plan: HourPlan
    warm_weeks: int = WARM_WEEKS
    streams: list[Stream] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    announced: dict[Source, int] = field(default_factory=dict)
    """Sources that end on purpose, as the users announced it."""
    unannounced: set[Source] = field(default_factory=set)
    """Sources that end on purpose without notice."""
    shutdown: range = range(0)
    """Days on which the market is closed without notice."""

    def closed_hours(self) -> Iterator[tuple[int, Counter[Source], dict[Source, tuple[Source, ...]]]]:
        """Yield each hour with the events of each source and the sources that contain it."""
        common = 0.0
        own = [0.0] * len(self.streams)
        last_day = 0
        for hour in range(self.first_hour, self.first_hour + self.hours):
            day = self.plan.day_of(hour)
            if day != last_day:
                common = 0.6 * common + self.chance.gauss(0, 0.08)
                own = [self.chance.gauss(0, stream.day_variation) for stream in self.streams]
                last_day = day
            faults = [fault for fault in self.faults if fault.since_hour <= hour < fault.until_hour]
            counts: Counter[Source] = Counter()
            parents: dict[Source, tuple[Source, ...]] = {}
            for number, stream in enumerate(self.streams):
                mean = self._mean(stream, hour, self.plan.slot_of(hour)) * self._share_of(stream, day)
                mean, sent = _disturbed(stream, mean * exp(common + own[number]), number, faults)
                events = self._drawn(mean, stream.clusters)
                if events:
                    sources = sent.sources
                    for place, source in enumerate(sources):
                        counts[source] += events
                        parents[source] = sources[:place]
            yield hour, counts, parents

    def _share_of(self, stream: Stream, day: int) -> float:
        """Return the share of an ordinary day's events that the stream has on this day."""
        if self.plan.is_off(day):
            return stream.on_holidays
        return _IN_SHUTDOWN if day in self.shutdown else 1.0

    def mean_of(self, streams: frozenset[int], since_hour: int, hours: int) -> float:
        """Return the events that are expected of the streams, without holidays and weather."""
        return sum(
            self._mean(self.streams[number], hour, self.plan.slot_of(hour))
            for hour in range(since_hour, since_hour + hours)
            for number in streams
        )

    def working_day_after(self, hour: int) -> int:
        """Return the hour by whose end eight office hours have passed since the beginning of ``hour``."""
        left = WORKING_DAY_HOURS
        while True:
            day, slot = self.plan.day_of(hour), self.plan.slot_of(hour)
            left -= slot // 24 < 5 and slot % 24 in OFFICE and not self.plan.is_off(day)
            if left == 0:
                return hour
            hour += 1

    def streams_of(self, source: Source) -> frozenset[int]:
        """Return the streams that are part of a source."""
        return frozenset(n for n, stream in enumerate(self.streams) if source in stream.sources)

    def _mean(self, stream: Stream, hour: int, slot: int) -> float:
        if not stream.begins <= hour < stream.ends:
            return 0.0
        weeks = (hour - self.first_hour) / WEEK
        mean = stream.per_week * stream.profile[slot] * (1 + stream.weekly_growth) ** weeks
        return mean * 0.5 ** (max(hour - stream.fades_from, 0) / stream.half_life_hours)

    def _drawn(self, mean: float, clusters: float) -> int:
        if mean < 1e-6:
            return 0
        if clusters == 1:
            return poisson(self.chance, mean)
        number = poisson(self.chance, mean / clusters)
        return poisson(self.chance, number * clusters) if number else 0


def _disturbed(stream: Stream, mean: float, number: int, faults: list[Fault]) -> tuple[float, Stream]:
    """Return the mean and the stream as the faults of this hour leave them."""
    for fault in faults:
        if number in fault.streams:
            mean *= fault.share
            if fault.new_form:
                stream = replace(stream, form=fault.new_form)
    return mean, stream


def poisson(chance: SeededRandom, mean: float) -> int:
    """Draw from a Poisson distribution. Above 50 by the normal approximation."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, sqrt(mean))))
    limit, product, drawn = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        drawn += 1
    return drawn


def add_faults(market: Market, number: int, *, fewest: float) -> None:
    """Add faults of all kinds. A target usually sends ``fewest`` clusters of events on every working day, or more."""
    chance = market.chance
    regular = {kind: _regular(market, kind, fewest) for kind in FAULT_KINDS}
    turn = 0
    for attempt in range(20_000):
        turn += attempt % 200 == 199  # 200 attempts at a place, then the next kind
        kind = FAULT_KINDS[turn % len(FAULT_KINDS)]
        since = market.first_hour + chance.randrange(market.warm_weeks * WEEK, market.hours - 7 * 24)
        is_night = market.plan.slot_of(since) % 24 in NIGHT
        if not regular[kind] or (kind == "producer stopped at night" and not is_night):
            continue
        target = chance.choice(regular[kind])
        streams = market.streams_of(target)
        hours = market.working_day_after(since) - since + 1
        until = since + hours + chance.randrange(8, 40)
        days = range(market.plan.day_of(since) - 1, market.plan.day_of(until) + 1)
        if any(day in market.shutdown for day in days) or any(
            other.streams & streams and other.since_hour < until + 24 and since < other.until_hour + 24
            for other in market.faults
        ):
            continue
        share, new_form = LOSS if kind == "partial loss" else 0.0, ""
        if kind == "form renamed":
            share, new_form = 1.0, f"{target.name}-v2-{len(market.faults)}"
        market.faults.append(Fault(kind, target, streams, since, until, share, new_form))
        turn += 1
        if len(market.faults) == number:
            return
    raise ValueError(f"only {len(market.faults)} of {number} faults have a place")


def _regular(market: Market, kind: str, fewest: float) -> list[Source]:
    """Return the targets of a kind of fault that send enough on every working day of the whole market."""
    steady = {
        n
        for n, one in enumerate(market.streams)
        if one.begins <= market.first_hour and one.ends >= 1 << 40 and one.fades_from >= 1 << 40
    }
    out = []
    for target in _targets(market, kind):
        streams = market.streams_of(target) & steady
        most = max((market.streams[n].clusters for n in streams), default=1.0)
        days = [
            sum(
                market.streams[n].per_week * market.streams[n].profile[day * 24 + hour]
                for n in streams
                for hour in OFFICE
            )
            for day in range(5)
        ]
        if min(days) / most >= fewest:
            out.append(target)
    return out


def _targets(market: Market, kind: str) -> list[Source]:
    found = {
        "form dead at once": ("form",),
        "form renamed": ("form",),
        "page script gone": ("page",),
        "producer stopped at night": ("producer",),
        "clock of a producer": ("producer",),
        "one of two sites": ("site",),
        "partial loss": ("form", "page", "site", "producer"),
    }[kind]
    return sorted({s for stream in market.streams for s in stream.sources if s.kind in found})
