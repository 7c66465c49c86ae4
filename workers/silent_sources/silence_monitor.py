"""Follows all sources hour by hour, within one budget of false alarms, and returns what changes.

- **Budget.** The sources share the false alarms that are allowed in a week, half a one. A source's share is divided by the
  falls that it begins in a week, because each may become an alarm by chance (Bonferroni's inequality, as for any scan
  over many series).
- **A common fall.** If everything sends less, for example on the day before a holiday, no source is broken. The usual events
  of a source are multiplied by the upper quartile of the shares that the sources of other producers send now. A quarter
  of them sends at least as much, so some broken sources do not lower it (a quantile has a breakdown point: Hampel,
  Annals of Mathematical Statistics 42, 1971). A source whose outage is found no longer counts. So if everything stops, the producers are found
  one after the other.
- **One alert for one fault.** If a producer or site is silent, its forms and pages are not reported as well. If one form
  explains what its producer lacks, the form is reported instead.
- **Hysteresis.** An outage is reported once, when it is found, and once when the source sends again. After three weeks it is
  reported as retired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import quantiles

from workers.silent_sources.hour_plan import SLOTS, HourPlan
from workers.silent_sources.hour_ring import KEPT_HOURS
from workers.silent_sources.source_names import Source, SourceKind
from workers.silent_sources.source_watch import RETIRED_AFTER_HOURS, Outage, SourceWatch

FALSE_ALARMS_PER_WEEK = 0.5
_WIDTH = {kind: place for place, kind in enumerate(SourceKind)}
_NARROW = (SourceKind.FORM, SourceKind.PAGE)
_FEWEST_COMPARED = 4
"""Sources of other producers that a common fall needs. Fewer prove nothing."""
_COMPARED_EVENTS = 4.0
"""Expected clusters of recent hours from which a source is compared."""
_LEAST_COMMON_SHARE = 0.15
"""A common fall leaves more than this. Less is an outage of everything."""
_EXPLAINED = 0.7
"""The share of a wider source's usual events from which a narrower source explains its outage."""
_REST = 0.3
"""The share of their usual events that the other parts then send, at least."""
_LOOSE = 0.01
"""The probability at which a wider source is suspected, so that its narrower sources wait for it."""
_WAIT_HOURS = 3
_FEWEST_FALLS = 40
"""The falls in a week that a rare source is judged by. A campaign near its end would use its whole budget otherwise."""
_SUCCEEDS = 0.3
"""The share of the missing events that a new source sends, if it may be the same one under another name."""


