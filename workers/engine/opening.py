"""Opens a partition: fence earlier producers, check the local copy, restore the rows, find the offset of each source.

In: an agent, a partition and the context. Out: an :class:`Opened` with which a task works.
The producer starts first. From then on no earlier owner of the partition can commit, and a transaction that it left open
is aborted before the end of the changelog is read. It never continues at an offset that the topic has lost.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition

from workers.engine.marker import CrashMarker
from workers.engine.metrics import RestoreMeter
from workers.engine.producer import TransactionalWriter
from workers.engine.restore import reader, restore, stop_reader
from workers.engine.skips import Skips, read_skips
from workers.engine.staleness import ChangelogState, StaleCopy, changelog_identity, stale_copy
from workers.engine.state_errors import StoreDamagedError
from workers.engine.store import RocksStore, delete_copy
from workers.engine.topic_ids import topic_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiokafka import AIOKafkaConsumer

    from workers.engine.api import AgentSpec
    from workers.engine.context import Context
    from workers.engine.decide import Decider

_DAY_MS = 86_400_000


class ChangelogLostError(Exception):
    """The changelog was deleted or created again, so the rows are lost. To begin without them would decide all records again."""


class OffsetLostError(Exception):
    """The rows continue at an offset that the topic no longer has. Unread records were lost, and a jump would hide it."""


def lost_offset(topic: str, partition: int, offset: int, has: str) -> str:
    """Return the text for an operator. ``has``: what the topic has instead of the offset."""
    return (
        f"{topic}/{partition}: the rows continue at offset {offset}, but the topic has {has}. Records were deleted "
        "unread, or the topic was created again. Restore it, or rebuild under a new app id."
    )


def lost_changelog(changelog: TopicPartition, found: str) -> str:
    """Return the text for an operator. ``found``: what shows that the changelog is not the one of the rows."""
    return (
        f"{changelog.topic}/{changelog.partition}: the changelog {found}. It was deleted or created again, and the rows are "
        "lost. Restore the topic from a backup, or rebuild under a new app id."
    )


@dataclass(slots=True)
class Opened:
    """An open partition: a producer that has fenced, restored rows, the crash marker, and the bounds of the sources."""

    writer: TransactionalWriter
    store: RocksStore
    marker: CrashMarker
    beginnings: dict[str, int]
    ends: dict[str, int]
    topic_ids: dict[str, str]
    skips: Skips
    restored: int
    rebuilt_because: str | None

    def starts(self, decider: Decider) -> dict[str, int]:
        """Return the next offset of each source, and note the topics' ids. Raises OffsetLostError."""
        starts = {}
        for topic, beginning in self.beginnings.items():
            offset = decider.next_offset(topic)
            id_before, id_now = decider.topic_ids.get(topic), self.topic_ids[topic]
            if id_before and id_now and id_before != id_now:
                where = f"another topic of this name, with {beginning} to {self.ends[topic]}"
                raise OffsetLostError(lost_offset(topic, decider.partition, offset or 0, where))
            if offset is not None and not beginning <= offset <= self.ends[topic]:
                has = f"{beginning} to {self.ends[topic]}"
                raise OffsetLostError(lost_offset(topic, decider.partition, offset, has))
            starts[topic] = beginning if offset is None else offset
        decider.skips = self.skips
        decider.topic_ids |= {topic: found for topic, found in self.topic_ids.items() if found}
        return starts

    async def close(self) -> None:
        """Close everything. The store closes before the producer, so that the next task can open it at once."""
        self.marker.close()
        self.store.close()
        await self.writer.close()


