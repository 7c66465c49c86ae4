"""The report of a backtest as sections of words and tables, for the terminal and for the page.

In: a comparison. Out: sections in plain words, for a sales manager. Reps have their names, leads their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from workers.backtest.changed_lead_lines import LeadWords
from workers.backtest.comparison import EXAMPLES
from workers.backtest.intervals import CONFIDENCE_PERCENT, Share
from workers.backtest.lead_decisions import Change

if TYPE_CHECKING:
    from workers.backtest.comparison import Comparison, Totals

_HOUR: Final = 3_600
_CHANGES: Final = {
    Change.MQL: "MQL under one policy only",
    Change.STAGE: "other stages",
    Change.KIND: "hand-offs of another kind or number",
    Change.OWNER: "another rep, desk or partner",
    Change.DATE: "the same at another time",
}
_EXAMPLES: Final = {
    "lost_mql": "no longer an MQL",
    "new_mql": "an MQL only under the new policy",
    Change.KIND.value: "hand-offs of another kind",
    Change.STAGE.value: "other stages",
    Change.OWNER.value: "another owner",
    Change.DATE.value: "another date",
}


@dataclass(frozen=True, slots=True)
class LoadRange:
    """The MQLs per rep and week that sales can work well, both ends included."""

    least: int = 5
    most: int = 10

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report. The first column of the table is text, the others are mostly figures."""

    title: str
    sentences: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    chart: str = ""
    """The chart that belongs to the section, by name. Empty: none."""
    is_text: bool = False
    """Whether all columns are text."""


def sections_of(found: Comparison, load: LoadRange, words: LeadWords) -> list[Section]:
    """Return the sections of the report in their order."""
    return [
        _mqls(found),
        _changes(found),
        _load(found, load, words),
        _queues(found),
        _touches(found),
        _results(found),
        *_examples(found, words),
        _limits(found),
    ]


def _mqls(found: Comparison) -> Section:
    before, after = found.before, found.after
    both = before.mqls - found.lost_mqls
    kinds = sorted(set(before.handoffs) | set(after.handoffs))
    return Section(
        "How many leads become MQLs",
        (
            f"{before.mqls:,} of {found.leads:,} leads become MQLs under the present policy, {after.mqls:,} under the new one.",
            f"{both:,} are MQLs under both, {found.lost_mqls:,} only under the present one, {found.new_mqls:,} only under the new one.",
        ),
        ("", "present", "new"),
        (
            ("leads that become MQLs", f"{before.mqls:,}", f"{after.mqls:,}"),
            *(
                (
                    f"hand-offs: {kind.replace('_', ' ')}",
                    f"{before.handoffs[kind]:,}",
                    f"{after.handoffs[kind]:,}",
                )
                for kind in kinds
            ),
        ),
        "mqls",
    )


def _changes(found: Comparison) -> Section:
    turn = (
        f"{found.turn_only:,} of them differ only in the rep, because the rotation came to another rep."
        if found.turn_only
        else ""
    )
    moved = (
        f"Of the leads that are MQLs under both, {found.sooner:,} become one sooner and {found.later:,} later."
        if found.sooner or found.later
        else ""
    )
    return Section(
        "Leads that change",
        tuple(filter(None, (f"{found.changed:,} of {found.leads:,} leads change.", turn, moved))),
        ("what changes", "leads"),
        tuple((text, f"{found.changes[change]:,}") for change, text in _CHANGES.items()),
    )


def _load(found: Comparison, load: LoadRange, words: LeadWords) -> Section:
    weeks = [one.load.whole_weeks(found.first_ms, found.last_ms) for one in (found.before, found.after)]
    reps = sorted(found.load_reps(), key=words.rep)
    rows = []
    for rep in reps:
        cells = [words.rep(rep)]
        for one, mondays in zip((found.before, found.after), weeks, strict=True):
            cells.extend(_load_cells(one.load.rep_weeks([rep], mondays), load))
        rows.append(tuple(cells))
    totals = ["all reps"]
    for one, mondays in zip((found.before, found.after), weeks, strict=True):
        totals.extend(_load_cells(one.load.rep_weeks(reps, mondays), load))
    return Section(
        f"MQLs per rep and week, against {load}",
        (
            f"The history covers {len(weeks[1]):,} whole weeks. Only whole weeks count. A reassigned lead counts for each rep.",
            f"A raised hand counts if it passes all gates. Low, good, high: weeks with fewer, with {load}, with more MQLs.",
        ),
        ("rep", "a week, present", "low", "good", "high", "a week, new", "low", "good", "high"),
        (*rows, tuple(totals)),
        "load",
    )


def _load_cells(counts: Sequence[int], load: LoadRange) -> tuple[str, ...]:
    low = sum(count < load.least for count in counts)
    high = sum(count > load.most for count in counts)
    mean = f"{sum(counts) / len(counts):.1f}" if counts else "-"
    return mean, f"{low:,}", f"{len(counts) - low - high:,}", f"{high:,}"


