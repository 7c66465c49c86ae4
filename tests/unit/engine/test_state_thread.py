"""The thread of local copies: the event loop waits less for the interpreter while the thread computes, and only then."""

from __future__ import annotations

import asyncio
import sys

import pytest

from workers.engine.state_thread import StateThread

DAMAGED = "the copy is damaged"


async def switch_interval(others: int) -> float:
    await asyncio.sleep(0.01 * others)
    return sys.getswitchinterval()


async def fail() -> None:
    raise OSError(DAMAGED)


async def test_threads_switch_faster_only_while_a_copy_is_read_or_written() -> None:
    usual = sys.getswitchinterval()
    thread = StateThread()
    during = await asyncio.gather(*(thread.run(switch_interval(number)) for number in range(3)))
    assert during == [pytest.approx(0.001)] * 3
    assert sys.getswitchinterval() == usual
    with pytest.raises(OSError, match=DAMAGED):
        await thread.run(fail())
    assert sys.getswitchinterval() == usual
