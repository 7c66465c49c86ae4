"""Applies to existing topics what a newer plan changes without deleting a record: the segment size of the changelogs.

In: the plan (topic_plan.py) and the topics at the broker. Out: the names of the changed topics. Kafka's AlterConfigs
replaces all settings of a topic, so those that the topic has are sent again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from workers.broker.clients import client_arguments
from workers.broker.topic_plan import TopicsError, found_topics, plan_topics
from workers.broker.topic_problems import SEGMENT_BYTES, has_long_segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.broker.topic_plan import PlannedTopic
    from workers.settings import Settings

_POLLS: Final = 100
_POLL_EVERY_S: Final = 0.1
_SET_FOR_TOPIC: Final = 1
"""The ``config_source`` of a setting of the topic itself. Others are defaults of the broker."""


async def shorten_segments(settings: Settings) -> list[str]:
    """Set the planned ``segment.bytes`` on each changelog whose segments are longer. Return the names of the topics.

    Raises:
        TopicsError: the broker refused the change. The text names the topic.
        aiokafka.errors.KafkaConnectionError: no broker answers.
    """
    planned = {topic.name: topic for topic in plan_topics(settings) if SEGMENT_BYTES in topic.config}
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    await admin.start()
    try:
        long = await _long_segments(admin, planned)
        for name in long:
            size = {SEGMENT_BYTES: planned[name].config[SEGMENT_BYTES]}
            changed = ConfigResource(ConfigResourceType.TOPIC, name, await _own_settings(admin, name) | size)
            for response in await admin.alter_configs([changed]):
                for code, reason, *_ in response.resources:
                    if code:
                        raise TopicsError(
                            f"the broker did not change {name}: {reason or for_code(code).__name__}"
                        )
        for _ in range(_POLLS):  # the broker describes a change with a delay
            if not (long and await _long_segments(admin, planned)):
                return long
            await asyncio.sleep(_POLL_EVERY_S)
        raise TopicsError(f"segment.bytes changed, but the broker does not show it yet: {', '.join(long)}")
    finally:
        await admin.close()


async def _long_segments(admin: Any, planned: Mapping[str, PlannedTopic]) -> list[str]:
    found = await found_topics(admin, set(planned))
    return [name for name, topic in found.items() if has_long_segments(planned[name], topic)]


async def _own_settings(admin: Any, name: str) -> dict[str, str]:
    (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    ((code, reason, _, _, entries),) = response.resources
    if code:
        raise TopicsError(f"the broker does not describe {name}: error {code}, {reason}")
    return {key: value for key, value, _, source, *_ in entries if source == _SET_FOR_TOPIC}
