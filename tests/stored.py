"""Stores of results for tests: filled with the real inputs and outputs of a replayed story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import httpx2

from tests.scenarios.story import Story
from workers.engine.api import Record
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS
from workers.result_store.console_tables import console_tables
from workers.result_store.projection import Projection
from workers.result_store.store_file import Place, ResultStore

Browser = Callable[[Story, str], httpx2.AsyncClient]
"""Opens a console over a story, as of a time of it."""
KEY = b"a key for tests only"
"""The key of lead ids in a story."""


def records_of(story: Story, until: str | None = None) -> list[Record]:
    """Return the inputs and the results of a story, each with its offset in partition 0."""
    emits = story.replay(until).emits
    inputs = [
        (one.topic, one.timestamp_ms, one.key, one.value)
        for one in History([story.history()], INPUT_RANKS).in_order()
    ]
    results = [(one.topic, one.timestamp_ms or 0, one.key, one.value) for one in emits]
    offsets: Counter[str] = Counter()
    records = []
    for topic, at_ms, key, value in sorted([*inputs, *results], key=lambda one: one[1]):
        records.append(Record(topic, 0, offsets[topic], at_ms, key, value))
        offsets[topic] += 1
    return records


def open_store(path: Path, *more: Projection) -> ResultStore:
    """Open a store with the console's tables. Its topics have one partition."""
    return ResultStore(path, (*console_tables("lead-router", KEY), *more), KEY)


def begin(store: ResultStore, topic_id: str = "first", end: int = 1_000_000) -> dict[Place, int]:
    """Let a store begin. ``topic_id``: the id of all topics."""
    return store.begin(
        dict.fromkeys(store.topics, topic_id), {(topic, 0): (0, end) for topic in store.topics}
    )


def deliver(store: ResultStore, records: Iterable[Record], *, size: int = 7, topic_id: str = "first") -> None:
    """Deliver records as a broker would: from the offsets that the store names, in batches."""
    offsets = begin(store, topic_id)
    wanted = [one for one in records if one.offset >= offsets.get((one.topic, 0), 1_000_000)]
    for batch in batches(wanted, size):
        store.apply(batch)


def batches(records: Sequence[Record], size: int) -> Iterable[Sequence[Record]]:
    """Yield the records in batches."""
    for first in range(0, len(records), size):
        yield records[first : first + size]


def filled(path: Path, story: Story, until: str | None = None) -> Path:
    """Write a store with all of a story. Return its file."""
    store = open_store(path)
    deliver(store, records_of(story, until), size=500)
    store.close()
    return path
