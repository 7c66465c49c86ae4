"""The differences between the planned topics and those of a cluster, each with advice.

In: the plan (topic_plan.py) and the topics as the broker describes them. Out: problems. A worker does not start unless all
of them are warnings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from schemas.topics import DAY_MS

if TYPE_CHECKING:
    from workers.broker.topic_plan import FoundTopic, PlannedTopic

LEAST_RETENTION_MS: Final = 14 * DAY_MS
"""Least retention of a topic. Records expire by their own timestamps, and replays bring old ones. 14 days in ms."""
SEGMENT_BYTES: Final = "segment.bytes"
_FOREVER: Final = "-1"
_SAFE_IN_SYNC: Final = 2
"""The least count of replicas that have a record before it counts as written, where a topic has three or more."""
_CONSEQUENCES: Final = {
    "compact": "the broker deletes records that are still needed",
    "delete": "the broker removes events that share a key",
    "compact,delete": "erased data or expired data stays readable",
}


class ProblemKind(StrEnum):
    """The kinds of difference between a topic and its plan."""

    MISSING = "missing"
    NO_RIGHT = "no_right"
    PARTITIONS = "partitions"
    REPLICATION = "replication"
    CLEANUP_POLICY = "cleanup_policy"
    RETENTION = "retention"
    COMPACTION_LAG = "compaction_lag"
    DELETE_RETENTION = "delete_retention"
    SEGMENT = "segment"
    RETENTION_BYTES = "retention_bytes"
    TIMESTAMP_TYPE = "timestamp_type"
    MAX_MESSAGE_BYTES = "max_message_bytes"
    MIN_INSYNC_REPLICAS = "min_insync_replicas"


@dataclass(frozen=True, slots=True)
class Problem:
    """One difference that matters, with advice on how to fix it."""

    topic: str
    kind: ProblemKind
    found: str
    expected: str
    advice: str
    is_warning: bool = False
    """Whether workers may start all the same."""

    def __str__(self) -> str:
        word = "warning: " if self.is_warning else ""
        return f"{word}{self.topic}: {self.kind}: found {self.found}, expected {self.expected}; {self.advice}"


def find_problems(
    planned: list[PlannedTopic], found: Mapping[str, FoundTopic], denied: Collection[str] = ()
) -> list[Problem]:
    """Return the differences from the plan that matter, in the order of the plan, then a warning about a single copy.

    ``denied``: topics for which the user lacks a right.
    """
    problems = [problem for topic in planned for problem in _problems_of(topic, found, denied)]
    single = [
        topic.name
        for topic in planned
        if topic.replication_factor == 1 and topic.name in found and found[topic.name].replication_factor == 1
    ]
    if single:
        advice = "set replication_factor=3 in production, or a lost disk loses the state"
        count = f"1 replica of {len(single)} topics"
        problems.append(
            Problem(single[0], ProblemKind.REPLICATION, count, "3 replicas", advice, is_warning=True)
        )
    return problems


def _problems_of(
    topic: PlannedTopic, found: Mapping[str, FoundTopic], denied: Collection[str]
) -> list[Problem]:
    if topic.name in denied:
        return [_no_right(topic)]
    return _differences(topic, found[topic.name]) if topic.name in found else [_missing(topic)]


def _no_right(topic: PlannedTopic) -> Problem:
    advice = "give the user its rights (`lead-router topics rights` prints them); the topic may exist or not"
    found = "a topic that the user may not see"
    return Problem(topic.name, ProblemKind.NO_RIGHT, found, "the rights Describe and DescribeConfigs", advice)


def _missing(topic: PlannedTopic) -> Problem:
    advice = "create it with `lead-router topics create`"
    return Problem(topic.name, ProblemKind.MISSING, "no topic", f"{topic.partitions} partitions", advice)


def _differences(topic: PlannedTopic, found: FoundTopic) -> list[Problem]:
    differences: list[Problem] = []

    def report(kind: ProblemKind, was: object, wanted: object, advice: str) -> None:
        differences.append(Problem(topic.name, kind, str(was), str(wanted), advice))

    if found.partitions != topic.partitions:
        report(
            ProblemKind.PARTITIONS,
            found.partitions,
            topic.partitions,
            "a partition count can never change, because keys, rows and transactional ids depend on it: restore the"
            " setting `partitions`, or use a new `app_id` and new topics and rebuild from the inputs",
        )
    if not topic.config:  # a topic of another system, which decides everything else
        return differences
    if found.replication_factor < topic.replication_factor:
        advice = "reassign its replicas with Kafka's own tools, or lower the setting `replication_factor`"
        report(ProblemKind.REPLICATION, found.replication_factor, topic.replication_factor, advice)
    differences += _records(topic, found)
    policy, wanted = found.config.get("cleanup.policy", ""), topic.config["cleanup.policy"]
    if policy != wanted:
        consequence = _CONSEQUENCES[wanted]
        report(ProblemKind.CLEANUP_POLICY, policy, wanted, f"set cleanup.policy={wanted}, or {consequence}")
        return differences
    if "delete" in wanted:
        kept = found.config.get("retention.ms", _FOREVER)
        planned = topic.config.get("retention.ms", _FOREVER)
        least = LEAST_RETENTION_MS if planned == _FOREVER else min(LEAST_RETENTION_MS, int(planned))
        if kept != _FOREVER and int(kept) < least:
            advice = "raise retention.ms: a worker stops if its next record was deleted"
            report(ProblemKind.RETENTION, f"{kept} ms", f"{least} ms or more", advice)
    if "compact" in wanted:
        differences += _compaction(topic, found)
    return differences


def _records(topic: PlannedTopic, found: FoundTopic) -> list[Problem]:
    """Return the differences in how the broker stamps, limits, keeps and copies records."""
    differences: list[Problem] = []

    def compare(name: str, kind: ProblemKind, advice: str, *, is_least: bool = False) -> None:
        wanted = topic.config.get(name)
        if wanted is None:
            return
        was = found.config.get(name, wanted)
        if int(was) < int(wanted) if is_least else was != wanted:
            differences.append(Problem(topic.name, kind, was, wanted, f"set {name}={wanted}, or {advice}"))

    compare(
        "message.timestamp.type", ProblemKind.TIMESTAMP_TYPE, "the broker replaces stamps that decisions use"
    )
    compare(
        "max.message.bytes",
        ProblemKind.MAX_MESSAGE_BYTES,
        "the broker refuses large records and their partition makes no progress",
        is_least=True,
    )
    compare(
        "retention.bytes",
        ProblemKind.RETENTION_BYTES,
        "a full topic loses unread records and their partition stops",
    )
    in_sync = int(found.config.get("min.insync.replicas", _SAFE_IN_SYNC))
    if found.replication_factor > _SAFE_IN_SYNC > in_sync:
        advice = f"set min.insync.replicas={_SAFE_IN_SYNC}, or a committed record may be on one disk only"
        kind, least = ProblemKind.MIN_INSYNC_REPLICAS, f"{_SAFE_IN_SYNC} or more"
        differences.append(Problem(topic.name, kind, str(in_sync), least, advice, is_warning=True))
    return differences


def _compaction(topic: PlannedTopic, found: FoundTopic) -> list[Problem]:
    differences: list[Problem] = []
    lag = topic.config["max.compaction.lag.ms"]
    if int(found.config.get("max.compaction.lag.ms", 2**63 - 1)) > int(lag):
        is_at = f"{found.config.get('max.compaction.lag.ms', 'unbounded')} ms"
        advice = f"set max.compaction.lag.ms={lag}, or erased data stays readable"
        differences.append(
            Problem(topic.name, ProblemKind.COMPACTION_LAG, is_at, f"{lag} ms or less", advice)
        )
    kept = topic.config["delete.retention.ms"]
    if int(found.config.get("delete.retention.ms", 0)) < int(kept):
        is_at = f"{found.config.get('delete.retention.ms', 0)} ms"
        advice = f"set delete.retention.ms={kept}, or a reader that was down misses deletions"
        differences.append(
            Problem(topic.name, ProblemKind.DELETE_RETENTION, is_at, f"{kept} ms or more", advice)
        )
    if has_long_segments(topic, found):
        is_at = f"{found.config.get(SEGMENT_BYTES, 'unset')} bytes"
        advice = "run `lead-router topics create`, or a restore reads records that compaction has not removed"
        wanted = f"{topic.config[SEGMENT_BYTES]} bytes or less"
        differences.append(Problem(topic.name, ProblemKind.SEGMENT, is_at, wanted, advice))
    return differences


def has_long_segments(topic: PlannedTopic, found: FoundTopic) -> bool:
    """Whether the topic's segments may grow longer than planned."""
    wanted = topic.config.get(SEGMENT_BYTES)
    return wanted is not None and int(found.config.get(SEGMENT_BYTES, 1 << 30)) > int(wanted)
