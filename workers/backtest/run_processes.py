"""The runs of several policies, each in a process of its own, with their progress.

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

from workers.backtest.policy_run import run_policy
from workers.replay.history_files import Scan

if TYPE_CHECKING:
    from workers.engine.api import Config

_POLL_SECONDS: Final = 0.3
_GARBAGE_THRESHOLD: Final = 50_000
"""Allocations between two searches for unreachable cycles. The hops make hardly any, and a search takes long."""


@dataclass(frozen=True, slots=True)
class PolicyRun:
    """One policy to run over the history, and the folder of its results."""

    folder: Path
    config: Config


def run_all(
    runs: Sequence[PolicyRun],
    scans: Sequence[Scan],
    lead_id_key: bytes,
    report: Callable[[int, int], None],
    processes: int | None = None,
) -> None:
    """Run the policies over the history. Runs that have ended are left out by `run_policy`.

    Args:
        runs: the runs, each with a folder of its own.
        scans: the results of the first reading of the history.
        lead_id_key: the secret from which lead ids are made.
        report: called with the position of a run in ``runs`` and the number of records that it has read.
        processes: most processes at a time. None: one for each core.
    """
    most = min(processes or os.cpu_count() or 1, len(runs))
    if most == 1:
        for number, one in enumerate(runs):
            run_policy(one.folder, scans, one.config, lead_id_key, lambda read, at=number: report(at, read))  # type: ignore[misc]
        return
    context = multiprocessing.get_context("spawn")
    counts = context.Array("q", len(runs), lock=False)
    with ProcessPoolExecutor(most, context, _begin, (counts,)) as pool:
        futures = {
            pool.submit(_run, number, one.folder, tuple(scans), one.config, lead_id_key)
            for number, one in enumerate(runs)
        }
        while futures:
            done, futures = wait(futures, _POLL_SECONDS, FIRST_COMPLETED)
            for number, read in enumerate(counts):
                report(number, read)
            for future in done:
                future.result()


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


def _run(number: int, folder: Path, scans: Sequence[Scan], config: Config, lead_id_key: bytes) -> None:
    def report(read: int) -> None:
        _counts[number] = read

    run_policy(folder, scans, config, lead_id_key, report)
