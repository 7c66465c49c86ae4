"""A partition of which no record was ever decided opens again in a simulation: the group has no offset of it."""

from __future__ import annotations

import asyncio

from tests.prove.simulation.simulation import Simulation, run_as


class _Unread(Simulation):
    """Every topic begins with records that were deleted before a worker read them. All workers are killed and start again."""

    async def _produce(self) -> None:
        self._remade = False
        self._expire()
        await asyncio.sleep(10)
        for process in list(self._processes.values()):
            process.kill()
            self._start(process.name)

    async def _disturb(self) -> None:
        await asyncio.sleep(25)


def test_a_partition_that_never_decided_a_record_opens_again() -> None:
    assert run_as(_Unread, "unread").problems == []
