"""The roles of the topics in a replay: inputs with their ranks, results, and the record that ends a first start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.topics import TOPICS, VISITOR_EVENTS, Direction
from schemas.visitor_events import DirectoryReady
from workers.engine.api import AgentSpec, Emit

INPUT_RANKS: Final = {
    name: rank for rank, (name, topic) in enumerate(TOPICS.items()) if topic.direction is Direction.IN
}
"""The input topics, each with its rank among records of one timestamp."""
RESULTS: Final = frozenset(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
COMPACTED: Final = frozenset(name for name, topic in TOPICS.items() if topic.compacted)
"""Compacted topics. A recording may hold only the last value of a key."""


def ranks_of(specs: Mapping[str, AgentSpec]) -> dict[str, int]:
    """Return the topics that a history may hold, with their ranks: the inputs, then the topics of mapped sources."""
    known = frozenset(TOPICS)
    mapped = [
        topic
        for spec in specs.values()
        if spec.own_log not in known
        for topic in spec.sources
        if topic != spec.own_log
    ]
    first = max(INPUT_RANKS.values()) + 1
    return INPUT_RANKS | {topic: first + number for number, topic in enumerate(mapped)}


def directory_ready(timestamp_ms: int) -> Emit:
    """Return the record that ends the wait for the CRM at a first start.

    In a replay the CRM's records come from the history, in the order of their timestamps, so nothing waits for them.
    """
    ready = DirectoryReady(partition=0, partitions=1)
    return Emit(
        VISITOR_EVENTS.name, None, ready.model_dump_json().encode(), partition=0, timestamp_ms=timestamp_ms
    )