async def open_partition(
    spec: AgentSpec, partition: int, context: Context, is_closing: Callable[[], bool]
) -> Opened:
    """Fence, restore the rows, and return the open partition. On an error, close what was opened and raise.

    ``is_closing``: whether the task ends. The rows are then incomplete, and must not be decided with.
    """
    writer = TransactionalWriter(
        f"{context.app_id}-{spec.name}-{partition}",
        context.client,
        context.partitions,
        context.bounds.transaction_timeout_ms,
    )
    store: RocksStore | None = None
    consumer = reader(context.client)
    try:
        await writer.fence()
        await consumer.start()
        changelog = TopicPartition(context.changelog_topic(spec.name), partition)
        sources = [TopicPartition(topic, partition) for topic in spec.sources]
        beginnings = await consumer.beginning_offsets([changelog, *sources])
        ends = await consumer.end_offsets([changelog, *sources])
        skips = await _read_skips(consumer, partition, context)
        now_ms = time.time_ns() // 1_000_000
        ids = await topic_ids(consumer, [changelog.topic, *spec.sources])
        topic_id = ids.pop(changelog.topic)
        identity = changelog_identity(changelog.topic, partition, context.cluster_id, topic_id)
        if not ends[changelog]:
            await _refuse_lost_changelog(context, changelog, sources)
        await stop_reader(
            consumer
        )  # before the copy is open: a task that is cancelled here would leave it locked
        state = ChangelogState(
            identity,
            beginnings[changelog],
            ends[changelog],
            context.delete_retention_ms.get(spec.name, _DAY_MS),
        )
        store, rebuilt_because = open_copy(context, spec.name, partition, state, now_ms)
        position = (
            store.meta.next_offset if store.meta and store.meta.next_offset is not None else state.beginning
        )
        restored = await restore(
            context.state_thread,
            context.client,
            changelog,
            store,
            position,
            state.end,
            now_ms,
            is_closing,
            RestoreMeter(context.metrics, spec.name, partition).report_left,
        )
        return Opened(
            writer=writer,
            store=store,
            marker=CrashMarker(context.data_dir.marker_path(spec.name, partition)),
            beginnings={tp.topic: beginnings[tp] for tp in sources},
            ends={tp.topic: ends[tp] for tp in sources},
            topic_ids=ids,
            skips=skips,
            restored=restored,
            rebuilt_because=rebuilt_because,
        )
    except BaseException as error:
        if store is not None:
            store.close()
            if isinstance(error, StoreDamagedError):
                delete_copy(store.path)
        await writer.close()
        await stop_reader(consumer)
        raise


async def _read_skips(consumer: AIOKafkaConsumer, partition: int, context: Context) -> Skips:
    source = context.skip_source
    if source is None:
        return Skips()
    where = source.place(partition, context.partitions)
    return await read_skips(consumer, where, (await consumer.end_offsets([where]))[where], source)


async def _refuse_lost_changelog(
    context: Context, changelog: TopicPartition, sources: list[TopicPartition]
) -> None:
    """Raise ChangelogLostError if the changelog is empty although the group has read the sources before."""
    admin = AIOKafkaAdminClient(**context.client)
    await admin.start()
    try:
        committed = await admin.list_consumer_group_offsets(context.app_id, partitions=sources)
    finally:
        with suppress(Exception):
            await asyncio.wait_for(admin.close(), 1.0)
    read = {tp.topic: found.offset for tp, found in committed.items() if found.offset > 0}
    if read:
        raise ChangelogLostError(lost_changelog(changelog, f"is empty, but the group has read {read}"))


def open_copy(
    context: Context, agent: str, partition: int, state: ChangelogState, now_ms: int
) -> tuple[RocksStore, str | None]:
    """Open the local copy, or delete it and begin an empty one. Return it with the reason for that, or None."""
    path = context.data_dir.rows_path(agent, partition)
    try:
        store = RocksStore(path, state.identity)
    except (
        StoreDamagedError
    ):  # any other error passes: a copy that is locked, or a full disk, is tried again later
        delete_copy(path)
        return RocksStore(path, state.identity), "unreadable"
    stale = stale_copy(store.meta, state, now_ms)
    if stale is None:
        return store, None
    if stale is StaleCopy.RECREATED_CHANGELOG:
        store.close()
        topic = context.changelog_topic(agent)
        raise ChangelogLostError(
            lost_changelog(TopicPartition(topic, partition), f"is not the topic that {path} follows")
        )
    store.destroy()
    return RocksStore(path, state.identity), str(stale)
