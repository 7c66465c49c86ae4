"""The runs of several policies, each in a process of its own, with their progress. One more process runs the edge hops for them.

In: the runs that are left to do. Out: their folders. One run is one sequence, so more processes than runs are of no use.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from workers.backtest.edge_run import run_edge
from workers.backtest.policy_run import run_policy
from workers.replay.history_files import Scan

if TYPE_CHECKING:
    from workers.engine.api import Config

_POLL_SECONDS: Final = 0.3
_GARBAGE_THRESHOLD: Final = 50_000
"""Allocations between two searches for unreachable cycles. The hops make hardly any, and a search takes long."""


@dataclass(frozen=True, slots=True)
class PolicyRun:
    """One policy to run over the history."""

    folder: Path
    """The folder of its results."""
    edge: Path
    """The folder of the edge hops' run, which policies may share."""
    config: Config


@dataclass(frozen=True, slots=True)
class Work:
    """The runs that are left to do over one history."""

    runs: Sequence[PolicyRun]
    scans: Sequence[Scan]
    """The results of the first reading of the history."""
    lead_id_key: bytes
    """The secret from which lead ids are made."""

    @property
    def edges(self) -> dict[Path, Config]:
        """The runs of the edge hops: the folder of each, and a policy that it serves."""
        return {one.edge: one.config for one in reversed(self.runs)}

    @property
    def last_ms(self) -> int:
        """The last time of the history. Milliseconds UTC."""
        return max((scan.last_ms for scan in self.scans), default=0)

    def do(self, number: int, report: Callable[[int], None]) -> None:
        """Do one run: those of the edge hops are numbered first, then those of the policies in their order."""
        edges = list(self.edges.items())
        if number < len(edges):
            folder, config = edges[number]
            run_edge(folder, self.scans, config, self.lead_id_key, report)
        else:
            one = self.runs[number - len(edges)]
            run_policy(one.folder, one.edge, one.config, self.lead_id_key, self.last_ms, report)


def run_all(work: Work, report: Callable[[int, int], None], processes: int | None = None) -> None:
    """Run the policies over the history. Runs that have ended are not repeated.

    Args:
        work: the runs.
        report: called with the number of a run, as `Work.do` has it, and the number of records that it has read.
        processes: most processes at a time. None: one for each core, and one more.
    """
    count = len(work.edges) + len(work.runs)
    most = min(processes or (os.cpu_count() or 1) + 1, count)
    if most == 1:
        for number in range(count):
            work.do(number, lambda read, at=number: report(at, read))  # type: ignore[misc]
        return
    context = multiprocessing.get_context("spawn")
    counts = context.Array("q", count + 1, lock=False)
    with ProcessPoolExecutor(most, context, _begin, (counts,)) as pool:
        # Those of the edge hops begin first: a policy waits for them, and they wait for no other run.
        futures = {pool.submit(_run, number, work) for number in range(count)}
        try:
            while futures:
                done, futures = wait(futures, _POLL_SECONDS, FIRST_COMPLETED)
                for number in range(count):
                    report(number, counts[number])
                for future in done:
                    future.result()
        except BaseException:
            counts[count] = 1
            raise


_counts: Any = None


def _begin(counts: Any) -> None:
    """Prepare a process of the pool."""
    global _counts  # noqa: PLW0603 - a process of a pool gets shared memory at its start only
    _counts = counts
    gc.set_threshold(_GARBAGE_THRESHOLD)
    Thread(target=_end_with_command, daemon=True).start()


def _end_with_command() -> None:
    """End this process if the command is killed. Finished parts are complete, so nothing is left to close.

    A pool's process would otherwise wait for its next run for ever.
    """
    command = multiprocessing.parent_process()
    if command is not None:
        command.join()
        os._exit(1)


class _StoppedError(Exception):
    """Another run has failed, so this one ends too."""


def _run(number: int, work: Work) -> None:
    def report(read: int) -> None:
        _counts[number] = read
        if _counts[len(_counts) - 1]:
            raise _StoppedError

    work.do(number, report)
