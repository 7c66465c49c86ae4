"""Checks the ticks of the toy's downstream log from outside."""

from __future__ import annotations

from cluster import Toys

from workers.engine.api import Record
from workers.engine.control import HEADER, Tick, decode_control


async def check_ticks(toys: Toys) -> int:
    """Assert that no output with an earlier stamp comes behind a tick. Return the number of ticks; there must be one."""
    reached_ms: dict[int, int] = {}
    ticks = 0
    async with toys.reader("told") as reader:
        for raw in await reader.to_end():
            at_ms = reached_ms.get(raw.partition, 0)
            if not any(name == HEADER for name, _ in raw.headers):
                assert raw.timestamp >= at_ms, (
                    f"{raw.value} is stamped {at_ms - raw.timestamp} ms before a tick"
                )
                continue
            control = decode_control(Record(raw.topic, raw.partition, raw.offset, 0, None, raw.value))
            if isinstance(control, Tick):
                ticks += 1
                reached_ms[raw.partition] = max(at_ms, control.at_ms)
    assert ticks
    return ticks
