"""The planned topics, their creation, and the check of a cluster against the plan.

In: the contract (schemas/topics.py) and the settings. Out: a plan, and the problems of a cluster (topic_problems.py).
An existing topic is never changed or deleted here. Its partition count can never change, and the operator decides
which data a retention deletes. topic_changes.py applies the one change that deletes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import ClusterAuthorizationFailedError, TopicAuthorizationFailedError

from schemas.topics import DAY_MS, TOPICS, Direction
from workers.broker.clients import client_arguments
from workers.broker.topic_problems import SEGMENT_BYTES, find_problems
from workers.config import mapped_sources
from workers.engine.context import changelog_topic, config_topic, watermark_topic
from workers.engine.topic_ids import denied_topics
from workers.shadow import topic_names
from workers.sources.agent import agent_of, log_of

if TYPE_CHECKING:
    from workers.broker.topic_problems import Problem
    from workers.settings import Settings

AGENTS: Final = ("visitors", "directory", "accounts", "desks")
_CHANGELOG_SEGMENT: Final = 50 << 20
"""Bytes of a changelog's segments, as in Kafka Streams. The newest one is never compacted, so a restore reads all of it."""
_FOREVER: Final = "-1"
_WATERMARKS: Final = {
    "cleanup.policy": "delete",
    "retention.ms": "3600000",
    "segment.ms": "3600000",
    "message.timestamp.type": "LogAppendTime",
}
"""Settings of the topic of watermarks. Only its newest records are read, so it keeps an hour.

The broker stamps its records, so a worker can compare its clock with the broker's.
"""
_POLICIES: Final = {
    "cleanup.policy": "compact",
    "max.compaction.lag.ms": str(DAY_MS),
    "delete.retention.ms": str(DAY_MS),
}
"""Settings of the topic of policies. It keeps the text of each policy that was followed, for `lead-router policy publish`."""
_WRITTEN_HERE: Final = {"message.timestamp.type": "CreateTime", "max.message.bytes": "1048588"}
"""Settings of topics that only workers write: their stamps are part of a decision, and a record may take a megabyte."""
_NO_SIZE_LIMIT: Final = {"retention.bytes": "-1"}
KEEP_FOREVER: Final = {"retention.ms": _FOREVER}
_TOPIC_ALREADY_EXISTS: Final = 36
_NO_RIGHTS: Final = (TopicAuthorizationFailedError.errno, ClusterAuthorizationFailedError.errno)
_LISTED_WITHIN_S: Final = 15.0
_POLL_EVERY_S: Final = 0.1


class TopicsError(Exception):
    """The broker refused to create or describe a topic. The text names the topic and quotes the broker."""


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """One topic with the configuration that it is created with."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """One topic as the broker describes it. ``replication_factor`` is the lowest of its partitions."""

    partitions: int
    replication_factor: int
    config: Mapping[str, str]


def plan_topics(settings: Settings, erase_within_ms: int = DAY_MS) -> list[PlannedTopic]:
    """Return every topic of the contract, the changelog of every agent, and the topics of watermarks and policies.

    Compacted outputs and changelogs are compacted within the policy's ``erase_within``, so that erased data is gone
    in time. A changelog keeps its tombstones for a day. A worker that was down for more than half a day rebuilds its
    copy.
    """
    lag = {"max.compaction.lag.ms": str(erase_within_ms)}
    changelog = lag | {
        "cleanup.policy": "compact",
        "delete.retention.ms": str(DAY_MS),
        "min.cleanable.dirty.ratio": "0.2",
        SEGMENT_BYTES: str(_CHANGELOG_SEGMENT),
    }
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    wanted = {
        names[topic.name]: replace(topic, retention_ms=settings.retention_days * DAY_MS).config()
        | (lag if topic.compacted and topic.direction is Direction.OUT else {})
        | ({} if topic.direction is Direction.IN else _WRITTEN_HERE)
        | (_NO_SIZE_LIMIT if topic.expires or not topic.compacted else {})
        for topic in TOPICS.values()
    }
    wanted |= {changelog_topic(settings.app_id, agent): changelog | _WRITTEN_HERE for agent in AGENTS}
    planned = [
        PlannedTopic(name, settings.partitions, settings.replication_factor, config)
        for name, config in wanted.items()
    ]
    shared = {
        watermark_topic(settings.app_id): _WATERMARKS,
        config_topic(settings.app_id): _POLICIES | _WRITTEN_HERE,
    }
    of_one = [PlannedTopic(name, 1, settings.replication_factor, config) for name, config in shared.items()]
    return [*planned, *_plan_sources(settings, changelog | _WRITTEN_HERE), *of_one]


def _plan_sources(settings: Settings, changelog: Mapping[str, str]) -> list[PlannedTopic]:
    """Return the topic, the log and the changelog of each mapped source. The topic belongs to the source: only its partitions count."""
    log = {"cleanup.policy": "delete", "retention.ms": str(settings.retention_days * DAY_MS)}
    wanted: dict[str, Mapping[str, str]] = {}
    for mapping in mapped_sources(settings):
        wanted[mapping.topic] = {}
        wanted[log_of(mapping.source)] = log | _WRITTEN_HERE | _NO_SIZE_LIMIT
        wanted[changelog_topic(settings.app_id, agent_of(mapping.source))] = changelog
    return [
        PlannedTopic(name, settings.partitions, settings.replication_factor, config)
        for name, config in wanted.items()
    ]


async def create_topics(
    settings: Settings, *, keep_forever: bool = False, erase_within_ms: int = DAY_MS
) -> list[str]:
    """Create the missing topics of the plan, wait until the broker lists them, and return their names.

    Existing topics stay as they are.

    Args:
        settings: the settings of the installation.
        keep_forever: whether records never expire. Kafka takes a record's age from its own timestamp, so a history
            older than the retention would be deleted before it is read.
        erase_within_ms: the policy's ``erase_within``. Milliseconds.

    Raises:
        TopicsError: the broker refused to create a topic, or does not list it in time.
        aiokafka.errors.KafkaConnectionError: no broker answers.
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
        for name, code, *reason in response.topic_errors:
            if code not in (0, _TOPIC_ALREADY_EXISTS):
                why = reason[0] if reason else "no reason given"
                if code in _NO_RIGHTS:
                    why += (
                        "; the user needs the right Create (`lead-router topics rights operator` prints it)"
                    )
                raise TopicsError(f"the broker did not create {name}: error {code}, {why}")
        names = [topic.name for topic in missing]
        await _wait_until_listed(admin, names)
        return names
    finally:
        await admin.close()


