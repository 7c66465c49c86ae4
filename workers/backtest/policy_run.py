"""One policy over a history: the hops of a replay, with rows on disk, in parts that an interruption leaves complete.

In: a history and a policy. Out: the lines of the run in its folder. Memory is bounded: the rows are in RocksDB, and the lines
of a part are written at its end. A run is one sequence, because a desk's turns depend on the requests of all its accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock, Timeout
from rocksdict import Checkpoint

from workers.backtest.lead_lines import Handoff, read_lines, write_sorted
from workers.backtest.result_facts import ResultFacts
from workers.backtest.work_folder import Marker, RunFolder
from workers.deadletters import dead_letter
from workers.engine.store import RocksStore
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History, Scan
from workers.replay.topic_roles import INPUT_RANKS, RESULTS, directory_ready

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Config

RECORDS_PER_PART: Final = 200_000
"""Records between two points from which an interrupted run can continue: about a minute of work."""
_STEP: Final = 500
"""Records between two reports of progress."""
_encode = msgspec.json.Encoder().encode


def run_policy(
    folder: Path,
    scans: Sequence[Scan],
    config: Config,
    lead_id_key: bytes,
    report: Callable[[int], None],
    records_per_part: int = RECORDS_PER_PART,
) -> None:
    """Run the policy over the history, or what is left of it. Does nothing if the run has ended.

    Args:
        folder: the folder of the run.
        scans: the results of the first reading of the history.
        config: the policy.
        lead_id_key: the secret from which lead ids are made.
        report: called with the number of records that were read.
        records_per_part: the records of a part. It changes no result.

    Raises:
        EndlessEffectsError: two hops answer each other endlessly.
        RunLockedError: another process runs this policy over this history now.
    """
    files = RunFolder(folder)
    try:
        with FileLock(folder / "lock", timeout=0):
            _run_rest(files, scans, config, lead_id_key, report, records_per_part)
    except Timeout:
        raise RunLockedError(f"{folder}: another process is running this policy over this history") from None


def _run_rest(
    files: RunFolder,
    scans: Sequence[Scan],
    config: Config,
    lead_id_key: bytes,
    report: Callable[[int], None],
    records_per_part: int,
) -> None:
    if files.is_done:
        return
    from workers.agents import make_specs  # noqa: PLC0415 - imports Faust, which a finished run does not need

    specs = make_specs(lead_id_key, 1)
    files.restore_rows()
    stores = {name: _RunRows(files.rows_path / name, "backtest") for name in specs}
    try:
        _Run(files, stores, specs, config, lead_id_key).run(scans, report, records_per_part)
    finally:
        for store in stores.values():
            store.close()


class RunLockedError(Exception):
    """Another process is running the policy over the history."""


class _RunRows(RocksStore):
    """The rows of one hop in a run."""

    def copy_to(self, path: Path) -> None:
        """Write a copy of all rows into a new folder. Files that never change are shared by hard links."""
        Checkpoint(self._db).create_checkpoint(str(path))


class _Run:
    """A run that begins or continues."""

    def __init__(
        self,
        files: RunFolder,
        stores: Mapping[str, _RunRows],
        specs: Mapping[str, AgentSpec],
        config: Config,
        lead_id_key: bytes,
    ) -> None:
        self._files = files
        self._stores = stores
        self._facts = ResultFacts(lead_id_key)
        self._begun = files.marker
        if self._begun is not None:
            self._facts.resume(self._begun.lines, self._begun.letters, self._begun.reps, self._handoffs())
        self._replay = EdgeReplay(
            specs,
            config,
            dead_letter,
            self._facts.add_result,
            results=RESULTS,
            stores=stores,
            offsets=None if self._begun is None else self._begun.offsets,
        )
        if self._begun is not None:
            self._replay.outputs.update(self._begun.outputs)

    def run(self, scans: Sequence[Scan], report: Callable[[int], None], records_per_part: int) -> None:
        """Read the records that are left, part by part."""
        history = History((), INPUT_RANKS, scans=scans)
        read = 0 if self._begun is None else self._begun.records
        if not read:
            self._replay.open_with(directory_ready(history.first_ms or 0))
        records = islice(history.in_order(), read, None)
        while True:
            part_end = min(read + records_per_part, history.records)
            for record in islice(records, part_end - read):
                read += 1
                self._replay.feed(record)
                self._facts.add_input(record, read)
                if read % _STEP == 0:
                    report(read)
            is_last = read >= history.records
            if is_last:
                self._replay.run_timers(history.last_ms or 0)
            self._finish_part(read, is_last=is_last)
            report(read)
            if is_last:
                return

    def _handoffs(self) -> dict[str, str]:
        """Return the lead of each hand-off in the finished parts."""
        return {
            line.handoff_id: line.lead_id
            for path in self._files.lead_files()
            for line in read_lines(path)
            if isinstance(line, Handoff)
        }

    def _finish_part(self, read: int, *, is_last: bool) -> None:
        files, part = self._files, self._files.parts
        lines, queues = self._facts.take()
        write_sorted(files.lead_path(part), lines)
        files.queue_path(part).write_bytes(b"".join(_encode(line) + b"\n" for line in queues))
        if not is_last:
            self._replay.commit()
            saved = files.saved_rows_path(part)
            saved.mkdir()
            for name, store in self._stores.items():
                store.copy_to(saved / name)
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
