"""Looks for silent sources once an hour, in a process of its own, and writes the list for the page "now".

The monitor computes for some seconds. In the console's own process the pages would wait for it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sqlite3
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from schemas.topics import LEAD_ALERTS
from workers.config import policy_file
from workers.policy.load import PolicyError, load_policy_file
from workers.result_store.source_table import write_silent
from workers.result_store.store_file import ResultStore, reading
from workers.silent_sources.hour_plan import HOUR_MS
from workers.silent_sources.policy_hours import hour_plan
from workers.silent_sources.source_report import WAIT_MS, SourceState, source_report

NEWS: Final = frozenset({LEAD_ALERTS.name})
"""The page "now" is loaded again with the news of this topic."""
_CHECK_S: Final = 60.0
_log = structlog.get_logger(__name__)


def find_silent(store: Path, policy: Path, now_ms: int) -> list[SourceState]:
    """Return the silent sources of a store's file. Raises PolicyError."""
    plan = hour_plan(load_policy_file(policy_file(policy))[0])
    with reading(store) as connection:
        return [
            one for one in source_report(connection, now_ms, plan).states if one.silent_since_ms is not None
        ]


async def watch_sources(
    store: ResultStore,
    policy: Path,
    now: Callable[[], int],
    changed: Callable[[frozenset[str]], None],
    check_s: float = _CHECK_S,
) -> None:
    """Write the list of silent sources after each hour, until the task is cancelled.

    Args:
        store: the store with the counts.
        policy: the policy's file or folder, for its time zone and holidays.
        now: returns the time, milliseconds UTC.
        changed: called with NEWS after the list was written.
        check_s: seconds between two looks at the clock.
    """
    done = 0
    while True:
        await asyncio.sleep(check_s)
        now_ms = now()
        hour = (now_ms - WAIT_MS) // HOUR_MS
        if hour == done:
            continue
        try:
            # A PolicyError cannot leave another process, so a problem of the policy is found here.
            await asyncio.to_thread(load_policy_file, policy_file(policy))
            found = await _in_process(store.path, policy, now_ms)
        except (PolicyError, BrokenProcessPool, sqlite3.Error, OSError) as error:
            _log.warning("silent_sources_unknown", why=f"{type(error).__name__}: {error}")
        else:
            await asyncio.to_thread(store.write, partial(write_silent, states=found))
            changed(NEWS)
        done = hour


async def _in_process(store: Path, policy: Path, now_ms: int) -> list[SourceState]:
    """Return the silent sources, found by a process that ends afterwards. So it takes no memory between two checks."""
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _ignore_interrupts)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, find_silent, store, policy, now_ms)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the console, which ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
