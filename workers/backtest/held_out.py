"""How well figures separate won from lost leads that they were not made from.

In: a figure for each lead, and whether the lead was won. Out: the area under the ROC curve, precision and recall, each with its
interval. Leads are split by account, because the leads of one account are alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from workers.backtest.intervals import Area, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.backtest.sales_outcomes import DecidedLead

PARTS: Final = 5
"""The parts of the leads. Each is judged by what the others gave."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a figure separates won from lost leads."""

    area: Area
    precision: Share
    """The won leads among those with the highest figures."""
    recall: Share
    """The same won leads as a share of all won leads."""


def splits(leads: Sequence[DecidedLead]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the positions of the leads to learn from, and of those to judge. Each lead is judged once."""
    parts = [int.from_bytes(sha256(lead.account_key.encode()).digest()[:4]) % PARTS for lead in leads]
    for part in range(PARTS):
        yield (
            [at for at, one in enumerate(parts) if one != part],
            [at for at, one in enumerate(parts) if one == part],
        )


def quality_of(figures: Sequence[float], leads: Sequence[DecidedLead], marked: int) -> Quality:
    """Return the quality of a figure. ``marked``: the leads with the highest figures whose precision counts.

    Of leads with equal figures at the limit their share counts, rounded to whole leads. There must be leads of both outcomes.
    """
    by_figure: dict[float, Counter[bool]] = {}
    for figure, lead in zip(figures, leads, strict=True):
        by_figure.setdefault(figure, Counter())[lead.is_won] += 1
    won = sum(lead.is_won for lead in leads)
    lost = len(leads) - won
    pairs, hits, left, lost_below = 0.0, 0.0, marked, lost
    for figure in sorted(by_figure, reverse=True):
        found = by_figure[figure]
        lost_below -= found[False]
        pairs += found[True] * (lost_below + found[False] / 2)
        taken = min(found.total(), left)
        hits += found[True] * taken / found.total()
        left -= taken
    return Quality(Area(pairs / (won * lost), won, lost), Share(round(hits), marked), Share(round(hits), won))
