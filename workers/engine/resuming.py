"""Finds an operator's resume for a stopped partition, in the records of its own log that are still undecided.

It decides none of the records that it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from workers.engine.api import Record
from workers.engine.control import Resume, decode_control, is_control
from workers.engine.restore import reader, stop_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiokafka.structs import TopicPartition

_POLL_MS = 200
"""How long one request waits for records. A stopped task is released within that time. Milliseconds."""


async def find_resume(
    client: Mapping[str, Any], own: TopicPartition, start: int, agent: str, is_closing: Callable[[], bool]
) -> int | None:
    """Return the offset of the first resume for ``agent`` at ``start`` or later, or None when the task is closing."""
    consumer = reader(client)
    await consumer.start()
    try:
        consumer.assign([own])
        consumer.seek(own, start)
        while not is_closing():
            for records in (await consumer.getmany(own, timeout_ms=_POLL_MS)).values():
                for raw in records:
                    if _is_resume(raw, agent):
                        return int(raw.offset)
        return None
    finally:
        await stop_reader(consumer)


def _is_resume(raw: Any, agent: str) -> bool:
    record = Record(
        raw.topic, raw.partition, raw.offset, raw.timestamp, raw.key, raw.value, tuple(raw.headers)
    )
    if not is_control(record):
        return False
    try:
        control = decode_control(record)
    except msgspec.MsgspecError:
        return False
    return isinstance(control, Resume) and control.agent == agent
