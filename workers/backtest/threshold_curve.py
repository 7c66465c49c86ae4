"""The MQLs per rep and week that each threshold would give, estimated from one run.

In: the run of a policy. Out: for each threshold the leads that would become MQLs, and how many of them converted. A lead is an
MQL from the time at which it first has that many points with all gates passed, or raises its hand. Points do not depend on the
threshold, so this is exact except for what a hand-off changes later: stages, owners and waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Reason, Stage
from workers.backtest.intervals import Share
from workers.backtest.lead_decisions import Decisions, decisions_of, sales_history
from workers.backtest.lead_lines import merge_by_lead

if TYPE_CHECKING:
    from workers.backtest.report_sections import LoadRange
    from workers.backtest.weekly_load import WeeklyLoad
    from workers.backtest.work_folder import RunFolder

_BY_POINTS: Final = frozenset({Reason.BAR_REACHED.value, Reason.BAR_REACHED_EARLIER.value})
_MAY_BE_MQL: Final = frozenset(
    {Stage.NURTURE, Stage.MQL, Stage.SAL, Stage.SQL, Stage.RECYCLED, Stage.EXPIRED}
)
"""Stages in which points decide. Customers, open opportunities and excluded leads are handed over by other rules."""


@dataclass(slots=True)
class Point:
    """The estimate for one threshold."""

    threshold: int
    mqls: int = 0
    """Leads that would become MQLs in the whole history."""
    in_whole_weeks: int = 0
    converted: int = 0
    """The MQLs that converted later."""
    per_rep_week: float = 0.0
    """MQLs per rep and week, scaled so that the threshold of the run has the load of the run."""

    @property
    def precision(self) -> Share:
        """The share of the MQLs that converted."""
        return Share(self.converted, self.mqls)


def curve_of(
    run: RunFolder, load: WeeklyLoad, weeks: Sequence[object], thresholds: range, present: int, mean: float
) -> list[Point]:
    """Return the points of the curve in the order of the thresholds.

    Args:
        run: the run of a policy, which has ended.
        load: the load of the run, for its weeks.
        weeks: the Mondays of the whole weeks.
        thresholds: the thresholds to try, ascending, without gaps.
        present: the threshold of the run, one of them.
        mean: the MQLs per rep and week of the run.
    """
    points = [Point(threshold) for threshold in thresholds]
    whole = frozenset(weeks)
    for _, (lines,) in merge_by_lead([run.lead_files()]):
        lead, sales = decisions_of(lines), sales_history(lines)
        asked_ms = _asked_ms(lead)
        reached = [(one.total, one.at_ms) for one in lead.first_reached if one.stage in _MAY_BE_MQL]
        if asked_ms is None and not reached:
            continue
        for point in points:
            at_ms = next((at for total, at in reached if total >= point.threshold), None)
            if at_ms is None or (asked_ms is not None and asked_ms < at_ms):
                at_ms = asked_ms
            if at_ms is not None:
                point.mqls += 1
                point.in_whole_weeks += load.monday_of(at_ms) in whole
                point.converted += sales.converted_ms is not None and at_ms <= sales.converted_ms
    base = points[present - thresholds.start].in_whole_weeks
    for point in points:
        point.per_rep_week = mean * point.in_whole_weeks / base if base else 0.0
    return points


def _asked_ms(lead: Decisions) -> int | None:
    """Return when a lead became an MQL for another reason than its points: a raised hand or a campaign. None: never."""
    given = [one for one in lead.handoffs.values() if one.is_mql and not _BY_POINTS & set(one.reasons)]
    return min((one.at_ms for one in given), default=None)


def proposed_order(points: Sequence[Point], present: int, load: LoadRange) -> list[Point]:
    """Return the thresholds to propose, the best first: within the range and nearest to the present one.

    If no threshold is within the range, those nearest to the range come first.
    """

    def distance(point: Point) -> float:
        return max(load.least - point.per_rep_week, point.per_rep_week - load.most, 0.0)

    return sorted(
        points, key=lambda point: (distance(point), abs(point.threshold - present), point.threshold)
    )
