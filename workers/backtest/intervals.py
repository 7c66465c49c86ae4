"""The confidence interval of a share, by Wilson's score method.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), equation 4. Unlike the
normal approximation it stays within 0 and 1, and it holds for small numbers.
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
