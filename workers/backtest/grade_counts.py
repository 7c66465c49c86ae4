"""Thresholds of the grade suggested from won and lost leads, and the counts that show what each grade is worth.

In: the decided leads. Out: thresholds of fit for the letters and of behaviour for the figures, the won and lost leads of each,
and the chance of each grade. A chance is that of naive Bayes: the odds of all leads, times how much more often won than lost
leads have the letter, times the same for the figure. Every count has 1 added, so that no chance is 0.

Only leads that pass all gates are handed over as MQLs, so nothing is known of the letter D, and the threshold of C stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, Final

from workers.backtest.held_out import quality_of, splits
from workers.backtest.sales_outcomes import LEAST_LEADS

if TYPE_CHECKING:
    from workers.backtest.held_out import Quality
    from workers.backtest.sales_outcomes import DecidedLead
    from workers.policy.stages import Grade

LETTERS: Final = ("A", "B", "C")
FIGURES: Final = ("1", "2", "3", "4")
_MOST_VALUES: Final = 40
"""Most thresholds that are tried for one bound. With more different points, evenly spaced ones of them."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many leads were won and lost."""

    won: int = 0
    lost: int = 0

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(self.won + other.won, self.lost + other.lost)


@dataclass(frozen=True, slots=True)
class GradeCounts:
    """Thresholds of the grade with the won and lost leads of each letter and figure."""

    fit: tuple[int, ...]
    """The thresholds of A and B."""
    behaviour: tuple[int, ...]
    """The thresholds of 1, 2 and 3."""
    letters: Mapping[str, Outcomes]
    figures: Mapping[str, Outcomes]

    def grade_of(self, lead: DecidedLead) -> tuple[str, str]:
        """Return the letter and the figure of a lead that passes all gates."""
        return LETTERS[_place(self.fit, lead.fit)], FIGURES[_place(self.behaviour, lead.total - lead.fit)]

    def chance(self, letter: str, figure: str) -> float:
        """Return the chance of a lead of this grade to be won, from 0 to 1."""
        everyone = sum(self.letters.values(), Outcomes())
        odds = everyone.won / everyone.lost
        for counts, name in ((self.letters, letter), (self.figures, figure)):
            own, names = counts.get(name, Outcomes()), len(counts)
            odds *= (own.won + 1) / (everyone.won + names) / ((own.lost + 1) / (everyone.lost + names))
        return odds / (1 + odds)


@dataclass(frozen=True, slots=True)
class GradeSuggestion:
    """The suggested thresholds beside the present ones."""

    present: GradeCounts
    suggested: GradeCounts
    marked: int
    """The leads with the best grades that precision and recall look at: as many as were won."""
    present_quality: Quality
    suggested_quality: Quality


def suggest_grade(leads: Sequence[DecidedLead], grade: Grade) -> GradeSuggestion:
    """Return thresholds of the grade. There must be leads of both outcomes."""
    fit = grade.fit.A, grade.fit.B
    behaviour = grade.behaviour.one, grade.behaviour.two, grade.behaviour.three
    present, unseen = [0.0] * len(leads), [0.0] * len(leads)
    for rest, part in splits(leads):
        known = [leads[at] for at in rest]
        if not part or len({lead.is_won for lead in known}) == 1:
            continue
        as_now, as_suggested = _counted(known, fit, behaviour), _suggested(known, fit, behaviour, grade.fit.C)
        for at in part:
            present[at] = as_now.chance(*as_now.grade_of(leads[at]))
            unseen[at] = as_suggested.chance(*as_suggested.grade_of(leads[at]))
    marked = sum(lead.is_won for lead in leads)
    return GradeSuggestion(
        _counted(leads, fit, behaviour),
        _suggested(leads, fit, behaviour, grade.fit.C),
        marked,
        quality_of(present, leads, marked),
        quality_of(unseen, leads, marked),
    )


def _suggested(
    leads: Sequence[DecidedLead], fit: tuple[int, ...], behaviour: tuple[int, ...], above: int
) -> GradeCounts:
    """Return the counts with the best thresholds. Those of fit are above the present threshold of C."""
    by_fit = _outcomes_by({lead.lead_id: lead.fit for lead in leads}, leads)
    by_behaviour = _outcomes_by({lead.lead_id: lead.total - lead.fit for lead in leads}, leads)
    return _counted(
        leads, _best(by_fit, len(fit), above) or fit, _best(by_behaviour, len(behaviour), 0) or behaviour
    )


def _outcomes_by(points: Mapping[str, int], leads: Sequence[DecidedLead]) -> dict[int, Outcomes]:
    found: dict[int, Outcomes] = {}
    for lead in leads:
        value = points[lead.lead_id]
        found[value] = found.get(value, Outcomes()) + Outcomes(lead.is_won, not lead.is_won)
    return found


def _best(outcomes: Mapping[int, Outcomes], count: int, above: int) -> tuple[int, ...]:
    """Return the thresholds, falling, that make the outcomes most likely. Empty: no thresholds fulfil the conditions.

    Each class has enough leads, and with more points the share of won leads is not lower.
    """
    values = sorted(outcomes, reverse=True)
    sums = [Outcomes()]
    for value in values:
        sums.append(sums[-1] + outcomes[value])
    usable = [at for at in range(1, len(values)) if values[at - 1] > above]
    usable = usable[:: len(usable) // _MOST_VALUES + 1]
    best: tuple[float, tuple[int, ...]] = (float("-inf"), ())
    for cuts in combinations(usable, count):
        bounds = (0, *cuts, len(values))
        classes = [
            Outcomes(sums[end].won - sums[start].won, sums[end].lost - sums[start].lost)
            for start, end in pairwise(bounds)
        ]
        if min(one.won + one.lost for one in classes) < LEAST_LEADS:
            continue
        shares = [one.won / (one.won + one.lost) for one in classes]
        if shares == sorted(shares, reverse=True):
            likelihood = sum(map(_log_likelihood, classes))
            best = max(best, (likelihood, tuple(values[at - 1] for at in cuts)))
    return best[1]


def _log_likelihood(one: Outcomes) -> float:
    cases = one.won + one.lost
    return sum(count * log(count / cases) for count in (one.won, one.lost) if count)


def _counted(leads: Sequence[DecidedLead], fit: tuple[int, ...], behaviour: tuple[int, ...]) -> GradeCounts:
    """Return the counts of the leads by these thresholds."""
    letters, figures = dict.fromkeys(LETTERS, Outcomes()), dict.fromkeys(FIGURES, Outcomes())
    for lead in leads:
        one = Outcomes(lead.is_won, not lead.is_won)
        letters[LETTERS[_place(fit, lead.fit)]] += one
        figures[FIGURES[_place(behaviour, lead.total - lead.fit)]] += one
    return GradeCounts(fit, behaviour, letters, figures)


def _place(thresholds: Sequence[int], points: int) -> int:
    """Return the number of thresholds, which fall, that the points do not reach."""
    return sum(points < one for one in thresholds)
