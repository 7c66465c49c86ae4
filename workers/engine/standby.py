"""Standby copies: local copies of partitions that other workers own, kept up to date from their changelogs.

In: the tasks of other workers that the group gave to this worker as standbys. Out: local copies in the data folder, where
a task of this worker finds them if it gets the partition. It then reads only the end of the changelog. A standby copy is
checked like any other copy (staleness.py), and follows committed records only.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from aiokafka.structs import TopicPartition

from workers.engine.datadir import task_name
from workers.engine.opening import ChangelogLostError, open_copy
from workers.engine.restore import load, reader, stop_reader
from workers.engine.staleness import ChangelogState, changelog_identity
from workers.engine.state_errors import StoreDamagedError
from workers.engine.store import RocksStore
from workers.engine.topic_ids import topic_ids
from workers.engine.unpacking import unpack_rows

if TYPE_CHECKING:
    from workers.engine.context import Context

log = structlog.get_logger(__name__)
TaskKey = tuple[str, int]
_POLL_MS = 200
_MOST_RECORDS = 2_000
_FETCH_BYTES = 1 << 20
_FRESH_S = 60.0
"""The time between two notes in a copy that it is complete, while its changelog gets no record. Seconds."""
_RETRY_S = 5.0
_RELEASE_S = 3.0
_DAY_MS = 86_400_000


class Standbys:
    """The standby copies of one process. The thread of the local copies reads and writes them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stores: dict[TaskKey, RocksStore] = {}
        self._written_at_ms: dict[TaskKey, int] = {}
        self._work: asyncio.Task[None] | None = None

    def copies(self) -> dict[str, RocksStore]:
        """Return the open standby copies, by the names of their folders."""
        return {task_name(*key): store for key, store in self._stores.copy().items()}

    async def keep(self, tasks: set[TaskKey]) -> None:
        """Follow exactly these tasks from now on. The copies of all others are closed when it returns."""
        if not tasks and self._work is None:
            return
        try:
            await asyncio.wait_for(self._context.state_thread.run(self._change(tasks)), _RELEASE_S)
        except TimeoutError:  # a task that finds its copy open tries again
            log.warning("standbys_not_released", tasks=len(tasks))

    # In the thread of the local copies.

    async def _change(self, tasks: set[TaskKey]) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        for key in set(self._stores) - tasks:
            self._close(key)
        self._work = asyncio.create_task(self._follow(tasks)) if tasks else None

    def _close(self, key: TaskKey) -> None:
        self._stores.pop(key).close()
        with suppress(KeyError):
            self._context.metrics.standby_behind.remove(key[0], str(key[1]))

    async def _follow(self, tasks: set[TaskKey]) -> None:
        while True:
            try:
                await self._read(tasks)
            except Exception as error:  # the copies are followed again after any error
                log.warning("standby_restarted", error=type(error).__name__, after_s=_RETRY_S, exc_info=True)
            for key in list(self._stores):
                self._close(key)
            await asyncio.sleep(_RETRY_S)

    async def _read(self, tasks: set[TaskKey]) -> None:
        consumer = reader(self._context.client, _FETCH_BYTES)
        try:
            await consumer.start()
            unpack_rows(consumer)
            following = await self._open(consumer, tasks)
            if not following:
                return
            noted_s = dict.fromkeys(following, 0.0)
            is_complete = False
            while True:
                fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
                for tp, records in fetched.items():
                    await self._load(following[tp], records)
                for tp, key in following.items():
                    noted_s[tp] = await self._note(consumer, tp, key, noted_s[tp])
                if not is_complete and all(noted_s.values()):
                    is_complete = True
                    log.info("standbys_complete", tasks=len(following))
        finally:
            # In the background, so that a task that needs a copy does not wait for the connection's end.
            self._stopping = asyncio.create_task(stop_reader(consumer))

    async def _open(self, consumer: Any, tasks: set[TaskKey]) -> dict[TopicPartition, TaskKey]:
        """Open the copies. Return the changelogs, of which the consumer is at the position of each copy."""
        context = self._context
        changelogs = {
            TopicPartition(context.changelog_topic(agent), partition): (agent, partition)
            for agent, partition in sorted(tasks)
        }
        beginnings = await consumer.beginning_offsets(list(changelogs))
        ends = await consumer.end_offsets(list(changelogs))
        ids = await topic_ids(consumer, {tp.topic for tp in changelogs})
        now_ms = time.time_ns() // 1_000_000
        for tp, key in changelogs.items():
            if key in self._stores:
                continue
            identity = changelog_identity(tp.topic, tp.partition, context.cluster_id, ids[tp.topic])
            kept_ms = context.delete_retention_ms.get(key[0], _DAY_MS)
            state = ChangelogState(identity, beginnings[tp], ends[tp], kept_ms)
            try:
                self._stores[key], _ = open_copy(context, *key, state, now_ms)
            except ChangelogLostError as error:
                log.error(  # noqa: TRY400 - the reason is in its text
                    "standby_refused", agent=key[0], partition=key[1], why=str(error)
                )
            self._written_at_ms[key] = now_ms
        following = {tp: key for tp, key in changelogs.items() if key in self._stores}
        consumer.assign(list(following))
        for tp, key in following.items():
            meta = self._stores[key].meta
            known = meta.next_offset if meta is not None else None
            consumer.seek(tp, beginnings[tp] if known is None else known)
        return following

    async def _load(self, key: TaskKey, records: list[Any]) -> None:
        store = self._stores[key]
        try:
            await load(store, records, self._written_at_ms[key])
        except StoreDamagedError:
            log.error("copy_damaged", path=str(store.path))  # noqa: TRY400 - the error is logged where it ends
            with suppress(OSError):
                store.destroy()
            raise

    async def _note(self, consumer: Any, tp: TopicPartition, key: TaskKey, noted_s: float) -> float:
        """Measure how far the copy is behind. Note in it, from time to time, that it is complete."""
        stable_end = consumer.last_stable_offset(tp)
        if stable_end is None:
            return noted_s
        position = await consumer.position(tp)
        self._context.metrics.standby_behind.labels(*key).set(max(0, stable_end - position))
        if position < stable_end or (noted_s and time.monotonic() - noted_s < _FRESH_S):
            return noted_s
        self._written_at_ms[key] = time.time_ns() // 1_000_000
        self._stores[key].load({}, position, self._written_at_ms[key])
        return time.monotonic()
