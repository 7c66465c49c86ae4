"""Checks of a simulated worker's metrics: each committed record counts at most once, and gauges of rows match the rows.

A record may be counted by no process, because the process that committed it was killed or did not learn the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from tests.prove.simulation import counting_pipeline as pipeline

if TYPE_CHECKING:
    from tests.prove.simulation.simulated_broker import Broker
    from tests.prove.simulation.simulated_worker import Process
    from workers.engine.row_watch import CommitView


class RowCount:
    """The rows of one open partition, as the observer of a commit has counted them."""

    prefixes: ClassVar[tuple[str, ...]] = (pipeline.CountRow.prefix,)

    def __init__(self, counts: RowCounts) -> None:
        self._counts = counts
        self.rows: list[bytes] = []
        self.is_complete = False

    def count(self, key: bytes, before: bytes | None, after: bytes | None) -> None:
        """Count a row."""
        del key
        if before is not None:
            self.rows.remove(before)
        if after is not None:
            self.rows.append(after)

    def published(self, view: CommitView) -> None:
        """Count no outputs."""

    def complete(self) -> None:
        """Note that all rows are counted."""
        self.is_complete = True

    def close(self) -> None:
        """Forget the partition."""
        self._counts.open.remove(self)


class RowCounts:
    """The open partitions of one process."""

    def __init__(self) -> None:
        self.open: list[RowCount] = []

    def begin(self) -> RowCount:
        """Return the count of a partition that was opened."""
        self.open.append(RowCount(self))
        return self.open[-1]


def wrong_row_counts(processes: Iterable[Process]) -> list[str]:
    """Return the processes whose counts differ from the rows of their open partitions."""
    problems = []
    for process in processes:
        copies = [task.copy for task in process.runtime.tasks.values() if task.copy is not None]
        if process.is_dead or not all(count.is_complete for count in process.row_counts.open):
            continue
        prefix = pipeline.CountRow.prefix.encode()
        stored = sorted(row for copy in copies for _, row in copy.scan(prefix + b"\x00", prefix + b"\x01"))
        counted = sorted(row for count in process.row_counts.open for row in count.rows)
        if stored != counted:
            problems.append(f"process {process.name} counts {len(counted)} rows, {len(stored)} are stored")
    return problems


def records_counted_twice(processes: Iterable[Process], broker: Broker) -> list[str]:
    """Return the topics of which more records are counted than were committed by the workers."""
    counted: dict[str, float] = {}
    for process in processes:
        for sample in process.runtime.metrics.records.collect()[0].samples:
            if sample.name.endswith("_total"):
                topic = sample.labels["topic"]
                counted[topic] = counted.get(topic, 0) + sample.value
    return [
        f"{number:.0f} records of {topic} are counted, it has {most}"
        for topic, number in counted.items()
        if number > (most := len(pipeline.delivered(broker, topic)))
    ]
