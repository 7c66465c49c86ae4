"""Compares an account of 10,000 leads with one of 10, in time per event and in the longest hold of a partition.

It runs the accounts hop over RocksDB without Kafka, in batches of 100 records: `python -m bench.large_account`.
The two accounts of a pair have leads of the same kind. They get the same number of the same events, in turns, so that
other load on the machine affects both. The processor's time is measured. The first pair are prospects without hand-offs.
The second pair are customers of a rep: every lead has an open hand-off, and the events include those of sales.
Then each event that concerns all leads of the large account follows. It is done in chunks, one per record. Its figure is
the longest time that a single record takes.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.one_account import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemas.base import Model

SMALL, LARGE = 10, 10_000
ROUNDS = 40
GOAL_RATIO = 1.2
GOAL_HOLD_MS = 25.0
"""How long a batch may decide: the setting ``decide_ms``. Milliseconds."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The time per event in the small and the large account. Microseconds."""

    about: str
    small_us: float
    large_us: float

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.large_us <= GOAL_RATIO * self.small_us

    def __str__(self) -> str:
        return (
            f"an event in an account of {SMALL} {self.about}: {self.small_us:.0f} us, of {LARGE:,}:"
            f" {self.large_us:.0f} us, ratio {self.large_us / self.small_us:.2f} (goal <= {GOAL_RATIO})"
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """How long an event that concerns all leads holds the partition. Milliseconds."""

    about: str
    chunks: int
    longest_ms: float

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.longest_ms <= GOAL_HOLD_MS

    def __str__(self) -> str:
        return f"{self.about}: {self.chunks} records, the longest {self.longest_ms:.1f} ms (goal <= {GOAL_HOLD_MS:.0f})"


def measure() -> Iterator[Ratio | Hold]:
    """Run all measurements. It takes about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = _pair(Path(folder), None)
        yield _ratio("leads", small, large, 0)
        gc.freeze()  # as a worker does at its start; here it also excludes the records of this bench
        yield _hold(f"new facts for {LARGE:,} leads", (small, large), lambda one: one.facts(employees=1_200))
        gc.unfreeze()
        small, large = _pair(Path(folder), "own")
        yield _ratio("open hand-offs", small, large, 0)
        gc.freeze()
        both = (small, large)
        yield _hold(f"new facts for {LARGE:,} open hand-offs", both, lambda one: one.facts(employees=1_200))
        yield _hold("the CRM names another owner", both, lambda one: one.facts(owner="other"))
        yield _hold("the owner leaves", both, lambda one: one.rep("other", "left"))
        yield _hold("a successor is named", both, lambda one: one.facts(owner="new"))
        for account in both:
            account.has_present_reps = False
        yield _hold("the rep goes away", both, lambda one: one.rep("new", "away"))
        yield _ratio("open hand-offs of a rep who is away", small, large, ROUNDS)
        for account in both:
            account.has_present_reps = True
        yield _hold("the rep is back", both, lambda one: one.rep("new", "returned"))
        yield _hold("the account's key moves", both, lambda one: one.facts(primary="domain:other.example"))


def _pair(folder: Path, owner: str | None) -> tuple[Account, Account]:
    small, large = (Account(folder, leads, owner) for leads in (SMALL, LARGE))
    for account in (small, large):
        account.fill()
    return small, large


def _ratio(about: str, small: Account, large: Account, first: int) -> Ratio:
    cost: tuple[list[float], list[float]] = ([], [])
    for number in range(first, first + ROUNDS):
        for account, costs in zip((small, large), cost, strict=True):
            costs.append(account.events(number))
    return Ratio(about, statistics.median(cost[0]), statistics.median(cost[1]))


def _hold(about: str, both: tuple[Account, Account], event: Callable[[Account], Model]) -> Hold:
    """Send the same event to both accounts. Return the figures of the large one."""
    taken = [account.until_quiet(event(account)) for account in both][1]
    return Hold(about, len(taken), max(taken))


def main() -> int:
    """Print the figures. Return 1 if a goal is missed."""
    is_met = True
    for one in measure():
        is_met = is_met and one.is_met
        sys.stdout.write(f"{one}\n")
        sys.stdout.flush()
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