class ChangeKind(StrEnum):
    """The kinds of changes of a source."""

    SILENT = "silent"
    SENDS_AGAIN = "sends_again"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one source."""

    kind: ChangeKind
    source: Source
    at_hour: int
    """The hour at whose end the change was found. Hours since the epoch, UTC."""
    since_hour: int
    """The first hour of the outage."""
    counted: int
    """Events since then."""
    expected: float
    """Usual events since then."""
    probability: float
    """The probability that a source that works sends so few, when the outage was found."""
    successor: Source | None = None
    """A source of the same kind that began when this one fell silent: the form may have been renamed."""


class SilenceMonitor:
    """All sources. Each call of ``close_hour`` continues by one hour.

    ``ends`` are sources that end on purpose, each with the first hour in which it need not send.
    """

    def __init__(
        self,
        plan: HourPlan,
        *,
        ends: Mapping[Source, int] | None = None,
        false_alarms_per_week: float = FALSE_ALARMS_PER_WEEK,
    ) -> None:
        self._plan = plan
        self._ends = dict(ends or {})
        self._budget = false_alarms_per_week
        self._watches: dict[Source, SourceWatch] = {}
        self._day = 0
        self.hour: int | None = None
        """The last hour that was closed."""

    @property
    def watches(self) -> Mapping[Source, SourceWatch]:
        """The sources that are known."""
        return self._watches

    def reported(self) -> list[SourceWatch]:
        """Return the silent sources that were reported, the longest silent first."""
        open_now = (w for w in self._watches.values() if w.outage and not w.outage.within)
        return sorted(open_now, key=lambda w: (w.outage.span.since_hour if w.outage else 0, w.source))

    def close_hour(
        self, hour: int, counts: Mapping[Source, int], parents: Mapping[Source, tuple[Source, ...]]
    ) -> list[Change]:
        """Continue by one hour. ``counts`` has the events of each source, 0 if it is absent.

        ``parents`` has the sites and producers of each source of ``counts``. Hours are closed in order, without a gap.
        """
        if self.hour is not None and hour != self.hour + 1:
            msg = f"hour {hour} follows hour {self.hour}"
            raise ValueError(msg)
        self.hour = hour
        self._begin(hour, counts, parents)
        day, slot = self._plan.day_of(hour), self._plan.slot_of(hour)
        is_off = self._plan.is_off(day)
        if day != self._day:
            self._start_day(hour, day)
        usual = {}
        for source, watch in self._watches.items():
            usual[source] = watch.expected(slot, is_off=is_off)
            watch.count(hour, counts.get(source, 0), usual[source])
        shares = self._common_shares()
        for source, watch in self._watches.items():
            share = shares.get(_group(watch), 1.0)
            watch.follow(hour, day, counts.get(source, 0), usual[source] * share)
        changes = list(self._returned(hour))
        self._find(hour)
        return [*changes, *self._report(hour), *self._retired(hour)]

    def _begin(
        self, hour: int, counts: Mapping[Source, int], parents: Mapping[Source, tuple[Source, ...]]
    ) -> None:
        for source, count in counts.items():
            if not count:
                continue
            watch = self._watches.get(source)
            if watch is None:
                watch = self._watches[source] = SourceWatch(source, hour)
            watch.parents = parents.get(source, ())

    def _start_day(self, hour: int, day: int) -> None:
        self._day = day
        gone = [s for s, w in self._watches.items() if hour - w.last_event_hour > KEPT_HOURS]
        for source in gone:
            del self._watches[source]
        for watch in self._watches.values():
            watch.start_day(self._plan, day)

    def _common_shares(self) -> dict[Source | None, float]:
        """Return for each producer the share of their usual events that the sources of the other producers send."""
        shares: list[tuple[Source | None, float]] = [
            (_group(watch), watch.recent_counted / watch.recent_expected)
            for watch in self._watches.values()
            if watch.source.kind in _NARROW
            and watch.outage is None
            and watch.rate is not None
            and watch.recent_expected >= _COMPARED_EVENTS * watch.rate.dispersion
        ]
        out: dict[Source | None, float] = {}
        for group in {_group(watch) for watch in self._watches.values()} - {None}:
            others = [share for other, share in shares if other != group]
            if len(others) < _FEWEST_COMPARED:
                others = [share for _, share in shares]
            if len(others) >= _FEWEST_COMPARED:
                upper_quartile = quantiles(others, n=4)[2]
                out[group] = min(1.0, upper_quartile) if upper_quartile > _LEAST_COMMON_SHARE else 1.0
        return out

    def _find(self, hour: int) -> None:
        watched = sum(watch.rate is not None for watch in self._watches.values())
        for source, watch in self._watches.items():
            if (
                watch.rate is None
                or watch.span is None
                or watch.rate.has_faded
                or self._is_ended(source, hour)
            ):
                continue
            falls = min(max(watch.rate.clusters_per_week, _FEWEST_FALLS), SLOTS)
            probability = watch.probability()
            if probability <= self._budget / (watched * falls):
                watch.open_outage(hour, probability)

    def _report(self, hour: int) -> Iterator[Change]:
        """Report the outages that are new and that no other outage explains."""
        fresh = [(w, w.outage) for w in self._watches.values() if w.outage and w.outage.is_new]
        for watch, outage in sorted(fresh, key=lambda one: _WIDTH[one[0].source.kind]):
            outage.within = self._explanation(watch, outage)
            if outage.is_new and not self._waits(watch, outage, hour):
                outage.is_reported = True
                yield _change(ChangeKind.SILENT, watch, outage, hour, self._successor(watch, outage, hour))

    def _explanation(self, watch: SourceWatch, outage: Outage) -> Source | None:
        """Return the source whose outage explains this one: a parent, or the one part that lacks most of what it lacks."""
        for parent in watch.parents:
            holder = self._watches.get(parent)
            if holder and holder.outage and holder.outage.within is None:
                return parent
        for part in self._watches.values():
            if part.outage and watch.source in part.parents and _share(part, watch) >= _EXPLAINED:
                rest = outage.span.expected * (1 - _share(part, watch))
                if outage.span.counted >= _REST * rest:
                    return part.source
        return None

    def _waits(self, watch: SourceWatch, outage: Outage, hour: int) -> bool:
        """Whether a parent is suspected too. If it is found within three hours, it is reported instead."""
        if hour - outage.found_hour >= _WAIT_HOURS:
            return False
        for parent in watch.parents:
            holder = self._watches.get(parent)
            if holder and holder.span and not holder.outage and holder.probability() <= _LOOSE:
                return _share(watch, holder) < _EXPLAINED
        return False

    def _successor(self, watch: SourceWatch, outage: Outage, now: int) -> Source | None:
        since = outage.span.since_hour
        for other in self._watches.values():
            if other.source.kind is watch.source.kind and other.first_hour >= since - 2:
                counted = sum(other.ring[hour] for hour in range(since, now + 1))
                if counted >= _SUCCEEDS * outage.span.missing:
                    return other.source
        return None

    def _returned(self, hour: int) -> Iterator[Change]:
        for watch in self._watches.values():
            outage = watch.outage
            if outage and watch.has_returned():
                if outage.is_reported:
                    yield _change(ChangeKind.SENDS_AGAIN, watch, outage, hour)
                watch.close_outage(hour)
                for other in self._watches.values():
                    if other.outage and other.outage.within == watch.source:
                        other.close_outage(hour)

    def _retired(self, hour: int) -> Iterator[Change]:
        """Forget the sources that end on purpose or are silent for three weeks, and what they explained."""
        for watch in list(self._watches.values()):
            outage = watch.outage
            if not outage or not outage.is_reported:
                continue
            if self._is_ended(watch.source, hour) or hour - outage.span.since_hour >= RETIRED_AFTER_HOURS:
                yield _change(ChangeKind.RETIRED, watch, outage, hour)
                for source, other in list(self._watches.items()):
                    if source == watch.source or (other.outage and other.outage.within == watch.source):
                        del self._watches[source]

    def _is_ended(self, source: Source, hour: int) -> bool:
        return hour >= self._ends.get(source, hour + 1)


def _change(
    kind: ChangeKind, watch: SourceWatch, outage: Outage, hour: int, successor: Source | None = None
) -> Change:
    span = outage.span
    return Change(
        kind, watch.source, hour, span.since_hour, span.counted, span.expected, outage.probability, successor
    )


def _share(part: SourceWatch, whole: SourceWatch) -> float:
    """Return the share of a source's usual events that one part of it has."""
    if part.rate is None or whole.rate is None or not whole.rate.per_week:
        return 0.0
    return min(part.rate.per_week / whole.rate.per_week, 1.0)


def _group(watch: SourceWatch) -> Source | None:
    """Return the producer of a source. None if it has several."""
    if watch.source.kind is SourceKind.PRODUCER:
        return watch.source
    return next((parent for parent in watch.parents if parent.kind is SourceKind.PRODUCER), None)