async def check_topics(settings: Settings, erase_within_ms: int = DAY_MS) -> list[Problem]:
    """Return the problems of the cluster's topics without warnings. Workers may start if there is none.

    Raises:
        aiokafka.errors.KafkaConnectionError: no broker answers.
    """
    return [found for found in await inspect_topics(settings, erase_within_ms) if not found.is_warning]


async def inspect_topics(settings: Settings, erase_within_ms: int = DAY_MS) -> list[Problem]:
    """Return the problems of the cluster's topics, and warnings.

    Raises:
        aiokafka.errors.KafkaConnectionError: no broker answers.
    """
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    await admin.start()
    try:
        planned = plan_topics(settings, erase_within_ms)
        found, denied = await _seen_topics(admin, {topic.name for topic in planned})
        return find_problems(planned, found, denied)
    finally:
        await admin.close()


async def found_topics(admin: Any, names: set[str]) -> dict[str, FoundTopic]:
    """Return the existing topics among ``names``, as far as the user may see them."""
    return (await _seen_topics(admin, names))[0]


async def _seen_topics(admin: Any, names: set[str]) -> tuple[dict[str, FoundTopic], set[str]]:
    """Return the existing topics among ``names``, and those for which the user lacks a right.

    All topics are requested from the broker, because a request for a missing topic may create it. The broker leaves out the
    topics that the user may not describe, so the rest is requested by name, in a request that creates nothing.
    """
    described = {
        topic["topic"]: topic["partitions"]
        for topic in await admin.describe_topics()
        if topic["topic"] in names
    }
    left = names - described.keys()
    denied = await denied_topics(admin._client, left) if left else set()  # noqa: SLF001 - the admin has no public request
    if not described:
        return {}, denied
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    configs: dict[str, dict[str, str]] = {}
    for response in await admin.describe_configs(asked):
        for code, reason, _, name, entries in response.resources:
            if code == TopicAuthorizationFailedError.errno:
                denied.add(name)
            elif code:
                raise TopicsError(f"the broker does not describe {name}: error {code}, {reason}")
            configs[name] = {entry[0]: entry[1] for entry in entries}
    found = {
        name: FoundTopic(
            partitions=len(partitions),
            replication_factor=min((len(one["replicas"]) for one in partitions), default=0),
            config=configs[name],
        )
        for name, partitions in described.items()
    }
    return found, denied


async def _wait_until_listed(admin: Any, names: list[str]) -> None:
    """Wait until the broker lists the topics: its metadata shows a created topic with a delay."""
    for _ in range(int(_LISTED_WITHIN_S / _POLL_EVERY_S)):
        if set(names) <= set(await admin.list_topics()):
            return
        await asyncio.sleep(_POLL_EVERY_S)
    raise TopicsError(
        f"topics created, but the broker does not list them after {_LISTED_WITHIN_S:.0f} s: {', '.join(names)}"
    )
