"""Deterministic simulation of the engine: workers, a broker, a clock and disks in one process, every step by a seed.

In: a seed. Out: counts and problems. While events are produced, disturbances come by the seed (docs/reliability.md lists them):
processes are killed between any two steps, continue as former members, and are replaced while they run on; requests are lost or
arrive late; the broker is away; partitions move. Then everything heals, and every event must have had its effects exactly once. In
some runs a topic is made again: then its partitions must stop, and nothing may be decided twice.

A run with a problem is repeated by its seed and number: `run_seed("simulation N M")`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import structlog

from tests.prove.outcome import Outcome
from tests.prove.simulation import counting_pipeline as pipeline
from tests.prove.simulation import virtual_time
from tests.prove.simulation.disturbances import DISTURBED_S, Disturbances
from tests.prove.simulation.simulated_broker import new_topic_id
from tests.prove.simulation.simulated_edges import simulated_edges
from tests.prove.simulation.simulated_group import NAMES, PARTITIONS
from tests.prove.simulation.simulated_log import Transaction
from tests.prove.simulation.simulated_metrics import records_counted_twice, wrong_row_counts
from tests.prove.simulation.simulated_worker import LATEST_S

FULL: Final = 10_000
HEALED_S: Final = 240.0
EVENTS: Final = 40
SLOWEST_MARKER_S: Final = 2.0
MOST_PROBLEMS: Final = 20


class Simulation(Disturbances):
    """One run."""

    async def run(self) -> Outcome:
        """Produce and disturb, heal, wait, and check."""
        for topic in (*pipeline.TOPICS, "simulated-first-changelog", "simulated-second-changelog"):
            self._topic_ids += 1
            self._broker.create(topic, new_topic_id(self._topic_ids))
        if self._chance.happens(20):
            self._expire()
        with simulated_edges(self._process_of):
            for name in self._chance.sample(NAMES, self._chance.randint(1, 3)):
                self._start(name)
            background = [
                asyncio.create_task(work)
                for work in (self._coordinate(), self._complete_transactions(), self._produce())
            ]
            await self._disturb()
            await self._heal()
            await background[-1]
            loop = asyncio.get_running_loop()
            give_up_at = loop.time() + HEALED_S
            while loop.time() < give_up_at and not self._is_done():  # noqa: ASYNC110 - virtual time
                await asyncio.sleep(1.0)
            self._find_stopped()
            self.outcome.problems += wrong_row_counts(self._all)
            await self._stop_all()
            self._check()
            drains = [process.drained for process in self._all if process.drained]
            for task in [*background, *drains]:
                if task.done() and not task.cancelled() and (error := task.exception()):
                    raise error
            for task in background:
                task.cancel()
            for folder in self._dirs.values():
                folder.close()
        self.outcome.counts["transactions aborted"] += self._broker.aborted
        for process in self._all:
            self.outcome.counts.update(process.counts)
        return self.outcome

    def _is_done(self) -> bool:
        return not self._remade and pipeline.is_done(self._broker, self._sent, self._bad)

    def _expire(self) -> None:
        """Let every topic begin with records that retention has deleted."""
        for place, log in self._broker.logs.items():
            if not place[0].endswith("-changelog"):
                for _ in range(self._chance.randrange(3)):
                    log.append((1, b"", b"", ()))
                log.delete_all()

    # Load.

    async def _produce(self) -> None:
        for number in range(EVENTS):
            await asyncio.sleep(self._chance.random() * 2 * DISTURBED_S / EVENTS)
            key = f"key{self._chance.randrange(7)}"
            partition = pipeline.partition_for(key.encode(), PARTITIONS)
            if self._chance.happens(5):
                partition = 1 - partition  # a producer with another partitioner
            now_ms = int((virtual_time.EPOCH_S + asyncio.get_running_loop().time()) * 1000)
            if self._chance.happens(4):
                self._bad += 1
                self._broker.produce(("in", partition), now_ms, key.encode(), pipeline.BAD)
                continue
            self._sent.append(f"event{number}")
            value = json.dumps({"id": f"event{number}", "key": key}).encode()
            self._broker.produce(("in", partition), now_ms, key.encode(), value)
        self.outcome.counts["events"] += EVENTS

    async def _complete_transactions(self) -> None:
        """Write the markers of decided transactions, each at a time of its own, and abort those that are open for too long."""
        due_s: dict[tuple[Transaction, Any], float] = {}
        while True:
            await asyncio.sleep(0.01)
            if self._faults.broker_is_down:
                continue
            now_s = asyncio.get_running_loop().time()
            self._broker.time_out(now_s)
            for transaction in self._broker.without_markers():
                for place in sorted(transaction.unmarked):
                    if (transaction, place) not in due_s:
                        most_s = SLOWEST_MARKER_S if self._chance.happens(3) else self._faults.slowest_s
                        due_s[transaction, place] = now_s + self._chance.random() * most_s
                    if due_s[transaction, place] <= now_s:
                        self._broker.mark(transaction, place)

    async def _stop_all(self) -> None:
        """Stop every worker, and end all transactions."""
        for process in self._processes.values():
            await asyncio.wait([asyncio.create_task(process.stop())], timeout=30.0)
            process.kill()
        await asyncio.sleep(LATEST_S)
        self._broker.time_out(math.inf)
        for transaction in self._broker.without_markers():
            for place in sorted(transaction.unmarked):
                self._broker.mark(transaction, place)

    def _find_stopped(self) -> None:
        if self._remade:
            return
        for process in self._processes.values():
            self.outcome.problems += [
                f"{agent}/{partition} is stopped"
                for (agent, partition), task in process.runtime.tasks.items()
                if task.stopped_since_s is not None
            ]

    def _check(self) -> None:
        problems = pipeline.faults(self._broker, self._sent, self._bad, complete=not self._remade)
        problems += [f"a record of no transaction in {place}" for place in self._broker.hanging]
        problems += records_counted_twice(self._all, self._broker)
        self.outcome.problems += problems


def run_seed(seed: str) -> Outcome:
    """Run one simulation."""
    return run_as(Simulation, seed)


def run_as(kind: type[Simulation], seed: str) -> Outcome:
    """Run one simulation of a kind, without its log."""
    memory = Path("/dev/shm")  # noqa: S108 - files of a simulation need no disk
    configured, disabled = structlog.get_config(), logging.root.manager.disable
    structlog.configure(processors=[_drop_event])
    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            return virtual_time.run(_run(kind(seed, Path(folder))))
    finally:
        structlog.configure(**configured)
        logging.disable(disabled)


async def _run(simulation: Simulation) -> Outcome:
    return await simulation.run()


def _drop_event(*_: Any) -> Any:
    raise structlog.DropEvent


def run(seed: int, percent: float, say: Callable[[str], None]) -> Outcome:
    """Run the seeds that follow from ``seed``, on every core. ``percent``: the share of FULL seeds."""
    wanted = max(1, round(FULL * percent / 100))
    total = Outcome()
    with ProcessPoolExecutor() as pool:
        runs = pool.map(run_seed, (f"simulation {seed} {number}" for number in range(wanted)), chunksize=20)
        for number, found in enumerate(runs):
            total.counts["seeds"] += 1
            total.counts.update(found.counts)
            total.problems += [f"seed {number}: {problem}" for problem in found.problems]
            if number % 500 == 0:
                say(f"simulation: {number:,} of {wanted:,} seeds")
            if len(total.problems) >= MOST_PROBLEMS:
                pool.shutdown(cancel_futures=True)
                break
    return total