def _queues(found: Comparison) -> Section:
    desks = sorted(set(found.before.queues) | set(found.after.queues))
    rows = []
    for desk in desks:
        for label, one in (("present", found.before), ("new", found.after)):
            queue = one.queues.get(desk)
            if queue is not None:
                rows.append(
                    (
                        f"{desk}, {label}",
                        f"{queue.longest:,}",
                        f"{queue.queued_ms / 1_000 / _HOUR:,.0f}",
                        f"{queue.released:,}",
                        f"{queue.longest_wait_seconds / _HOUR:,.1f}",
                        f"{queue.waiting:,}",
                    )
                )
    return Section(
        "Queues: leads that wait for a free rep",
        () if rows else ("No desk used its rotation.",),
        (
            "desk",
            "longest queue",
            "hours with a queue",
            "leads that waited",
            "longest wait, hours",
            "still waiting",
        ),
        tuple(rows),
        "queues",
    )


def _touches(found: Comparison) -> Section:
    def row(text: str, of: str) -> tuple[str, ...]:
        return text, *(_touch_cell(one, of) for one in (found.before, found.after))

    return Section(
        "Time to the first touch",
        (
            "From the first MQL hand-off of a lead to the next action of sales, in hours of the clock.",
            "Sales acted as the history has it, whatever a policy would have decided.",
        ),
        ("", "present", "new"),
        (
            row("leads that were touched after it", "count"),
            row("half were touched within, hours", "median"),
            row("nine of ten were touched within, hours", "p90"),
            row("touched within the promised time", "in_time"),
            row("sales had touched before, and not again", "before"),
            row("sales reported nothing", "never"),
        ),
        "touches",
    )


def _touch_cell(one: Totals, of: str) -> str:
    seconds = sorted(one.touch_seconds)
    if of == "count":
        return f"{len(seconds):,}"
    if of == "in_time":
        return share_text(Share(one.in_time, len(seconds)))
    if of == "before":
        return f"{one.touched_before:,}"
    if of == "never":
        return f"{one.never_touched:,}"
    if not seconds:
        return "-"
    cuts = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds * 9
    return f"{cuts[4 if of == 'median' else 8] / _HOUR:,.1f}"


def _results(found: Comparison) -> Section:
    def row(text: str, *shares: Share) -> tuple[str, ...]:
        return text, *map(share_text, shares)

    before, after = found.before, found.after
    return Section(
        "MQLs against what was converted or won",
        (
            f"{found.converted:,} leads were converted: sales opened an opportunity or won a deal. {found.won:,} of them were won.",
            f"In brackets: the range that holds the true share with {CONFIDENCE_PERCENT} % confidence, and the number of leads.",
            "Few leads make a wide range. If the ranges of two policies overlap, this history does not show which is better.",
        ),
        ("", "present", "new"),
        (
            row("MQLs that converted (precision)", found.precision(before), found.precision(after)),
            row("converted leads that were MQLs before (recall)", found.recall(before), found.recall(after)),
            row(
                "MQLs that were won",
                found.precision(before, of_won=True),
                found.precision(after, of_won=True),
            ),
            row(
                "won leads that were MQLs before",
                found.recall(before, of_won=True),
                found.recall(after, of_won=True),
            ),
            row(
                "MQLs about which sales reported anything",
                Share(before.worked_mqls, before.mqls),
                Share(after.worked_mqls, after.mqls),
            ),
        ),
        "results",
    )


def share_text(share: Share) -> str:
    """Return a share with its interval and its numbers."""
    if share.value is None:
        return "no leads"
    low, high = share.interval
    return f"{share.value:.0%} ({low:.0%} to {high:.0%}; {share.hits:,} of {share.cases:,})"


def _examples(found: Comparison, words: LeadWords) -> list[Section]:
    out = []
    for kind, title in _EXAMPLES.items():
        leads = found.examples.get(kind, ())
        if leads:
            rows = tuple(
                (lead.lead_id[:8], lead.account_key, words.describe(lead.before), words.describe(lead.after))
                for lead in leads
            )
            shown = f"The first {len(rows)} in the order of lead ids." if len(rows) == EXAMPLES else ""
            out.append(
                Section(
                    f"Examples: {title}",
                    (shown,) if shown else (),
                    ("lead", "account", "present", "new"),
                    rows,
                    is_text=True,
                )
            )
    return out


def _limits(found: Comparison) -> Section:
    letters = [
        sum(count for name, count in one.letters.items() if name.startswith("sales.activities "))
        for one in (found.before, found.after)
    ]
    return Section(
        "What this report cannot show",
        (
            "Sales worked the leads that it got at that time. What sales would have done with other leads is not in the history.",
            "So an MQL that only the new policy makes counts as not converted, unless sales worked it anyway.",
            "Each lead takes a turn, so one change moves later turns of the same desk to other reps.",
            f"Reports of sales that fitted no open hand-off: {letters[0]:,} under the present policy, {letters[1]:,} under the new.",
        ),
    )


def span_text(found: Comparison) -> str:
    """Return the days of the history in words."""
    first, last = (
        datetime.fromtimestamp(at / 1_000, zone).date()
        for at, zone in ((found.first_ms, found.after.load.zone), (found.last_ms, found.after.load.zone))
    )
    return f"{found.records:,} records from {first} to {last}"
