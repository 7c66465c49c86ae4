"""What a replay has to know of the lead router's topics: which are inputs, which are results, how a first start ends."""

from __future__ import annotations

from typing import Final

from schemas.topics import TOPICS, VISITOR_EVENTS, Direction
from schemas.visitor_events import DirectoryReady
from workers.engine.api import Emit

INPUT_RANKS: Final = {
    name: rank for rank, (name, topic) in enumerate(TOPICS.items()) if topic.direction is Direction.IN
}
"""The input topics, each with its rank among records of one timestamp."""
RESULTS: Final = frozenset(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
COMPACTED: Final = frozenset(name for name, topic in TOPICS.items() if topic.compacted)
"""Topics of which a recording may hold the last value of a key only."""


def directory_ready(timestamp_ms: int) -> Emit:
    """Return the word that the CRM has been read: a history brings its CRM records in their own time."""
    ready = DirectoryReady(partition=0, partitions=1)
    return Emit(
        VISITOR_EVENTS.name, None, ready.model_dump_json().encode(), partition=0, timestamp_ms=timestamp_ms
    )
