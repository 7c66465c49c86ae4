"""Two runs over the same history, compared lead by lead.

In: the folders of the runs. Out: totals, examples, and each lead that differs. Both runs are merged by lead, so the lines of
one lead at a time are in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from workers.backtest.desk_queues import Queue, queues_of
from workers.backtest.intervals import Share
from workers.backtest.lead_decisions import (
    Change,
    Decisions,
    SalesHistory,
    changes_between,
    decisions_of,
    is_turn_only,
    sales_history,
)
from workers.backtest.lead_lines import merge_by_lead
from workers.backtest.weekly_load import WeeklyLoad

if TYPE_CHECKING:
    from workers.backtest.result_facts import RepFacts
    from workers.backtest.work_folder import RunFolder

EXAMPLES: Final = 20
"""Most examples of a kind of change. Leads are sorted by id, so the first ones are a fair sample."""


@dataclass(frozen=True, slots=True)
class ChangedLead:
    """A lead on which two policies decide differently. ``before``: the present policy. ``after``: the one that is tried."""

    lead_id: str
    changes: frozenset[Change]
    before: Decisions
    after: Decisions
    sales: SalesHistory
    is_turn_only: bool

    @property
    def account_key(self) -> str:
        """The account, as the policy that is tried has it."""
        return self.after.account_key or self.before.account_key


@dataclass(slots=True)
class Totals:
    """The figures of one policy."""

    load: WeeklyLoad
    mqls: int = 0
    """Leads that became an MQL at least once."""
    worked_mqls: int = 0
    """MQLs about which sales reported anything."""
    stages: Counter[str] = field(default_factory=Counter)
    """Leads by their last stage."""
    handoffs: Counter[str] = field(default_factory=Counter)
    """Hand-offs by kind."""
    touch_seconds: list[int] = field(default_factory=list)
    """Seconds from the first MQL hand-off of a lead to the next action of sales."""
    touched_before: int = 0
    """Leads that sales had in work before the hand-off, and did not touch again."""
    never_touched: int = 0
    """Leads with an MQL hand-off about which sales reported nothing."""
    in_time: int = 0
    """First touches within the promised time."""
    converted_mqls: int = 0
    """MQLs that converted later."""
    won_mqls: int = 0
    queues: dict[str, Queue] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Comparison:
    """The totals and differences of two policies over the same history."""

    records: int
    first_ms: int
    last_ms: int
    reps: dict[str, RepFacts]
    before: Totals
    after: Totals
    leads: int = 0
    converted: int = 0
    """Leads that converted, whatever a policy decides."""
    won: int = 0
    changed: int = 0
    turn_only: int = 0
    """Changed leads that differ only in the rep, because the rotation came to another."""
    changes: Counter[Change] = field(default_factory=Counter)
    lost_mqls: int = 0
    """MQLs under the present policy only."""
    new_mqls: int = 0
    """MQLs under the policy that is tried only."""
    sooner: int = 0
    later: int = 0
    """Leads that both policies make an MQL, by whether the policy that is tried does it sooner or later."""
    examples: dict[str, list[ChangedLead]] = field(default_factory=dict)
    """Up to 20 changed leads, by the kind of change."""

    def load_reps(self) -> frozenset[str]:
        """Return the reps whose load counts: members of a desk, and all who got an MQL."""
        got = {rep for one in (self.before, self.after) for rep, _ in one.load.counts}
        return frozenset(got | {rep for rep, facts in self.reps.items() if facts.desks})

    def mean_load(self, totals: Totals) -> float:
        """Return the MQLs per rep and whole week. 0 without a whole week or a rep."""
        weeks = totals.load.whole_weeks(self.first_ms, self.last_ms)
        counts = totals.load.rep_weeks(self.load_reps(), weeks)
        return sum(counts) / len(counts) if counts else 0.0

    def precision(self, totals: Totals, *, of_won: bool = False) -> Share:
        """Return the share of MQLs that converted, or that were won."""
        return Share(totals.won_mqls if of_won else totals.converted_mqls, totals.mqls)

    def recall(self, totals: Totals, *, of_won: bool = False) -> Share:
        """Return the share of converted or won leads that were MQLs before."""
        return Share(
            totals.won_mqls if of_won else totals.converted_mqls, self.won if of_won else self.converted
        )


def compare_runs(
    before: RunFolder,
    after: RunFolder,
    span_ms: tuple[int, int],
    zones: tuple[ZoneInfo, ZoneInfo],
    on_change: Callable[[ChangedLead], None] = lambda _: None,
) -> Comparison:
    """Compare two runs that have ended.

    Args:
        before: the run of the present policy.
        after: the run of the policy that is tried.
        span_ms: the first and the last time of the history. Milliseconds UTC.
        zones: the time zones of the two policies, in which weeks begin.
        on_change: called with each lead that differs, in the order of the lead ids.
    """
    first, last = before.marker, after.marker
    if first is None or last is None:
        raise ValueError("a run has no finished part")
    totals = [Totals(WeeklyLoad(zone)) for zone in zones]
    for one, folder, marker in zip(totals, (before, after), (first, last), strict=True):
        one.queues = queues_of(folder.queue_files(), span_ms[1])
        one.letters = marker.letters
    found = Comparison(last.records, *span_ms, last.reps, totals[0], totals[1])
    for lead_id, lines in merge_by_lead([before.lead_files(), after.lead_files()]):
        old, new = decisions_of(lines[0]), decisions_of(lines[1])
        sales = sales_history([*lines[0], *lines[1]])
        if not (old.steps or new.steps or old.handoffs or new.handoffs):
            continue
        found.leads += 1
        found.converted += sales.converted_ms is not None
        found.won += sales.won_ms is not None
        _count(found.before, old, sales)
        _count(found.after, new, sales)
        changes = changes_between(old, new)
        if changes:
            changed = ChangedLead(
                lead_id, changes, old, new, sales, changes == {Change.OWNER} and is_turn_only(old, new)
            )
            _count_change(found, changed)
            on_change(changed)
    return found


def _count(totals: Totals, lead: Decisions, sales: SalesHistory) -> None:
    totals.stages[lead.stage] += 1
    for given in lead.handoffs.values():
        totals.handoffs[given.kind] += 1
        totals.load.add(given)
    if lead.mql is not None:
        totals.mqls += 1
        totals.worked_mqls += bool(sales.touches)
        totals.converted_mqls += sales.converted_ms is not None and lead.mql.at_ms <= sales.converted_ms
        totals.won_mqls += sales.won_ms is not None and lead.mql.at_ms <= sales.won_ms
    first = lead.first_mql
    if first is None:
        return
    touch = next((at for at in sales.touches if at >= first.at_ms), None)
    if touch is not None:
        totals.touch_seconds.append((touch - first.at_ms) // 1_000)
        totals.in_time += not first.due_ms or touch <= first.due_ms
    elif sales.touches:
        totals.touched_before += 1
    else:
        totals.never_touched += 1


def _count_change(found: Comparison, lead: ChangedLead) -> None:
    found.changed += 1
    found.turn_only += lead.is_turn_only
    for change in lead.changes:
        found.changes[change] += 1
    old, new = lead.before.mql, lead.after.mql
    found.lost_mqls += old is not None and new is None
    found.new_mqls += old is None and new is not None
    if old is not None and new is not None:
        found.sooner += new.at_ms < old.at_ms
        found.later += new.at_ms > old.at_ms
    kinds = ["lost_mql" if old else "new_mql"] if Change.MQL in lead.changes else sorted(lead.changes)[:1]
    for kind in kinds:
        shown = found.examples.setdefault(kind, [])
        if len(shown) < EXAMPLES and not lead.is_turn_only:
            shown.append(lead)
