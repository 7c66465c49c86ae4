"""Taking a partition: fence, check the local copy, restore, and find where each source goes on.

The producer is started first: no earlier holder can write anything visible from then on, and whatever it left open is
aborted before the changelog's end is asked for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiokafka.structs import TopicPartition

from workers.engine.marker import CrashMarker
from workers.engine.producer import TransactionalWriter
from workers.engine.restore import read_changelog, reader
from workers.engine.staleness import ChangelogState, stale_copy
from workers.engine.store import RocksStore, StoreLockedError, StoreUnreadableError, delete_copy

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec
    from workers.engine.context import Context
    from workers.engine.decide import Decider

_DAY_MS = 86_400_000


class OffsetLostError(Exception):
    """The rows go on at an offset that the topic no longer has: records were lost, and jumping would hide it."""


@dataclass(slots=True)
class Opened:
    """A fenced producer, restored rows, and the bounds of the sources."""

    writer: TransactionalWriter
    store: RocksStore
    marker: CrashMarker
    beginnings: dict[str, int]
    ends: dict[str, int]
    restored: int
    rebuilt_because: str | None

    def starts(self, decider: Decider) -> dict[str, int]:
        """Return where each source goes on. Raises OffsetLostError."""
        starts = {}
        for topic, beginning in self.beginnings.items():
            offset = decider.next_offset(topic)
            if offset is not None and not beginning <= offset <= self.ends[topic]:
                where = f"{topic}/{decider.partition}"
                msg = (
                    f"{where}: the rows go on at offset {offset}, the topic has {beginning} to {self.ends[topic]}. "
                    "Records were deleted unread, or the topic is another one. Restore it, or rebuild under a new app id."
                )
                raise OffsetLostError(msg)
            starts[topic] = beginning if offset is None else offset
        return starts

    async def close(self) -> None:
        """Close everything; the order lets a successor open the store at once."""
        self.marker.close()
        self.store.close()
        await self.writer.close()


async def open_partition(spec: AgentSpec, partition: int, context: Context) -> Opened:
    """Fence, restore, and return what the task works with. Closes what it opened when it fails."""
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
        now_ms = time.time_ns() // 1_000_000
        identity = f"{changelog.topic}-{partition}@{context.cluster_id}"
        state = ChangelogState(
            identity,
            beginnings[changelog],
            ends[changelog],
            context.delete_retention_ms.get(spec.name, _DAY_MS),
        )
        store, rebuilt_because = _checked_copy(context, spec.name, partition, state, now_ms)
        position = (
            store.meta.next_offset if store.meta and store.meta.next_offset is not None else state.beginning
        )
        restored = await read_changelog(consumer, changelog, store, position, state.end, now_ms)
        return Opened(
            writer=writer,
            store=store,
            marker=CrashMarker(context.data_dir.marker_path(spec.name, partition)),
            beginnings={tp.topic: beginnings[tp] for tp in sources},
            ends={tp.topic: ends[tp] for tp in sources},
            restored=restored,
            rebuilt_because=rebuilt_because,
        )
    except BaseException:
        if store is not None:
            store.close()
        await writer.close()
        raise
    finally:
        await consumer.stop()


def _checked_copy(
    context: Context, agent: str, partition: int, state: ChangelogState, now_ms: int
) -> tuple[RocksStore, str | None]:
    path = context.data_dir.rows_path(agent, partition)
    try:
        store = RocksStore(path, state.identity)
    except StoreLockedError:
        raise  # an earlier task of this process has not let go of it yet: begin again later
    except StoreUnreadableError:
        delete_copy(path)
        return RocksStore(path, state.identity), "unreadable"
    stale = stale_copy(store.meta, state, now_ms)
    if stale is None:
        return store, None
    store.destroy()
    return RocksStore(path, state.identity), str(stale)
