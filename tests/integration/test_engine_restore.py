"""Reading a changelog into a local copy, beside the event loop. Real Kafka and real RocksDB."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition
from topics import create_topics

from workers.engine.restore import restore
from workers.engine.state_thread import StateThread
from workers.engine.store import RocksStore

pytestmark = pytest.mark.kafka
ROWS = 9_000


class WatchedStore(RocksStore):
    """A local copy that notes which threads write it, and calls ``on_load`` before each write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "changelog")
        self.threads: set[str] = set()
        self.on_load: Callable[[], object] = lambda: None

    def load(
        self, changes: dict[bytes, bytes | None], changelog_offset: int, at_ms: int | None = None
    ) -> bool:
        self.threads.add(threading.current_thread().name)
        self.on_load()
        return super().load(changes, changelog_offset, at_ms)


def rows_of(store: RocksStore) -> dict[bytes, bytes]:
    return dict(store.scan(b"row", b"rox"))


@pytest.fixture
async def changelog(kafka: str) -> TopicPartition:
    """Return a changelog of ROWS rows, of which every third one was deleted afterwards."""
    tp = TopicPartition(f"restore-{uuid.uuid4().hex[:12]}", 0)
    await create_topics(kafka, [tp.topic], 1, {})
    async with AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=20) as producer:
        sent = [await producer.send(tp.topic, b"%d" % n, b"row%05d" % n, partition=0) for n in range(ROWS)]
        sent += [await producer.send(tp.topic, None, b"row%05d" % n, partition=0) for n in range(0, ROWS, 3)]
        await asyncio.gather(*sent)
    return tp


EXPECTED = {b"row%05d" % n: b"%d" % n for n in range(ROWS) if n % 3}
END = ROWS + ROWS // 3


async def test_the_rows_are_read_and_written_outside_of_the_workers_event_loop(
    kafka: str, changelog: TopicPartition, tmp_path: Path
) -> None:
    store = WatchedStore(tmp_path / "rows")
    client = {"bootstrap_servers": kafka}
    assert await restore(StateThread(), client, changelog, store, 0, END, 1_000) == END
    assert rows_of(store) == EXPECTED
    assert store.meta is not None
    assert (store.meta.next_offset, store.meta.written_at_ms) == (END, 1_000)
    assert store.threads == {"local-copies"}
    store.close()
    reopened = RocksStore(store.path, "changelog")
    assert (rows_of(reopened), reopened.meta) == (EXPECTED, store.meta)
    reopened.close()


async def test_a_restore_ends_between_two_portions_when_its_task_closes_and_continues_there(
    kafka: str, changelog: TopicPartition, tmp_path: Path
) -> None:
    store = WatchedStore(tmp_path / "rows")
    client = {"bootstrap_servers": kafka}
    closing = threading.Event()
    store.on_load = closing.set
    first = await restore(StateThread(), client, changelog, store, 0, END, 1_000, closing.is_set)
    assert store.meta is not None
    assert 0 < first == store.meta.next_offset < END
    rest = await restore(StateThread(), client, changelog, store, first, END, 1_000)
    assert (first + rest, rows_of(store)) == (END, EXPECTED)
    store.close()


async def test_a_restore_that_waits_for_others_ends_when_its_task_closes(
    kafka: str, changelog: TopicPartition, tmp_path: Path
) -> None:
    store = WatchedStore(tmp_path / "rows")
    thread = StateThread()
    closing = threading.Event()

    async def occupy() -> None:
        while not thread.readers.locked():
            await thread.readers.acquire()

    await thread.run(occupy())
    client = {"bootstrap_servers": kafka}
    waiting = asyncio.create_task(restore(thread, client, changelog, store, 0, END, 1_000, closing.is_set))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    closing.set()
    assert await asyncio.wait_for(waiting, 1.0) == 0
    assert store.meta is None
    store.close()


async def test_nothing_writes_the_copy_after_a_cancelled_restore(
    kafka: str, changelog: TopicPartition, tmp_path: Path
) -> None:
    store = WatchedStore(tmp_path / "rows")
    begun = threading.Event()
    store.on_load = begun.set
    client = {"bootstrap_servers": kafka}
    work = asyncio.create_task(restore(StateThread(), client, changelog, store, 0, END, 1_000))
    await asyncio.to_thread(begun.wait)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    reached = store.meta
    await asyncio.sleep(0.5)
    assert store.meta == reached
    store.close()


async def test_an_error_of_the_thread_reaches_the_task(
    kafka: str, changelog: TopicPartition, tmp_path: Path
) -> None:
    store = RocksStore(tmp_path / "rows", "one changelog")
    store.write({b"row": b"1"})
    store._changelog = "another changelog"
    with pytest.raises(ValueError, match="follows the changelog one changelog"):
        await restore(StateThread(), {"bootstrap_servers": kafka}, changelog, store, 0, END, 1_000)
    store.close()
