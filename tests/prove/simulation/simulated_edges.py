"""The edges of the engine in a simulation: its Kafka clients, the restore, the channel of watermarks, and RocksDB.

Each has the names and arguments of the real one, and calls the simulated broker step by step.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import TopicPartition
from faust.types import TP

from tests.prove.simulation.simulated_client import SimulatedProducer
from tests.prove.simulation.simulated_disk import DiskStore
from tests.prove.simulation.simulated_worker import Process
from workers.engine import opening, producer, runtime
from workers.engine.watermark_board import WatermarkBoard, decode_report, encode_report

_REPORT_EVERY_S = 2.0
_READ_EVERY_S = 0.2
"""The time between two fetches of a worker's channel. Seconds."""


class _Reader:
    """The consumer with which a partition is opened."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def start(self) -> None:
        await self.process.step()

    async def beginning_offsets(self, tps: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        await self.process.step()
        return {tp: self.process.broker.log(tuple(tp)).begin for tp in tps}

    async def end_offsets(self, tps: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        await self.process.step()
        return {tp: self.process.broker.log(tuple(tp)).last_stable() for tp in tps}


class _Admin:
    """The client that asks for the group's offsets when a changelog is empty."""

    def __init__(self, *, process: Process) -> None:
        self._process = process

    async def start(self) -> None:
        await self._process.step()

    async def close(self) -> None: ...

    async def list_consumer_group_offsets(
        self, _group: str, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, Any]:
        await self._process.step()
        committed = self._process.broker.committed
        return {tp: SimpleNamespace(offset=committed.get(tuple(tp), -1)) for tp in partitions}


async def _topic_ids(reader: _Reader, topics: Sequence[str]) -> dict[str, str]:
    await reader.process.step()
    return {topic: reader.process.broker.log((topic, 0)).topic_id for topic in topics}


async def _nothing(*_: Any) -> None:
    return


async def restore(
    _thread: Any,
    client: Mapping[str, Any],
    changelog: TopicPartition,
    store: DiskStore,
    position: int,
    end: int,
    now_ms: int,
    is_closing: Callable[[], bool] = lambda: False,
    _report_left: Any = None,
) -> int:
    """Apply the changelog to a copy, in portions between which the process may end."""
    process: Process = client["process"]
    count = 0
    while position < end and not is_closing():
        await process.step()
        found, position = process.broker.log(tuple(changelog)).read(position, process.chance.choice((3, 50)))
        store.write({one.key: one.value for one in found if one.key is not None}, position, now_ms)
        count += len(found)
    return count


class SimulatedChannel:
    """The channel of watermarks: every report reaches every worker that reads, some time later, and none from before its start."""

    def __init__(self, client: Mapping[str, Any], _topic: str, board: WatermarkBoard, report: Any) -> None:
        self._process: Process = client["process"]
        self._board, self._report = board, report

    async def run(self) -> None:
        """Publish and read until cancelled."""
        reports = self._process.broker.reports
        read, due_s = len(reports), 0.0
        while True:
            with contextlib.suppress(KafkaConnectionError):
                await self._process.step()
                for raw in reports[read:]:
                    found = decode_report(raw)
                    if found is not None:
                        self._board.apply(found)
                read = len(reports)
                own = self._report()
                if own is not None and due_s <= asyncio.get_running_loop().time():
                    reports.append(encode_report(own))
                    due_s = asyncio.get_running_loop().time() + _REPORT_EVERY_S
            await asyncio.sleep(_READ_EVERY_S)

    async def ends(self, tps: Sequence[TP]) -> dict[TP, int]:
        """Return the end of each partition, records of open transactions included."""
        await self._process.step()
        return {tp: self._process.broker.log(tuple(tp)).end for tp in tps}


class _NoSweeper:
    def __init__(self, *_: Any) -> None: ...

    async def run(self) -> None:
        await asyncio.Event().wait()


def _name(process: Process, path: Path) -> str:
    return str(path.relative_to(process.folder))


@contextlib.contextmanager
def simulated_edges(process_of: Callable[[Path], Process]) -> Iterator[None]:
    """Replace the edges of the engine for a simulation. ``process_of`` finds the process of a path on its disk."""

    def open_store(path: Path, changelog: str) -> DiskStore:
        process = process_of(path)
        return DiskStore(process.disk, path, _name(process, path), changelog, lambda: process.is_dead)

    def delete_copy(path: Path) -> None:
        process = process_of(path)
        process.disk.delete(_name(process, path))

    with contextlib.ExitStack() as stack:
        for module, name, replacement in (
            (producer, "AIOKafkaProducer", SimulatedProducer),
            (opening, "AIOKafkaAdminClient", _Admin),
            (opening, "reader", lambda client: _Reader(client["process"])),
            (opening, "stop_reader", _nothing),
            (opening, "topic_ids", _topic_ids),
            (opening, "restore", restore),
            (opening, "RocksStore", open_store),
            (opening, "delete_copy", delete_copy),
            (runtime, "Sweeper", _NoSweeper),
            (runtime, "WatermarkChannel", SimulatedChannel),
        ):
            stack.enter_context(patch.object(module, name, replacement))
        yield
