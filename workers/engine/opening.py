"""Opens a partition: fence earlier producers, check the local copy, restore the rows, find the offset of each source.

In: an agent, a partition and the context. Out: an :class:`Opened` with which a task works.
The producer starts first. From then on no earlier owner of the partition can commit, and a transaction that it left open
is aborted before the end of the changelog is read. It never continues at an offset that the topic has lost.
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
    """The rows continue at an offset that the topic no longer has. Unread records were lost, and a jump would hide it."""


@dataclass(slots=True)
class Opened:
    """An open partition: a producer that has fenced, restored rows, the crash marker, and the bounds of the sources."""

    writer: TransactionalWriter
    store: RocksStore
    marker: CrashMarker
    beginnings: dict[str, int]
    ends: dict[str, int]
    restored: int
    rebuilt_because: str | None

    def starts(self, decider: Decider) -> dict[str, int]:
        """Return the next offset of each source. Raises OffsetLostError."""
        starts = {}
        for topic, beginning in self.beginnings.items():
            offset = decider.next_offset(topic)
            if offset is not None and not beginning <= offset <= self.ends[topic]:
                where = f"{topic}/{decider.partition}"
                msg = (
                    f"{where}: the rows continue at offset {offset}, but the topic has {beginning} to {self.ends[topic]}. Records "
                    "were deleted unread, or the topic was created again. Restore it, or rebuild under a new app id."
                )
                raise OffsetLostError(msg)
            starts[topic] = beginning if offset is None else offset
        return starts

    async def close(self) -> None:
        """Close everything. The store closes before the producer, so that the next task can open it at once."""
        self.marker.close()
        self.store.close()
        await self.writer.close()


async def open_partition(spec: AgentSpec, partition: int, context: Context) -> Opened:
    """Fence, restore the rows, and return the open partition. On an error, close what was opened and raise."""
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
        store, rebuilt_because = _open_copy(context, spec.name, partition, state, now_ms)
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


def _open_copy(
    context: Context, agent: str, partition: int, state: ChangelogState, now_ms: int
) -> tuple[RocksStore, str | None]:
    """Open the local copy, or delete it and begin an empty one. Return it with the reason for that, or None."""
    path = context.data_dir.rows_path(agent, partition)
    try:
        store = RocksStore(path, state.identity)
    except StoreLockedError:
        raise  # an earlier task of this process has not closed it yet: try again later
    except StoreUnreadableError:
        delete_copy(path)
        return RocksStore(path, state.identity), "unreadable"
    stale = stale_copy(store.meta, state, now_ms)
    if stale is None:
        return store, None
    store.destroy()
    return RocksStore(path, state.identity), str(stale)
