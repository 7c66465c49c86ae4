"""Runs the monitor of silent sources over generated markets, and counts the faults that it finds and its false alarms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from tests.prove.outcome import Outcome
from tests.prove.source_market import WARM_WEEKS, WEEK, Fault, Market, add_faults
from tests.prove.source_market_maker import make_market
from workers.silent_sources.silence_monitor import Change, ChangeKind, SilenceMonitor

FULL_MARKETS = 40
FAULTS = 20
FAULT_WEEKS = 6
CLEAN_WEEKS = 12
FEWEST = 20.0
"""Clusters of events that the target of a fault usually sends in the eight hours of every working day, at least."""
FEWEST_IN_TIME = 18
_NAMED = 0.7
_LATE_HOURS = 12
"""Hours after the end of a fault in which an alert still belongs to it."""
_RETURN_HOURS = 72


@dataclass(slots=True)
class Found:
    """The result of a run over one market."""

    in_time: list[Fault] = field(default_factory=list)
    """Faults found within a working day: by the end of the eighth office hour since they began."""
    late: list[Fault] = field(default_factory=list)
    missed: list[Fault] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    """Hours until a fault was found."""
    returns: int = 0
    """Faults after which the monitor reported that the source sends again."""
    repeats: list[Change] = field(default_factory=list)
    """Further alerts about sources that a fault hits, for example the pages of a site."""
    false_alarms: list[Change] = field(default_factory=list)
    unannounced_ends: list[Change] = field(default_factory=list)
    """Alerts about campaigns that ended on purpose from one hour to the next. There was no notice."""


def changes_of(market: Market) -> list[Change]:
    """Run the monitor over a market."""
    monitor = SilenceMonitor(market.plan, ends=market.announced)
    return [change for one in market.closed_hours() for change in monitor.close_hour(*one)]


def judge(market: Market, changes: list[Change]) -> Found:
    """Compare the changes with the faults."""
    found = Found()
    silent = [change for change in changes if change.kind is ChangeKind.SILENT]
    taken: set[int] = set()
    for fault in market.faults:
        hits = [
            (change.at_hour, number)
            for number, change in enumerate(silent)
            if _is_during(change, fault) and _names(market, change, fault)
        ]
        if not hits:
            found.missed.append(fault)
            continue
        at_hour, number = min(hits)
        taken.add(number)
        found.hours.append(at_hour - fault.since_hour + 1)
        in_time = at_hour <= market.working_day_after(fault.since_hour)
        (found.in_time if in_time else found.late).append(fault)
        found.returns += any(
            change.kind is ChangeKind.SENDS_AGAIN
            and change.source == silent[number].source
            and fault.until_hour <= change.at_hour < fault.until_hour + _RETURN_HOURS
            for change in changes
        )
    for number, change in enumerate(silent):
        if number not in taken:
            _sort_rest(market, change, found)
    return found


def _sort_rest(market: Market, change: Change, found: Found) -> None:
    streams = market.streams_of(change.source)
    hit = any(fault.streams & streams and _is_during(change, fault) for fault in market.faults)
    if hit or any(fault.new_form and fault.new_form == change.source.name for fault in market.faults):
        found.repeats.append(change)
    elif change.source in market.unannounced:
        found.unannounced_ends.append(change)
    else:
        found.false_alarms.append(change)


def _is_during(change: Change, fault: Fault) -> bool:
    return fault.since_hour <= change.at_hour < fault.until_hour + _LATE_HOURS


def _names(market: Market, change: Change, fault: Fault) -> bool:
    """Whether an alert names a fault: it has most of the fault's events, and most of its own events have a fault then."""
    streams = market.streams_of(change.source)
    hit = frozenset(stream for one in market.faults if _is_during(change, one) for stream in one.streams)
    both, alone = (market.mean_of(one, fault.since_hour, WEEK) for one in (streams & hit, streams))
    covered, whole = (
        market.mean_of(one, fault.since_hour, WEEK) for one in (streams & fault.streams, fault.streams)
    )
    return both >= _NAMED * alone and covered >= _NAMED * whole


def run_faults(
    seed: str,
    *,
    weeks: int = FAULT_WEEKS,
    faults: int = FAULTS,
    warm_weeks: int = WARM_WEEKS,
    pages: int = 16,
) -> tuple[Market, Found]:
    """Run a market with faults."""
    market = make_market(f"faults {seed}", weeks, warm_weeks=warm_weeks, pages=pages)
    add_faults(market, faults, fewest=FEWEST)
    return market, judge(market, changes_of(market))


def run_clean(seed: str) -> tuple[Market, Found]:
    """Run a market without faults."""
    market = make_market(f"clean {seed}", CLEAN_WEEKS)
    return market, judge(market, changes_of(market))


def run(seed: int, percent: float, say: Callable[[str], None]) -> Outcome:
    """Run markets with faults and clean ones, as many of each. ``percent``: the share of 40 of each."""
    seeds = [f"{seed} {number}" for number in range(max(1, round(FULL_MARKETS * percent / 100)))]
    total, hours = Outcome(), []
    false_alarms = 0
    with ProcessPoolExecutor() as pool:
        for market, found in pool.map(run_faults, seeds):
            hours += found.hours
            total.counts["markets with 20 faults in six weeks"] += 1
            total.counts["faults"] += len(market.faults)
            total.counts["faults found within a working day"] += len(found.in_time)
            total.counts["faults found later"] += len(found.late)
            total.counts["faults whose end was found"] += found.returns
            total.counts["further alerts about parts of a fault"] += len(found.repeats)
            total.counts["markets in which fewer than 18 of 20 were"] += len(found.in_time) < FEWEST_IN_TIME
        in_time, faults = total.counts["faults found within a working day"], total.counts["faults"]
        if in_time * FAULTS < faults * FEWEST_IN_TIME:
            total.problems.append(f"only {in_time} of {faults} faults found within a working day")
        say("the markets with faults have ended")
        total.counts["median hours until a fault was found, nights included"] = round(median(hours or [0]))
        for market, found in pool.map(run_clean, seeds):
            began = market.first_hour + WARM_WEEKS * WEEK
            here = [one for one in found.false_alarms if one.at_hour >= began]
            ends = [one for one in found.unannounced_ends if one.at_hour >= began]
            false_alarms += len(here) + len(ends)
            total.counts["clean weeks"] += CLEAN_WEEKS
            total.counts["false alarms in them"] += len(here)
            total.counts["alerts about campaigns that ended without notice"] += len(ends)
            total.counts["markets with more than 12 false alarms in 12 weeks"] += (
                len(here) + len(ends) > CLEAN_WEEKS
            )
    if false_alarms > total.counts["clean weeks"]:
        total.problems.append(f"{false_alarms} false alarms in {total.counts['clean weeks']} weeks")
    return total
