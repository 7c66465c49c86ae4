"""Creating and checking the router's topics on a real Kafka."""

from __future__ import annotations

import time
import uuid

import pytest
from aiokafka.admin import NewTopic
from topics import admin_client

from workers.broker import clock_check
from workers.broker.clock_check import ClockDiffersError, check_clock
from workers.broker.topic_changes import shorten_segments
from workers.broker.topic_plan import (
    TopicsError,
    check_topics,
    create_topics,
    found_topics,
    plan_topics,
)
from workers.broker.topic_problems import ProblemKind
from workers.engine.context import watermark_topic
from workers.local_kafka.server import LocalKafka
from workers.settings import Settings

pytestmark = pytest.mark.kafka


async def test_topics_are_created_once_and_then_pass_their_check(own_kafka: LocalKafka) -> None:
    settings = Settings(bootstrap=own_kafka.bootstrap, partitions=2)
    assert {problem.kind for problem in await check_topics(settings)} == {ProblemKind.MISSING}
    assert await create_topics(settings) == [topic.name for topic in plan_topics(settings)]
    assert await check_topics(settings) == []
    assert await create_topics(settings) == []

    grown = Settings(bootstrap=own_kafka.bootstrap, partitions=3)
    assert await create_topics(grown) == []
    assert {problem.kind for problem in await check_topics(grown)} == {ProblemKind.PARTITIONS}


async def test_the_error_for_a_refused_topic_holds_the_brokers_reason(kafka: str) -> None:
    settings = Settings(bootstrap=kafka, app_id=f"many-{uuid.uuid4().hex}", replication_factor=100)
    with pytest.raises(TopicsError, match=r"did not create .*replication"):
        await create_topics(settings)


async def test_a_topic_that_was_there_keeps_its_settings_and_is_reported(own_kafka: LocalKafka) -> None:
    settings = Settings(bootstrap=own_kafka.bootstrap, partitions=1)
    name = f"{settings.app_id}-accounts-changelog"
    async with admin_client(own_kafka.bootstrap) as admin:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    assert name not in await create_topics(settings)
    assert [one.kind for one in await check_topics(settings) if one.topic == name] == [
        ProblemKind.CLEANUP_POLICY
    ]


async def test_changelogs_of_an_earlier_release_get_bounded_segments_and_keep_their_other_settings(
    own_kafka: LocalKafka,
) -> None:
    settings = Settings(bootstrap=own_kafka.bootstrap, partitions=1)
    plan = {topic.name: topic for topic in plan_topics(settings)}
    old = f"{settings.app_id}-accounts-changelog"
    config = dict(plan[old].config) | {"max.message.bytes": "2000000"}
    del config["segment.bytes"]
    async with admin_client(own_kafka.bootstrap) as admin:
        await admin.create_topics([NewTopic(old, 1, 1, topic_configs=config)])
        await create_topics(settings)
        assert [(one.topic, one.kind) for one in await check_topics(settings)] == [(old, ProblemKind.SEGMENT)]
        assert await shorten_segments(settings) == [old]
        assert await check_topics(settings) == []
        found = (await found_topics(admin, {old}))[old].config
    assert config.items() <= found.items()
    assert found["segment.bytes"] == "52428800"
    assert await shorten_segments(settings) == []


async def test_a_history_older_than_the_retention_is_kept_where_all_is_to_be_kept(
    own_kafka: LocalKafka,
) -> None:
    settings = Settings(bootstrap=own_kafka.bootstrap, partitions=1)
    await create_topics(settings, keep_forever=True)
    async with admin_client(own_kafka.bootstrap) as admin:
        found = await found_topics(admin, {topic.name for topic in plan_topics(settings)})
    assert {topic.config["retention.ms"] for topic in found.values()} == {"-1"}
    assert await check_topics(settings) == []


async def test_a_clock_that_is_two_hours_ahead_of_the_brokers_is_refused(
    kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its deadlines would fire two hours early, for good."""
    settings = Settings(bootstrap=kafka, app_id=f"clock-{uuid.uuid4().hex}", partitions=1)
    name = watermark_topic(settings.app_id)
    (watermarks,) = (topic for topic in plan_topics(settings) if topic.name == name)
    async with admin_client(kafka) as admin:
        await admin.create_topics([NewTopic(watermarks.name, 1, 1, topic_configs=dict(watermarks.config))])
    await check_clock(settings)
    ahead_ns = time.time_ns() + 2 * 3_600 * 10**9
    monkeypatch.setattr(clock_check.time, "time_ns", lambda: ahead_ns)
    with pytest.raises(ClockDiffersError, match=r"7[12]\d\d s ahead of the broker's"):
        await check_clock(settings)
