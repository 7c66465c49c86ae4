"""Requests the ids of topics. A topic that was deleted and created again has another id, although its name is the same.

Offsets and local copies belong to the id. Metadata requests return it from version 10 on (KIP-516, Kafka 2.8), which
aiokafka does not have, so the request is defined here with aiokafka's types.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from aiokafka.errors import (
    IncompatibleBrokerVersion,
    KafkaError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BytesIO

    from aiokafka import AIOKafkaConsumer

_NO_ID = uuid.UUID(int=0)


class _Uuid(AbstractType[uuid.UUID]):
    @classmethod
    def encode(cls, value: uuid.UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> uuid.UUID:
        return uuid.UUID(bytes=data.read(16))


class _MetadataResponse_v10(Response):  # noqa: N801 - aiokafka names versions so
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataRequest_v10(RequestStruct):  # noqa: N801 - aiokafka names versions so
    API_KEY = 3
    API_VERSION = 10
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse_v10
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(("topic_id", _Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields)),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_operations", Boolean),
        ("include_topic_operations", Boolean),
        ("tags", TaggedFields),
    )


class _MetadataRequest(Request[_MetadataRequest_v10]):
    API_KEY = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics: list[tuple[uuid.UUID, str, dict[int, bytes]]] = [
            (_NO_ID, topic, {}) for topic in topics
        ]

    def build(self, request_struct_class: type[_MetadataRequest_v10]) -> _MetadataRequest_v10:
        return request_struct_class(self._topics, False, False, False, {})  # noqa: FBT003 - positional only


async def denied_topics(client: Any, topics: Iterable[str]) -> set[str]:
    """Return the topics that the user may not describe, whether they exist or not. Empty if the broker is older than 2.8.

    ``client``: aiokafka's client of a consumer or an admin.
    """
    node = client.get_random_node()
    if node is None:
        msg = "no broker is known"
        raise KafkaError(msg)
    try:
        answer = await client.send(node, _MetadataRequest(topics))
    except IncompatibleBrokerVersion:
        return set()
    return {name for code, name, *_ in answer.topics if code == TopicAuthorizationFailedError.errno}


async def topic_ids(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> dict[str, str]:
    """Return the id of each topic, 32 hexadecimal digits. It is empty if the broker is older than Kafka 2.8.

    Raises aiokafka.errors.KafkaError, for example UnknownTopicOrPartitionError if a topic does not exist.
    """
    client: Any = consumer._client  # noqa: SLF001 - the consumer has no public way to send a request
    node = client.get_random_node()
    if node is None:
        msg = "no broker is known"
        raise KafkaError(msg)
    names = list(topics)
    found = dict.fromkeys(names, "")
    try:
        answer = await client.send(node, _MetadataRequest(names))
    except IncompatibleBrokerVersion:
        return found
    for code, name, topic_id, *_ in answer.topics:
        if code:
            raise for_code(code)(name)
        found[name] = "" if topic_id == _NO_ID else topic_id.hex
    return found
