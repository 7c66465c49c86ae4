"""The workers of a simulation and their group: members, generations and assignments, as the group's coordinator has them.

A rebalance is eager: all partitions are revoked before they are assigned. A member without heartbeats is removed. A static member
that joins again in time keeps its partitions without a rebalance.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from faust.types import TP

from tests.prove.outcome import Outcome
from tests.prove.simulation import counting_pipeline as pipeline
from tests.prove.simulation.simulated_broker import Broker
from tests.prove.simulation.simulated_disk import Disk
from tests.prove.simulation.simulated_worker import SESSION_S, Faults, Process
from workers.demo.market.seeded_random import SeededRandom
from workers.engine.clocks import WallClock
from workers.engine.context import Bounds, Context
from workers.engine.datadir import DataDir
from workers.engine.decide import Limits
from workers.engine.quarantine import QuarantineLimits

PARTITIONS: Final = 2
REBALANCE_S: Final = 10.0
TIMEOUT_S: Final = 5.0
"""Transaction time-out. Seconds."""
NAMES: Final = ("a", "b", "c")


class SimulatedGroup:
    """The workers and their group."""

    def __init__(self, seed: str, folder: Path) -> None:
        self._chance = SeededRandom(seed)
        self._folder = folder
        self.outcome = Outcome()
        self._broker = Broker(
            PARTITIONS,
            TIMEOUT_S,
            verifies=self._chance.happens(50),
            has_second_version=self._chance.happens(50),
        )
        self._faults = Faults(slowest_s=self._chance.choice((0.002, 0.02, 0.2)))
        self._is_static = self._chance.happens(40)
        self._disks = {name: Disk() for name in NAMES}
        self._old_disks: dict[str, Disk] = {}
        self._processes: dict[str, Process] = {}
        self._all: list[Process] = []
        self._zombies: list[Process] = []
        """Processes that run on although another one has their name."""
        self._folders = {name: folder / name for name in NAMES}
        self._owners: dict[Path, Process] = {}
        self._dirs: dict[Path, DataDir] = {}
        self._assigned: dict[str, set[TP]] = {}
        self._config = pipeline.V1
        self._sent: list[str] = []
        self._bad = 0
        self._runs = 0
        self._topic_ids = 0
        self._remade = self._chance.happens(5)
        self._is_rebalancing = False

    async def _coordinate(self) -> None:
        """Remove members without a heartbeat, and rebalance when the living workers are not the members."""
        while True:
            await asyncio.sleep(0.3)
            now_s = asyncio.get_running_loop().time()
            for process in self._processes.values():
                if not (
                    process.is_dead or process.is_frozen or process.is_unheard or self._faults.broker_is_down
                ):
                    process.heard_s = now_s
                    if process.member_id in self._broker.members:
                        process.heartbeats.note_confirmed(now_s)
            if self._faults.broker_is_down:
                continue
            living = [
                process
                for process in self._processes.values()
                if not process.is_dead and now_s - process.heard_s < SESSION_S
            ]
            expected = {process.returns_as or process.member_id for process in living}
            if expected != self._broker.members.keys() or any(one.loses_place for one in living):
                self._is_rebalancing = True
                await self._rebalance([process for process in living if not process.returns_as])
                self._is_rebalancing = False

    async def _rebalance(self, living: list[Process]) -> None:
        """Revoke and assign all partitions. A worker that does not answer in time is left out, and becomes a zombie."""
        self.outcome.counts["rebalances"] += 1
        revoked = {
            process: asyncio.create_task(process.revoke()) for process in living if not process.is_frozen
        }
        if revoked:
            await asyncio.wait(revoked.values(), timeout=REBALANCE_S)
        joined = [process for process, work in revoked.items() if work.done() and not process.is_dead]
        self._broker.generation += 1
        for process in joined:
            process.loses_place = False
            if process.generation > 0 and process.member_id not in self._broker.members:
                # It was removed, and joins as another member.
                process.member_id = self._new_member_id(process.name)
        self._broker.members = {process.member_id: process.instance_id for process in joined}
        for number, process in enumerate(joined):
            self._assigned[process.member_id] = {
                TP(topic, partition)
                for partition in range(number, PARTITIONS, len(joined))
                for spec in pipeline.SPECS
                for topic in spec.sources
            }
            process.assign(self._broker.generation, self._assigned[process.member_id])

    async def _return(self, process: Process, generation: int) -> None:
        """Let a static member join again in its generation, without a rebalance if none begins before."""
        former = process.returns_as or ""
        await asyncio.sleep(self._chance.random() * 3)
        process.returns_as = None
        is_same = generation == self._broker.generation and former in self._broker.members
        if process.is_dead or self._is_rebalancing or self._faults.broker_is_down or not is_same:
            return
        self.outcome.counts["returns of static members"] += 1
        del self._broker.members[former]
        self._broker.members[process.member_id] = process.instance_id
        self._assigned[process.member_id] = self._assigned[former]
        process.assign(generation, self._assigned[former])

    def _new_member_id(self, name: str) -> str:
        self._runs += 1
        return f"{name}-{self._runs}"

    def _start(self, name: str) -> None:
        folder = self._folders[name]
        if folder in self._dirs:
            self._dirs.pop(folder).close()
        process = Process(
            name,
            self._broker,
            self._disks[name],
            self._faults,
            SeededRandom(self._chance.random()),
            pipeline.SPECS,
            self._context,
            folder,
        )
        self._owners[folder] = process
        self._all.append(process)
        process.member_id = self._new_member_id(name)
        process.heard_s = asyncio.get_running_loop().time()
        former = self._processes.get(name)
        if self._is_static:
            process.instance_id = name
            if former is not None and former.member_id in self._broker.members:
                process.returns_as = former.member_id
                self._returning = asyncio.create_task(self._return(process, former.generation))
        self._processes[name] = process

    def _context(self, process: Process, folder: Path) -> Context:
        self._dirs[folder] = DataDir(folder, "simulated")
        return Context(
            app_id="simulated",
            client={"process": process},
            partitions=PARTITIONS,
            data_dir=self._dirs[folder],
            edge_clock=WallClock(),
            config=self._config,
            dead_letter=pipeline.dead_letter,
            limits=Limits(quarantine=QuarantineLimits(share_percent=100.0, run=10_000)),
            bounds=Bounds(
                max_batch_records=self._chance.choice((1, 3, 50)),
                commit_timeout_s=self._chance.choice((5.0, 30.0)),
                transaction_timeout_ms=int(TIMEOUT_S * 1_000),
            ),
            cluster_id="simulated",
            observers={spec.name: process.row_counts.begin for spec in pipeline.SPECS},
        )

    def _process_of(self, path: Path) -> Process:
        return next(process for folder, process in self._owners.items() if path.is_relative_to(folder))
