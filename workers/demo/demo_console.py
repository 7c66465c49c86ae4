"""The console of the demo: web pages over the results while they come, and afterwards with `--keep`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from workers.console.run_console import run_console
from workers.settings import Clock, Settings


@asynccontextmanager
async def serving_console(settings: Settings, folder: Path, lead_id_key: str) -> AsyncIterator[str]:
    """Serve the console on any free port until the end of the block. Yield its address.

    Its clock follows the records, because the events of the demo are in the past.
    """
    own = settings.model_copy(
        update={"console_dir": folder, "lead_id_key": SecretStr(lead_id_key), "clock": Clock.STAMPS}
    )
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(run_console(own, address.set_result, port=0), name="console")
    starting: set[asyncio.Future[Any]] = {running, address}
    try:
        await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()  # raises why it could not start
        yield address.result()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
