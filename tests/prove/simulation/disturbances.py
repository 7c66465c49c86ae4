"""The disturbances of a simulation: kills, freezes, lost heartbeats, faults of the network and full disks, by the seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from tests.prove.simulation import counting_pipeline as pipeline
from tests.prove.simulation.simulated_broker import new_topic_id
from tests.prove.simulation.simulated_disk import Disk
from tests.prove.simulation.simulated_group import NAMES, PARTITIONS, SimulatedGroup
from tests.prove.simulation.simulated_worker import SESSION_S, Process

DISTURBED_S: Final = 30.0
SLOW_S: Final = (0.0, 1.0, 4.0)
"""How long the requests of a worker behind a bad network take at most. Seconds."""


class Disturbances(SimulatedGroup):
    """Disturbs the workers, and heals them."""

    async def _disturb(self) -> None:
        loop = asyncio.get_running_loop()
        acts: dict[str, Callable[[], Any]] = {
            "kill": self._kill,
            "freeze": self._freeze,
            "replaced, and runs on": self._replace,
            "heartbeats lost": self._lose_heartbeats,
            "broker away": self._broker_away,
            "faults": self._flaky,
            "rebalance": self._move,
            "compaction": self._compact,
            "policy change": self._change_policy,
            "stop": self._stop,
            "full disk": self._fill_disk,
        }
        while loop.time() < DISTURBED_S:
            await asyncio.sleep(self._chance.random() * 4)
            name = self._chance.choices(tuple(acts), (6, 3, 4, 2, 2, 3, 2, 1, 1, 1, 1))[0]
            self.outcome.counts[name] += 1
            await acts[name]()
        if self._remade:
            self.outcome.counts["topic made again"] += 1
            self._topic_ids += 1
            self._broker.create("in", new_topic_id(self._topic_ids))

    def _any(self) -> Process | None:
        living = [process for process in self._processes.values() if not process.is_dead]
        return self._chance.choice(living) if living else None

    async def _kill(self) -> None:
        process = self._any()
        if process is None:
            self._start(self._chance.choice(NAMES))
            return
        process.kill()
        if self._chance.happens(25):
            self._old_disks[process.name] = process.disk.copy()
        await asyncio.sleep(self._chance.random() * 4)
        self._change_disk(process.name)
        self._start(process.name)

    async def _replace(self) -> None:
        """Start a worker with an empty disk under the name of one that runs on, such as one behind a broken network."""
        process = self._any()
        if process is None:
            return
        process.slowest_s = self._chance.choice(SLOW_S)
        for _ in range(300):
            await asyncio.sleep(0.01)
            if any(
                self._broker.is_open(f"simulated-{agent}-{partition}")
                for agent, partition in process.runtime.tasks
            ):
                break  # the worst moment: records are written, and only the end of the transaction is missing
        if process.is_dead or self._processes[process.name] is not process:
            return
        process.is_unheard = True
        self._zombies.append(process)
        self._folders[process.name] = self._folder / self._new_member_id(process.name)
        self._disks[process.name] = Disk()
        self._start(process.name)

    async def _lose_heartbeats(self) -> None:
        process = self._any()
        if process is None:
            return
        process.is_unheard = True
        process.slowest_s = self._chance.choice(SLOW_S)
        await asyncio.sleep(SESSION_S * self._chance.uniform(0.5, 2.5))
        process.is_unheard, process.slowest_s = False, 0.0

    def _change_disk(self, name: str) -> None:
        disk = self._disks[name]
        match self._chance.pick({"lost": 10, "older": 10, "damaged": 10}, "kept"):
            case "lost":
                self._disks[name] = Disk()
            case "older" if name in self._old_disks:
                self._disks[name] = self._old_disks[name].copy()
            case "damaged":
                disk.damaged |= set(disk.rows)

    async def _freeze(self) -> None:
        process = self._any()
        if process is None:
            return
        process.is_frozen = True
        await asyncio.sleep(SESSION_S * self._chance.uniform(0.2, 2.0))
        process.is_frozen = False

    async def _broker_away(self) -> None:
        self._faults.broker_is_down = True
        await asyncio.sleep(self._chance.random() * 6)
        self._faults.broker_is_down = False

    async def _flaky(self) -> None:
        self._faults.before_percent = self._chance.choice((0.0, 2.0, 10.0))
        self._faults.after_percent = self._chance.choice((0.0, 2.0, 10.0))
        self._faults.late_percent = self._chance.choice((0.0, 2.0, 10.0))
        await asyncio.sleep(self._chance.random() * 5)
        self._end_faults()

    def _end_faults(self) -> None:
        self._faults.before_percent = self._faults.after_percent = self._faults.late_percent = 0.0

    async def _move(self) -> None:
        for process in self._processes.values():
            process.loses_place = True

    async def _compact(self) -> None:
        for spec in pipeline.SPECS:
            for partition in range(PARTITIONS):
                self._broker.log((f"simulated-{spec.name}-changelog", partition)).compact()

    async def _change_policy(self) -> None:
        """Start one worker with a newer policy; the others follow at their next start."""
        self._config = pipeline.V2
        await self._kill()

    async def _stop(self) -> None:
        process = self._any()
        if process is None or process.is_frozen:
            return
        await asyncio.wait([asyncio.create_task(process.stop())], timeout=10.0)
        process.kill()
        await asyncio.sleep(self._chance.random() * 3)
        self._start(process.name)

    async def _fill_disk(self) -> None:
        process = self._any()
        if process is None:
            return
        process.disk.is_full = True
        await asyncio.sleep(self._chance.random() * 6)
        process.disk.is_full = False

    async def _heal(self) -> None:
        self._end_faults()
        self._faults.broker_is_down = False
        for zombie in self._zombies:
            zombie.kill()
        for disk in self._disks.values():
            disk.is_full = False
        for process in self._processes.values():
            process.is_frozen = process.is_unheard = False
            process.slowest_s = 0.0
        for process in list(self._processes.values()):
            if process.is_dead or process.runtime._context.config is not self._config:
                process.kill()  # the last restart of a rolling change of the policy
                self._start(process.name)
