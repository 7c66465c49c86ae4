"""Shares the watermarks of all workers of the app through one topic with one partition.

In: a report of this worker every two seconds, and the ends of logs when the idle watch asks for them. Out: the reports of
all workers on the board. A worker writes one record however many tasks it has, so the traffic grows with the workers and
not with the square of the partitions. A lost report costs time only: the next one has everything.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition
from faust.types import TP

from workers.engine.restore import stop_reader
from workers.engine.watermark_board import decode_report, encode_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from workers.engine.watermark_board import WatermarkBoard, WorkerReport

log = structlog.get_logger(__name__)
_PUBLISH_EVERY_S = 2.0
"""The time between two reports of a worker. Seconds."""
_REQUEST_TIMEOUT_S = 10.0
_ENDS_TIMEOUT_S = 2.0
_RETRY_S = 1.0
_POLL_MS = 1_000


class WatermarkChannel:
    """Publishes the reports of one worker, and applies those of all workers."""

    def __init__(
        self,
        client: Mapping[str, Any],
        topic: str,
        board: WatermarkBoard,
        report: Callable[[], WorkerReport | None],
    ) -> None:
        self._client = client
        self._topic = topic
        self._board = board
        self._report = report
        self._asker: AIOKafkaConsumer | None = None

    async def run(self) -> None:
        """Publish and read until cancelled. After an error, connect again."""
        while True:
            try:
                async with self._clients() as (reader, producer), asyncio.TaskGroup() as both:
                    both.create_task(self._read(reader))
                    both.create_task(self._publish(producer))
            except Exception as error:  # noqa: BLE001 - no broker: connect again later
                log.debug("watermark_channel_failed", error=type(error).__name__)
            await asyncio.sleep(_RETRY_S)

    async def ends(self, tps: Sequence[TP]) -> dict[TP, int]:
        """Return the offset after the last record of each partition, records of open transactions included.

        Raises aiokafka.errors.KafkaError, TimeoutError, or ConnectionError while no broker is connected.

        The end of ``read_committed`` would not do. The broker answers a commit before its markers are in the logs, so for
        a moment committed records are behind that end.
        """
        if self._asker is None:
            msg = "no broker is connected"
            raise ConnectionError(msg)
        asked = self._asker.end_offsets([TopicPartition(*tp) for tp in tps])
        return {TP(*tp): at for tp, at in (await asyncio.wait_for(asked, _ENDS_TIMEOUT_S)).items()}

    @asynccontextmanager
    async def _clients(self) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaProducer]]:
        """Start the clients, and stop them at the end.

        The ends are requested over a connection of their own, because a fetch that waits for records blocks its own one.
        """
        reader, asker = _consumer(self._client), _consumer(self._client)
        producer = AIOKafkaProducer(**self._client, acks=1, enable_idempotence=False, compression_type="gzip")
        try:
            await asker.start()
            self._asker = asker
            await reader.start()
            reader.assign([TopicPartition(self._topic, 0)])
            await producer.start()
            yield reader, producer
        finally:
            self._asker = None
            await asyncio.gather(*(stop_reader(client) for client in (reader, asker, producer)))

    async def _read(self, reader: AIOKafkaConsumer) -> None:
        while True:
            for records in (await reader.getmany(timeout_ms=_POLL_MS)).values():
                for record in records:
                    report = decode_report(record.value or b"")
                    if report is not None:
                        self._board.apply(report)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        has_failed = False
        while True:
            report = self._report()
            if report is not None:
                try:
                    sent = producer.send_and_wait(self._topic, encode_report(report), partition=0)
                    await asyncio.wait_for(sent, _REQUEST_TIMEOUT_S)
                    has_failed = False
                except Exception as error:  # noqa: BLE001 - the next report has everything
                    if not has_failed:
                        log.warning("watermarks_not_published", topic=self._topic, error=type(error).__name__)
                    has_failed = True
            await asyncio.sleep(_PUBLISH_EVERY_S)


def _consumer(client: Mapping[str, Any]) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **client,
        group_id=None,
        isolation_level="read_uncommitted",  # ``ends`` needs it; reports are not written in transactions
        enable_auto_commit=False,
        auto_offset_reset="latest",
        fetch_max_wait_ms=_POLL_MS,
    )
