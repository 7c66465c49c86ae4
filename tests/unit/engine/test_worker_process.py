"""The end of a worker's process: it waits for cancelled tasks, and Faust still calls the method that does so."""

from __future__ import annotations

import asyncio

from mode import Worker

from workers.engine.worker_process import WorkerProcess


def test_faust_calls_the_method_when_it_closes_the_loop() -> None:
    assert "_sentinel_task" in Worker._shutdown_loop.__code__.co_names


async def test_a_cancelled_task_ends_before_the_loop_is_closed() -> None:
    ended: list[str] = []

    async def close_slowly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.1)
            ended.append("closed")

    task = asyncio.create_task(close_slowly())
    await asyncio.sleep(0)
    task.cancel()
    await WorkerProcess._sentinel_task(None)  # type: ignore[arg-type]
    assert ended == ["closed"]
