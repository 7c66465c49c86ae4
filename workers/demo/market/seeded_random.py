"""A seeded source of chance, asked in percent."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random


class SeededRandom(Random):
    """The same seed gives the same throws."""

    def happens(self, percent: float) -> bool:
        """Whether something happens that happens so often in a hundred times."""
        return self.random() * 100 < percent

    def pick(self, percents: Mapping[str, float], otherwise: str) -> str:
        """Return one of the names, each as often as its percents say; ``otherwise`` for the rest."""
        thrown = self.random() * 100
        for name, percent in percents.items():
            thrown -= percent
            if thrown < 0:
                return name
        return otherwise
