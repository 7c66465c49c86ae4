"""Reads at the broker which policy the partitions follow, and writes another one into all their logs in one transaction."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, ProducerFenced
from aiokafka.structs import TopicPartition

from schemas.topics import shadow_of
from workers.broker.clients import client_arguments
from workers.commands.errors import CommandError
from workers.commands.kafka import OWN_LOGS
from workers.commands.task_reports import STALE_MS, Archive, TaskReports
from workers.commands.topic_records import partitions_of, read_topics
from workers.engine.access_errors import ACCESS_ERRORS
from workers.engine.api import Config, Record
from workers.engine.context import config_topic, watermark_topic
from workers.engine.control import archive_emit, change_to, control_emit
from workers.engine.producer import SendFailedError, TransactionalWriter
from workers.engine.restore import stop_reader
from workers.engine.watermark_board import decode_report

if TYPE_CHECKING:
    from workers.engine.api import Emit
    from workers.settings import Settings

_READ_BACK: Final = 400
"""The most reports that are read from before the start of the command."""
_OLD_S: Final = 30.0
"""If the newest report is older than this, the command waits for another one before it counts. Seconds."""
_REPORTED_WITHIN_S: Final = 3.0
"""A worker that runs reports within this time: every 2 s. Seconds."""
_POLL_MS: Final = 500
_COMMIT_S: Final = 30.0
_TRANSACTION_TIMEOUT_MS: Final = 10_000
"""How long the broker keeps a transaction of a command that was killed. Readers of the logs wait for it meanwhile."""
_SETTLE_S: Final = 5.0
"""A partition that is stopped for this long after the publication is no longer waited for. Seconds."""


async def read_archive(settings: Settings) -> Archive:
    """Return the policies that were ever followed. Raises CommandError if their topic does not exist."""
    archive = Archive()
    async for raw in read_topics(settings, (config_topic(settings.app_id),), from_start=True, to_end=True):
        archive.apply(Record(raw.topic, raw.partition, raw.offset, raw.timestamp, raw.key, raw.value))
    return archive


class ReportReader:
    """Reads the reports of the workers. An async context manager; it has read the latest ones when it is entered."""

    def __init__(self, settings: Settings) -> None:
        self.reports = TaskReports(settings.partitions)
        self._settings = settings
        self._place = TopicPartition(watermark_topic(settings.app_id), 0)
        self._newest_ms = 0
        self._consumer = AIOKafkaConsumer(
            **client_arguments(settings), enable_auto_commit=False, auto_offset_reset="earliest"
        )

    async def __aenter__(self) -> Self:
        """Connect, and read the latest reports. Raises CommandError if a topic is missing or has other partitions."""
        await self._consumer.start()
        try:
            await self._check_partitions()
            self._consumer.assign([self._place])
            end = (await self._consumer.end_offsets([self._place]))[self._place]
            begin = (await self._consumer.beginning_offsets([self._place]))[self._place]
            self._consumer.seek(self._place, max(begin, end - _READ_BACK))
            while await self._consumer.position(self._place) < end:
                await self.read_more()
            is_gone = self._newest_ms < (time.time() - _OLD_S) * 1_000 and not await self._reports_again()
            self.reports.forget_before(self._newest_ms + 1 if is_gone else self._newest_ms - STALE_MS)
        except BaseException:
            await stop_reader(self._consumer)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await stop_reader(self._consumer)

    async def read_more(self) -> None:
        """Apply the reports that have arrived. Wait for half a second if there are none."""
        for records in (await self._consumer.getmany(self._place, timeout_ms=_POLL_MS)).values():
            for record in records:
                report = decode_report(record.value or b"")
                self._newest_ms = max(self._newest_ms, record.timestamp)
                if report is not None:
                    self.reports.apply(report, record.timestamp)

    async def _reports_again(self) -> bool:
        """Whether a worker reports now. The clock of this machine may be wrong, so an old report alone proves nothing."""
        newest_ms, began = self._newest_ms, time.monotonic()
        while self._newest_ms == newest_ms and time.monotonic() - began < _REPORTED_WITHIN_S:
            await self.read_more()
        return self._newest_ms > newest_ms

    async def _check_partitions(self) -> None:
        """Raise CommandError unless each log has the set number of partitions: some would not get the policy."""
        for log in own_logs(self._settings):
            found = len(await partitions_of(self._consumer, log))
            if found != self._settings.partitions:
                raise CommandError(
                    f"{log} has {found} partitions, but LEAD_ROUTER_PARTITIONS is {self._settings.partitions}; use the"
                    " settings of the workers"
                )
        await partitions_of(self._consumer, self._place.topic)


def own_logs(settings: Settings) -> list[str]:
    """Return the logs of all agents."""
    return [shadow_of(log) if settings.shadow else log for log in OWN_LOGS.values()]


async def publish_config(
    settings: Settings, config: Config, followed: Config, within_s: float
) -> tuple[TaskReports, float]:
    """Write a config into all logs, or into none, and wait until every partition follows it.

    Args:
        settings: the settings of the installation.
        config: the config to follow from now on. If only its canary differs from ``followed``, the logs get a canary.
        followed: the config that was followed when the difference was shown.
        within_s: how long to wait. Seconds.

    Returns:
        The reports at the end, and the seconds from the begin of the transaction until then.

    Raises:
        CommandError: another config was published meanwhile, or the broker did not confirm the transaction.
    """
    topic, now_ms = config_topic(settings.app_id), int(time.time() * 1_000)
    change = change_to(config, followed)
    emits: list[Emit] = [
        control_emit(log, partition, change, now_ms)
        for log in own_logs(settings)
        for partition in range(settings.partitions)
    ]
    emits.append(archive_emit(topic, change, now_ms))
    writer = TransactionalWriter(
        f"{settings.app_id}-publish", client_arguments(settings), settings.partitions, _TRANSACTION_TIMEOUT_MS
    )
    try:
        await writer.fence()  # from here on another command cannot publish, so what is read now stays
        present = (await read_archive(settings)).followed
        if present != followed:
            version = "none" if present is None else f"version {present.version} ({present.hash})"
            raise CommandError(
                f"another policy or canary was published meanwhile: {version} is followed now. Nothing is changed; start again"
            )
        async with ReportReader(settings) as reader:
            began = time.monotonic()
            await _commit(writer, emits, TopicPartition(topic, 0), config)
            await _wait(reader, config, within_s)
            return reader.reports, time.monotonic() - began
    finally:
        await writer.close()


async def _commit(
    writer: TransactionalWriter, emits: list[Emit], archive: TopicPartition, config: Config
) -> None:
    """Write the records in one transaction. Raises CommandError, or one of ACCESS_ERRORS."""
    try:
        await asyncio.wait_for(writer.commit(emits, archive, {}, 0), _COMMIT_S)
    except ProducerFenced:
        raise CommandError(
            "another `lead-router policy publish` has started, and this one was ended; `lead-router policy followed` prints"
            " what is followed now"
        ) from None
    except ACCESS_ERRORS:
        raise
    except (KafkaError, TimeoutError, SendFailedError) as error:
        raise CommandError(
            f"the broker did not confirm the publication ({type(error).__name__}: {error}). Either every log has version"
            f" {config.highest_version} or none has; start the same command again: it publishes the policy if none has it"
        ) from None


async def _wait(reader: ReportReader, config: Config, within_s: float) -> None:
    """Read reports until every partition follows the config or is stopped, no worker runs, or the time has passed."""
    began = time.monotonic()
    if reader.reports.is_empty:
        return
    while time.monotonic() - began < within_s:
        left = set(reader.reports.tasks) - set(reader.reports.followers(config))
        if not left:
            return
        if time.monotonic() - began > _SETTLE_S and left <= set(reader.reports.stopped()):
            return
        await reader.read_more()
