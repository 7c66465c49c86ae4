"""Stops a consumer completely, also while one of its fetches waits after an error.

aiokafka 0.14 then cancels the fetch, raises the CancelledError of that fetch from ``stop``, and leaves its connections open. The
task that stops the consumer would end as if it had been cancelled, and Faust's consumer thread would never report its end.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable


async def stop_fully(stopping: Awaitable[None], consumer: Any) -> None:
    """Await the stop of this consumer, and close its connections if the stop did not. Raises CancelledError if cancelled."""
    try:
        await stopping
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        await consumer._client.close()  # noqa: SLF001 - stop() has not come to it, and does nothing when called again
