"""The topics at the broker: what there must be, and what is wrong with what is there.

In: the contract (schemas/topics.py) and the settings. Out: a plan, and the problems of a cluster that differs from it.
Nothing that exists is changed or deleted here: partition counts are for life, and whose data a retention would delete
is not ours to decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.topics import DAY_MS, TOPICS, Direction
from workers.broker.clients import client_arguments
from workers.engine.context import changelog_topic
from workers.shadow import topic_names

if TYPE_CHECKING:
    from workers.settings import Settings

AGENTS: Final = ("visitors", "directory", "accounts", "desks")
LEAST_RETENTION_MS: Final = 14 * DAY_MS
"""A fortnight of history must live: records are kept by their own stamps, and replays bring old ones."""
_FOREVER: Final = "-1"
_LOST_OTHERWISE: Final = {
    "compact": "records that are still needed would be deleted",
    "delete": "events would be merged",
    "compact,delete": "what an erasure deletes stays, or what is old does",
}
KEEP_FOREVER: Final = {"retention.ms": _FOREVER}
_TOPIC_ALREADY_EXISTS: Final = 36
_VISIBLE_WITHIN_S: Final = 15.0
_LOOK_EVERY_S: Final = 0.1


class TopicsError(Exception):
    """The broker refused to create a topic, or does not show it; the text names the topic and the broker's words."""


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """One topic as it is to be created."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """One topic as the broker describes it; ``replication_factor`` is that of its least replicated partition."""

    partitions: int
    replication_factor: int
    config: Mapping[str, str]


class ProblemKind(StrEnum):
    """What can be wrong with a topic."""

    MISSING = "missing"
    PARTITIONS = "partitions"
    REPLICATION = "replication"
    CLEANUP_POLICY = "cleanup_policy"
    RETENTION = "retention"
    COMPACTION_LAG = "compaction_lag"
    DELETE_RETENTION = "delete_retention"


@dataclass(frozen=True, slots=True)
class Problem:
    """One difference that matters, with what to do about it."""

    topic: str
    kind: ProblemKind
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.kind}: found {self.found}, expected {self.expected}; {self.advice}"


def plan_topics(settings: Settings, erase_within_ms: int = DAY_MS) -> list[PlannedTopic]:
    """Return every topic of the contract, and the changelog of every agent.

    What we write and compact is compacted within the policy's ``erase_within``, so that what was erased is gone. A
    changelog keeps its tombstones for a day: a worker that was away for more than half of it rebuilds its copy.
    """
    lag = {"max.compaction.lag.ms": str(erase_within_ms)}
    changelog = lag | {
        "cleanup.policy": "compact",
        "delete.retention.ms": str(DAY_MS),
        "min.cleanable.dirty.ratio": "0.2",
    }
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    wanted = {
        names[topic.name]: replace(topic, retention_ms=settings.retention_days * DAY_MS).config()
        | (lag if topic.compacted and topic.direction is Direction.OUT else {})
        for topic in TOPICS.values()
    }
    wanted |= {changelog_topic(settings.app_id, agent): changelog for agent in AGENTS}
    return [
        PlannedTopic(name, settings.partitions, settings.replication_factor, config)
        for name, config in wanted.items()
    ]


def find_problems(planned: list[PlannedTopic], found: Mapping[str, FoundTopic]) -> list[Problem]:
    """Return what differs from the plan and matters, in the plan's order."""
    return [
        problem
        for topic in planned
        for problem in (_differences(topic, found[topic.name]) if topic.name in found else [_missing(topic)])
    ]


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
            "partition counts are for life, because keys, rows and transactional ids hang on them: put the setting"
            " `partitions` back, or take a new `app_id`, new topics and a rebuild from the inputs",
        )
    if found.replication_factor < topic.replication_factor:
        advice = "reassign its replicas with Kafka's own tools, or lower the setting `replication_factor`"
        report(ProblemKind.REPLICATION, found.replication_factor, topic.replication_factor, advice)
    policy, wanted = found.config.get("cleanup.policy", ""), topic.config["cleanup.policy"]
    if policy != wanted:
        lost = _LOST_OTHERWISE[wanted]
        report(ProblemKind.CLEANUP_POLICY, policy, wanted, f"set cleanup.policy={wanted}, or {lost}")
        return differences
    if "delete" in wanted:
        kept = found.config.get("retention.ms", _FOREVER)
        if kept != _FOREVER and int(kept) < LEAST_RETENTION_MS:
            advice = "raise retention.ms: a worker stops where its next record is gone"
            report(ProblemKind.RETENTION, f"{kept} ms", f"{LEAST_RETENTION_MS} ms or more", advice)
    if "compact" in wanted:
        differences += _compaction(topic, found)
    return differences


