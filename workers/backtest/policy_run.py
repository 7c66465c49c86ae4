"""One policy over a history: the inner hops (accounts, desks) of a replay, with rows on disk, in parts.

In: the records that the edge hops hand on (edge_run.py), and a policy. Out: the lines of the run in its folder. An interruption
leaves the finished parts complete. Memory is bounded: the rows are in RocksDB, and the lines of a part are written at its end.
A run is one sequence, because a desk's turns depend on the requests of all its accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock, Timeout

from schemas.topics import DEAD_LETTERS
from workers.backtest.edge_log import EdgeRecord, read_edge_log
from workers.backtest.lead_lines import Handoff, read_lines, write_sorted
from workers.backtest.result_facts import ResultFacts
from workers.backtest.run_rows import RunRows, open_rows, save_rows
from workers.backtest.work_folder import Marker, RunFolder
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Config

_POLL_SECONDS: Final = 0.2
_encode = msgspec.json.Encoder().encode


def run_policy(
    folder: Path,
    edge: Path,
    config: Config,
    lead_id_key: bytes,
    last_ms: int,
    report: Callable[[int], None],
) -> None:
    """Run the policy over the history, or what is left of it. Does nothing if the run has ended.

    Args:
        folder: the folder of the run.
        edge: the folder of the edge hops' run. Another process may still be running it: this one then waits for its parts.
        config: the policy.
        lead_id_key: the secret from which lead ids are made.
        last_ms: the last time of the history. Milliseconds UTC.
        report: called with the number of records of the history that are decided, also while it waits.

    Raises:
        EndlessEffectsError: two hops answer each other endlessly.
        RunLockedError: another process runs this policy over this history now.
    """
    files = RunFolder(folder)
    try:
        with FileLock(folder / "lock", timeout=0):
            if not files.is_done:
                with open_rows(files, lead_id_key, is_edge=False) as (specs, stores):
                    _Run(files, stores, specs, config, lead_id_key).run(RunFolder(edge), last_ms, report)
    except Timeout:
        raise RunLockedError(f"{folder}: another process is running this policy over this history") from None


class RunLockedError(Exception):
    """Another process is running the policy over the history."""


class _Run:
    """A run that begins or continues."""

    def __init__(
        self,
        files: RunFolder,
        stores: Mapping[str, RunRows],
        specs: Mapping[str, AgentSpec],
        config: Config,
        lead_id_key: bytes,
    ) -> None:
        self._files = files
        self._stores = stores
        self._facts = ResultFacts(lead_id_key)
        begun = files.marker
        if begun is not None:
            self._facts.resume(begun.lines, begun.letters, begun.reps, self._handoffs())
        self._sources = frozenset(source for spec in specs.values() for source in spec.sources)
        self._replay = EdgeReplay(
            specs,
            config,
            dead_letter,
            self._facts.add_result,
            results=RESULTS,
            stores=stores,
            offsets=None if begun is None else begun.offsets,
        )
        if begun is not None:
            self._replay.outputs.update(begun.outputs)

    def run(self, edge: RunFolder, last_ms: int, report: Callable[[int], None]) -> None:
        """Decide the parts that are left."""
        while not self._files.is_done:
            part = self._files.parts
            while not edge.has_part(part):
                report(0 if not part else edge.marker_of(part - 1).records)
                time.sleep(_POLL_SECONDS)
            for read, records in read_edge_log(edge.edge_path(part)):
                for record in records:
                    self._decide(record)
                report(read)
            ended = edge.marker_of(part)
            if ended.is_last:
                self._replay.run_timers(last_ms)
            self._finish_part(part, ended.records, is_last=ended.is_last)

    def _decide(self, record: EdgeRecord) -> None:
        topic, key, value, headers = record.topic, record.key, record.value, record.headers
        if record.number:
            self._facts.add_input(Input(topic, record.timestamp_ms, key, value, headers), record.number)
        elif topic in self._sources:
            self._replay.feed(Input(topic, record.timestamp_ms, key, value, headers))
        elif topic == DEAD_LETTERS.name:
            self._facts.add_result(Emit(topic, key, value, headers=headers, timestamp_ms=record.timestamp_ms))

    def _handoffs(self) -> dict[str, str]:
        """Return the lead of each hand-off in the finished parts."""
        return {
            line.handoff_id: line.lead_id
            for path in self._files.lead_files()
            for line in read_lines(path)
            if isinstance(line, Handoff)
        }

    def _finish_part(self, part: int, read: int, *, is_last: bool) -> None:
        files = self._files
        lines, queues = self._facts.take()
        write_sorted(files.lead_path(part), lines)
        files.queue_path(part).write_bytes(b"".join(_encode(line) + b"\n" for line in queues))
        if not is_last:
            self._replay.commit()
            save_rows(files, part, self._stores)
        marker = Marker(
            read,
            self._facts.count,
            dict(self._replay.offsets),
            dict(self._replay.outputs),
            dict(self._facts.letters),
            self._facts.reps,
            is_last,
        )
        files.finish_part(part, marker)
