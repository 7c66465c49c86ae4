"""The process of a worker: Faust's worker, which ends as soon as nothing is left to close."""

from __future__ import annotations

import asyncio
from typing import Final

import faust

_CANCELLED_WITHIN_S: Final = 1.0
_CLOSED_WITHIN_S: Final = 0.05


class WorkerProcess(faust.Worker):
    """Runs an app until a signal ends it."""

    async def _sentinel_task(self) -> None:
        """Wait for the cancelled tasks, then for the last connections. Faust always waits one second here."""
        cancelled = asyncio.all_tasks() - {asyncio.current_task()}
        if cancelled:
            await asyncio.wait(cancelled, timeout=_CANCELLED_WITHIN_S)
        await asyncio.sleep(_CLOSED_WITHIN_S)