def _compaction(topic: PlannedTopic, found: FoundTopic) -> list[Problem]:
    differences: list[Problem] = []
    lag = topic.config["max.compaction.lag.ms"]
    if int(found.config.get("max.compaction.lag.ms", 2**63 - 1)) > int(lag):
        is_at = f"{found.config.get('max.compaction.lag.ms', 'unbounded')} ms"
        advice = f"set max.compaction.lag.ms={lag}, or what was erased stays readable"
        differences.append(
            Problem(topic.name, ProblemKind.COMPACTION_LAG, is_at, f"{lag} ms or less", advice)
        )
    kept = topic.config["delete.retention.ms"]
    if int(found.config.get("delete.retention.ms", 0)) < int(kept):
        is_at = f"{found.config.get('delete.retention.ms', 0)} ms"
        advice = f"set delete.retention.ms={kept}, or a reader that was away misses deletions"
        differences.append(
            Problem(topic.name, ProblemKind.DELETE_RETENTION, is_at, f"{kept} ms or more", advice)
        )
    return differences


async def create_topics(
    settings: Settings, *, keep_forever: bool = False, erase_within_ms: int = DAY_MS
) -> list[str]:
    """Create the topics of the plan that are not there, wait until the broker shows them, and return their names.

    ``keep_forever``: no record is deleted for its age. Age is told by the record's own stamp, so a history that is older
    than the retention would be gone before it is read. What exists stays as it is.

    Raises TopicsError, and aiokafka's KafkaConnectionError where no broker answers.
    """
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in plan_topics(settings, erase_within_ms) if topic.name not in there]
        if not missing:
            return []
        response = await admin.create_topics(
            [
                NewTopic(
                    topic.name,
                    num_partitions=topic.partitions,
                    replication_factor=topic.replication_factor,
                    topic_configs=dict(topic.config) | (KEEP_FOREVER if keep_forever else {}),
                )
                for topic in missing
            ]
        )
        for name, code, *said in response.topic_errors:
            if code not in (0, _TOPIC_ALREADY_EXISTS):
                raise TopicsError(
                    f"the broker did not create {name}: error {code}, {said[0] if said else 'no reason given'}"
                )
        names = [topic.name for topic in missing]
        await _until_visible(admin, names)
        return names
    finally:
        await admin.close()


async def check_topics(settings: Settings, erase_within_ms: int = DAY_MS) -> list[Problem]:
    """Return what is wrong with the cluster's topics; empty where workers may start.

    Raises aiokafka's KafkaConnectionError where no broker answers.
    """
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    await admin.start()
    try:
        planned = plan_topics(settings, erase_within_ms)
        return find_problems(planned, await found_topics(admin, {topic.name for topic in planned}))
    finally:
        await admin.close()


async def found_topics(admin: Any, names: set[str]) -> dict[str, FoundTopic]:
    """Describe those of ``names`` that exist. All topics are listed: asking for a missing one may create it."""
    described = {
        topic["topic"]: topic["partitions"]
        for topic in await admin.describe_topics()
        if topic["topic"] in names
    }
    if not described:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    configs: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs(asked):
        for code, said, _, name, entries in response.resources:
            if code:
                raise TopicsError(f"the broker does not describe {name}: error {code}, {said}")
            configs[name] = {entry[0]: entry[1] for entry in entries}
    return {
        name: FoundTopic(
            partitions=len(partitions),
            replication_factor=min((len(one["replicas"]) for one in partitions), default=0),
            config=configs[name],
        )
        for name, partitions in described.items()
    }


async def _until_visible(admin: Any, names: list[str]) -> None:
    """Wait for the brokers' metadata: a created topic is not everywhere at once."""
    for _ in range(int(_VISIBLE_WITHIN_S / _LOOK_EVERY_S)):
        if set(names) <= set(await admin.list_topics()):
            return
        await asyncio.sleep(_LOOK_EVERY_S)
    raise TopicsError(
        f"created, but not shown by the broker after {_VISIBLE_WITHIN_S:.0f} s: {', '.join(names)}"
    )
