"""Tasks of the workers as they report themselves: which are stopped, and why."""

from __future__ import annotations

import sqlite3

from workers.engine.api import Record
from workers.engine.watermark_board import decode_report


class TaskTable:
    """The projection of the workers' reports. ``topic``: the topic of watermarks of the app."""

    name = "tasks"
    statements = (
        """CREATE TABLE tasks (
            agent TEXT NOT NULL, partition INTEGER NOT NULL, generation INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            reached_ms INTEGER NOT NULL, stopped TEXT NOT NULL, PRIMARY KEY (agent, partition)) WITHOUT ROWID""",
    )

    def __init__(self, topic: str) -> None:
        self._topics = frozenset({topic})

    @property
    def topics(self) -> frozenset[str]:
        """The topic of watermarks."""
        return self._topics

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store the last report about each task. Of a task that has moved, the later generation counts."""
        report = decode_report(record.value or b"")
        if report is None:
            return
        connection.executemany(
            """INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (agent, partition) DO UPDATE SET
            generation = excluded.generation, at_ms = excluded.at_ms,
            reached_ms = max(reached_ms, excluded.reached_ms), stopped = excluded.stopped
            WHERE (excluded.generation, excluded.at_ms) >= (generation, at_ms)""",
            [
                (
                    of.agent,
                    partition,
                    report.generation,
                    record.timestamp_ms,
                    reached_ms,
                    of.stopped.get(partition, ""),
                )
                for of in report.agents
                for partition, reached_ms in zip(of.partitions, of.reached_ms, strict=False)
            ],
        )

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Do nothing: a task is not a person."""

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete tasks without a report since the time: the app has fewer partitions now."""
        connection.execute("DELETE FROM tasks WHERE at_ms < ?", (before_ms,))
