"""Requests of Kafka's second transaction version (KIP-890, brokers from 4.0), which aiokafka does not have.

With this version a leader adds a partition to the transaction when it gets the first records (Produce from version 12), so
AddPartitionsToTxn is not sent. The answer to each end of a transaction has a new epoch (EndTxn version 5). A request of
an earlier transaction that arrives late has the old epoch and is refused.

A cluster has the version if its feature ``transaction.version`` is at least 2. Each broker reports the features that are
active in the cluster (ApiVersions from version 3).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from aiokafka.protocol.api import Request, RequestStruct, Response, ResponseHeader_v0
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEATURE = "transaction.version"
_SECOND = 2
_ACTIVE_FEATURES = 2
"""The tag of the features that are active in the cluster."""
_TEXT = CompactString("utf-8")
_TAGS: tuple[str, Any] = ("tags", TaggedFields)
_NO_TAGS: dict[int, bytes] = {}
_FEATURES = CompactArray(("name", _TEXT), ("highest", Int16), ("lowest", Int16), _TAGS)


class _ApiVersionsResponse_v3(Response):  # noqa: N801 - aiokafka names versions so
    API_KEY = 18
    API_VERSION = 3
    SCHEMA = Schema(
        ("error_code", Int16),
        ("apis", CompactArray(("api_key", Int16), ("lowest", Int16), ("highest", Int16), _TAGS)),
        ("throttle_time_ms", Int32),
        _TAGS,
    )


class _ApiVersionsRequest_v3(RequestStruct):  # noqa: N801 - aiokafka names versions so
    API_KEY = 18
    API_VERSION = 3
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _ApiVersionsResponse_v3
    SCHEMA = Schema(("client_software_name", _TEXT), ("client_software_version", _TEXT), _TAGS)

    def parse_response_header(self, read_buffer: BytesIO | bytes) -> ResponseHeader_v0:
        """Return the header. That of this request never has tagged fields (KIP-511)."""
        return ResponseHeader_v0.decode(read_buffer)


class FeaturesRequest(Request[_ApiVersionsRequest_v3]):
    """Asks a broker for the features of the cluster."""

    API_KEY = 18

    def build(self, request_struct_class: type[_ApiVersionsRequest_v3]) -> _ApiVersionsRequest_v3:
        """Return the request to send."""
        return request_struct_class("lead-router", "1", _NO_TAGS)


def has_second_version(answer: Any) -> bool:
    """Whether the second transaction version is active in the cluster, by the answer to a FeaturesRequest."""
    encoded: bytes | None = answer.tags.get(_ACTIVE_FEATURES)
    features = _FEATURES.decode(BytesIO(encoded)) if encoded else []
    return any(name == _FEATURE and highest >= _SECOND for name, highest, *_ in features or ())


class _ProduceResponse_v12(Response):  # noqa: N801 - aiokafka names versions so
    API_KEY = 0
    API_VERSION = 12
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic", _TEXT),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("error_code", Int16),
                        ("offset", Int64),
                        ("timestamp", Int64),
                        ("log_start_offset", Int64),
                        ("record_errors", CompactArray(("index", Int32), ("message", _TEXT), _TAGS)),
                        ("error_message", _TEXT),
                        _TAGS,
                    ),
                ),
                _TAGS,
            ),
        ),
        ("throttle_time_ms", Int32),
        _TAGS,
    )


class _ProduceRequest_v12(RequestStruct):  # noqa: N801 - aiokafka names versions so
    API_KEY = 0
    API_VERSION = 12
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _ProduceResponse_v12
    SCHEMA = Schema(
        ("transactional_id", _TEXT),
        ("required_acks", Int16),
        ("timeout", Int32),
        (
            "topics",
            CompactArray(
                ("topic", _TEXT),
                ("partitions", CompactArray(("partition", Int32), ("records", CompactBytes), _TAGS)),
                _TAGS,
            ),
        ),
        _TAGS,
    )


class AddingProduceRequest(Request[_ProduceRequest_v12]):
    """Writes record batches, and adds their partitions to the transaction."""

    API_KEY = 0

    def __init__(
        self,
        transactional_id: str,
        required_acks: int,
        timeout_ms: int,
        batches: Mapping[str, Sequence[tuple[int, bytes]]],
    ) -> None:
        self._settings = (transactional_id, required_acks, timeout_ms)
        self._topics = [
            (topic, [(partition, bytes(batch), _NO_TAGS) for partition, batch in of_topic], _NO_TAGS)
            for topic, of_topic in batches.items()
        ]

    def build(self, request_struct_class: type[_ProduceRequest_v12]) -> _ProduceRequest_v12:
        """Return the request to send."""
        return request_struct_class(*self._settings, self._topics, _NO_TAGS)


class _EndTxnResponse_v5(Response):  # noqa: N801 - aiokafka names versions so
    API_KEY = 26
    API_VERSION = 5
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("producer_id", Int64),
        ("producer_epoch", Int16),
        _TAGS,
    )


class _EndTxnRequest_v5(RequestStruct):  # noqa: N801 - aiokafka names versions so
    API_KEY = 26
    API_VERSION = 5
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _EndTxnResponse_v5
    SCHEMA = Schema(
        ("transactional_id", _TEXT),
        ("producer_id", Int64),
        ("producer_epoch", Int16),
        ("commits", Boolean),
        _TAGS,
    )


class RenewingEndRequest(Request[_EndTxnRequest_v5]):
    """Ends a transaction. The answer has the producer id and the epoch of the next one."""

    API_KEY = 26

    def __init__(
        self, transactional_id: str, producer_id: int, producer_epoch: int, *, commits: bool
    ) -> None:
        self._fields = (transactional_id, producer_id, producer_epoch, commits)

    def build(self, request_struct_class: type[_EndTxnRequest_v5]) -> _EndTxnRequest_v5:
        """Return the request to send."""
        return request_struct_class(*self._fields, _NO_TAGS)
