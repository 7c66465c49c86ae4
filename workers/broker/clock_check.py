"""Compares this machine's clock with the broker's when a worker starts.

Deadlines follow the workers' clocks. A clock that is ahead fires them early, and an early result cannot be taken back.
Kafka has no request for its time. But the broker stamps the records of the watermark topic, so one empty report is enough.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog
from aiokafka import AIOKafkaProducer

from workers.broker.clients import client_arguments
from workers.engine.context import watermark_topic
from workers.engine.restore import stop_reader
from workers.engine.watermark_board import WorkerReport, encode_report

if TYPE_CHECKING:
    from workers.settings import Settings

log = structlog.get_logger(__name__)
WARN_MS: Final = 5_000
"""A larger difference is logged. Milliseconds."""
REFUSE_MS: Final = 3_600_000
"""A larger difference refuses the start: brokers from Kafka 4 refuse records stamped that far ahead. Milliseconds."""
_STAMPED_BY_BROKER: Final = 1


class ClockDiffersError(Exception):
    """The clock of this machine differs from the broker's by more than an hour. The text holds the difference."""


async def check_clock(settings: Settings) -> None:
    """Log ``clock_differs`` if this machine's clock differs from the broker's by more than five seconds.

    Raises:
        ClockDiffersError: they differ by more than an hour.
        aiokafka.errors.KafkaError: the broker cannot be reached, or the topic cannot be written.
    """
    producer = AIOKafkaProducer(**client_arguments(settings), acks=1, enable_idempotence=False)
    try:
        await producer.start()
        await producer.partitions_for(watermark_topic(settings.app_id))  # so that the next request is short
        before_ms = time.time_ns() // 1_000_000
        sent = await producer.send_and_wait(
            watermark_topic(settings.app_id), encode_report(WorkerReport(0, [])), partition=0
        )
        after_ms = time.time_ns() // 1_000_000
    finally:
        await stop_reader(producer)
    if sent.timestamp_type == _STAMPED_BY_BROKER:
        report_difference(difference_ms(before_ms, sent.timestamp, after_ms))


def difference_ms(before_ms: int, broker_ms: int, after_ms: int) -> int:
    """Return by how much a clock is ahead of the broker's at least; negative if it is behind. Milliseconds.

    The broker stamped its record between the two times of the clock.
    """
    return max(0, before_ms - broker_ms) or min(0, after_ms - broker_ms)


def report_difference(ahead_ms: int) -> None:
    """Log a difference of more than five seconds. Raises ClockDiffersError at more than an hour."""
    if abs(ahead_ms) > REFUSE_MS:
        direction = "ahead of" if ahead_ms > 0 else "behind"
        raise ClockDiffersError(
            f"the clock of this machine is {abs(ahead_ms) // 1_000} s {direction} the broker's; at most "
            f"{REFUSE_MS // 1_000} s are allowed. Set the clock (NTP) of the machine that is wrong, then start again"
        )
    if abs(ahead_ms) > WARN_MS:
        log.warning("clock_differs", ahead_s=round(ahead_ms / 1_000, 1))
