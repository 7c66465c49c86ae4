"""Points suggested from won and lost leads, by a regularised logistic regression with whole numbers. Needs the extra `weights`.

In: the decided leads and the lines whose points may change. Out: points for each line, and how well they separate won from lost
leads that they have not seen. The method:

1. A line counts as often as it counted for the lead before its hand-off (point_lines.py). A line that too few leads have,
   or too few lack, keeps its points.
2. The regression is L2-regularised, over standardised counts. A line whose weight would have the other sign is left out, and
   the rest is fitted again, until every weight has the sign of the present points.
3. The weights are scaled so that the lines give as many points on average as before, and rounded to whole numbers.
4. For the figures, the leads are split into five parts by account. Each part is judged by points from the other four.

The split follows from the account keys, and the solver is deterministic: the same leads give the same points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from workers.backtest.held_out import quality_of, splits
from workers.backtest.point_lines import total_of
from workers.backtest.sales_outcomes import LEAST_LEADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.backtest.held_out import Quality
    from workers.backtest.point_lines import PointLine
    from workers.backtest.sales_outcomes import DecidedLead
    from workers.policy.model import Policy

    _Counts = NDArray[np.float64]
    """How often each line counts, by lead; or a weight of each line."""
    _Flags = NDArray[np.bool_]
    """Whether each lead was won, or each line is judged."""

_ROUNDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Points for each line, in the order of the lines, and their quality beside that of the present points."""

    points: tuple[int, ...]
    is_judged: tuple[bool, ...]
    """Whether enough leads have the line and enough lack it. Otherwise its points are the present ones."""
    marked: int
    """The leads with the most points that precision and recall look at."""
    present: Quality
    suggested: Quality


def suggest_points(
    leads: Sequence[DecidedLead], lines: Sequence[PointLine], policy: Policy
) -> Suggestion | None:
    """Return points for the lines. None: no line separates won from lost.

    There must be leads of both outcomes.
    """
    counts = np.array([[line.sign * line.times(lead.points) for line in lines] for lead in leads])
    won = np.array([lead.is_won for lead in leads])
    having = (counts != 0).sum(axis=0)
    is_judged = (having >= LEAST_LEADS) & (len(leads) - having >= LEAST_LEADS)
    points = _points(counts, won, lines, is_judged)
    if points is None:
        return None
    present = [lead.total for lead in leads]
    unseen = _unseen_totals(leads, counts, lines, is_judged, policy)
    threshold = policy.stages.mql.bar
    above = 0 if threshold is None else sum(total >= threshold for total in present)
    marked = above if 0 < above < len(leads) else int(won.sum())
    return Suggestion(
        points,
        tuple(map(bool, is_judged)),
        marked,
        quality_of(present, leads, marked),
        quality_of(unseen, leads, marked),
    )


def _points(
    counts: _Counts, won: _Flags, lines: Sequence[PointLine], is_judged: _Flags
) -> tuple[int, ...] | None:
    """Return whole points for each line. None: no weight is above 0, or all leads have one outcome."""
    if won.all() or not won.any():
        return None
    weights = _weights(counts, won, is_judged)
    above_base = np.array([abs(line.points - line.base) for line in lines])
    given = (counts * above_base)[:, is_judged].sum()
    weighted = (counts * weights).sum()
    if weighted <= 0:
        return None
    scale = given / weighted
    points = []
    for line, weight, judged in zip(lines, weights, is_judged, strict=True):
        if not judged:
            points.append(line.points)
        elif line.is_behaviour:
            points.append(line.sign * min(max(round(float(weight * scale)), 1), line.most))
        else:
            points.append(min(line.base + round(float(weight * scale)), line.most))
    return tuple(points)


def _weights(counts: _Counts, won: _Flags, is_judged: _Flags) -> _Counts:
    """Return a weight of at least 0 for each line, for one count of it. Lines that are not judged have 0."""
    weights = np.zeros(counts.shape[1])
    kept = np.flatnonzero(is_judged & (counts.std(axis=0) > 0))
    while len(kept):
        scaler = StandardScaler().fit(counts[:, kept])
        model = LogisticRegression(max_iter=_ROUNDS).fit(scaler.transform(counts[:, kept]), won)
        found = model.coef_[0] / scaler.scale_
        if (found >= 0).all():
            weights[kept] = found
            break
        kept = kept[found > 0]
    return weights


def _unseen_totals(
    leads: Sequence[DecidedLead],
    counts: _Counts,
    lines: Sequence[PointLine],
    is_judged: _Flags,
    policy: Policy,
) -> list[int]:
    """Return the total of each lead by points that were fitted without its account."""
    won = np.array([lead.is_won for lead in leads])
    totals = [lead.total for lead in leads]
    for rest, part in splits(leads):
        points = _points(counts[rest], won[rest], lines, is_judged)
        if points is not None:
            for at in part:
                totals[at] = total_of(lines, points, leads[at].points, policy)
    return totals
