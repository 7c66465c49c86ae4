"""A seeded random generator with probabilities in percent."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random


class SeededRandom(Random):
    """A random generator. The same seed gives the same results."""

    def happens(self, percent: float) -> bool:
        """Return True with this probability in percent."""
        return self.random() * 100 < percent

    def pick(self, percents: Mapping[str, float], otherwise: str) -> str:
        """Return one of the names, each with its probability in percent, or ``otherwise`` for the remainder."""
        drawn = self.random() * 100
        for name, percent in percents.items():
            drawn -= percent
            if drawn < 0:
                return name
        return otherwise
