"""How many leads waited for capacity at each desk, and how long.

In: the queue of a desk after each entry of its ledger, in order. Out: the longest queue, the hours with a queue, and the
longest wait, by desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from workers.backtest.result_facts import QueueLine

_DAY_MS: Final = 86_400_000
_decode: Final = msgspec.json.Decoder(QueueLine).decode


@dataclass(slots=True)
class Queue:
    """The queue of one desk over the history."""

    longest: int = 0
    """The most leads that waited at the same time."""
    waiting: int = 0
    """The leads that wait at the end."""
    queued_ms: int = 0
    """Time in which at least one lead waited. Milliseconds."""
    released: int = 0
    """Leads that waited and got a rep."""
    longest_wait_seconds: int = 0
    by_day: dict[int, int] = field(default_factory=dict)
    """The most leads that waited, by day since the epoch, UTC. Days without a change of the queue are left out."""
    since_ms: int = 0

    def add(self, line: QueueLine) -> None:
        """Count the queue after one entry."""
        if self.waiting:
            self.queued_ms += max(0, line.at_ms - self.since_ms)
        self.waiting, self.since_ms = line.waiting, line.at_ms
        self.longest = max(self.longest, line.waiting)
        day = line.at_ms // _DAY_MS
        self.by_day[day] = max(self.by_day.get(day, 0), line.waiting)
        if line.wait_seconds >= 0:
            self.released += 1
            self.longest_wait_seconds = max(self.longest_wait_seconds, line.wait_seconds)


def queues_of(paths: list[Path], last_ms: int) -> dict[str, Queue]:
    """Return the queue of each desk that has a rotation or a queue, by desk.

    Args:
        paths: the files of a run with the queues of its desks, in the order of time.
        last_ms: the end of the history. Milliseconds UTC.
    """
    queues: dict[str, Queue] = {}
    for line in _lines(paths):
        queues.setdefault(line.desk.removeprefix("desk:"), Queue()).add(line)
    for queue in queues.values():
        if queue.waiting:
            queue.queued_ms += max(0, last_ms - queue.since_ms)
    return {name: queue for name, queue in sorted(queues.items()) if not name.startswith("rep:")}


def _lines(paths: list[Path]) -> Iterator[QueueLine]:
    for path in paths:
        with path.open("rb") as file:
            yield from map(_decode, file)
