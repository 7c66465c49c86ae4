"""Confidence intervals: of a share by Wilson's score method, of an area under the ROC curve by Hanley and McNeil.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), equation 4. Unlike the
normal approximation it stays within 0 and 1, and it holds for small numbers. J. A. Hanley and B. J. McNeil, "The meaning and
use of the area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982), equation 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE_PERCENT: Final = 95
_Z: Final = NormalDist().inv_cdf(0.5 + CONFIDENCE_PERCENT / 200)


@dataclass(frozen=True, slots=True)
class Share:
    """A number of successes among a number of cases."""

    hits: int
    cases: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1. None without a case."""
        return self.hits / self.cases if self.cases else None

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of the confidence interval, from 0 to 1. Without a case anything is possible."""
        if not self.cases:
            return 0.0, 1.0
        share, square = self.hits / self.cases, _Z * _Z
        scale = 1 + square / self.cases
        centre = share + square / (2 * self.cases)
        half = _Z * sqrt(share * (1 - share) / self.cases + square / (4 * self.cases**2))
        return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


@dataclass(frozen=True, slots=True)
class Area:
    """The area under a ROC curve: how often a won lead has more points than a lost one. 0.5 is chance."""

    value: float
    won: int
    lost: int

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of the confidence interval, from 0 to 1. Both ``won`` and ``lost`` must be above 0."""
        area = self.value
        both_won, both_lost = area / (2 - area), 2 * area * area / (1 + area)
        spread = area * (1 - area)
        spread += (self.won - 1) * (both_won - area * area) + (self.lost - 1) * (both_lost - area * area)
        half = _Z * sqrt(max(spread, 0.0) / (self.won * self.lost))
        return max(0.0, area - half), min(1.0, area + half)
