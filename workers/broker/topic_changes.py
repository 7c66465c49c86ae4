"""Applies to existing topics what a newer plan changes without deleting a record: the segment size of the changelogs.

In: the plan (topic_plan.py) and the topics at the broker. Out: the names of the changed topics. Kafka's AlterConfigs
replaces all settings of a topic, so those that the topic has are sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from workers.broker.clients import client_arguments
from workers.broker.topic_plan import SEGMENT_BYTES, TopicsError, found_topics, has_long_segments, plan_topics

if TYPE_CHECKING:
    from workers.settings import Settings

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
        found = await found_topics(admin, set(planned))
        long = [name for name, topic in found.items() if has_long_segments(planned[name], topic)]
        for name in long:
            size = {SEGMENT_BYTES: planned[name].config[SEGMENT_BYTES]}
            changed = ConfigResource(ConfigResourceType.TOPIC, name, await _own_settings(admin, name) | size)
            for response in await admin.alter_configs([changed]):
                for code, reason, *_ in response.resources:
                    if code:
                        raise TopicsError(
                            f"the broker did not change {name}: {reason or for_code(code).__name__}"
                        )
        return long
    finally:
        await admin.close()


async def _own_settings(admin: Any, name: str) -> dict[str, str]:
    (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    ((code, reason, _, _, entries),) = response.resources
    if code:
        raise TopicsError(f"the broker does not describe {name}: error {code}, {reason}")
    return {key: value for key, value, _, source, *_ in entries if source == _SET_FOR_TOPIC}
