"""Whether a cluster has the second transaction version, by a broker's answer."""

from __future__ import annotations

from io import BytesIO

import pytest
from aiokafka.protocol.types import UnsignedVarInt32

from workers.engine.transaction_version import _FEATURES, _ApiVersionsResponse_v3, has_second_version


def answer_with(features: dict[str, int] | None) -> _ApiVersionsResponse_v3:
    """Return the answer of a broker as it is read from the network. None: it has no features at all."""
    head = _ApiVersionsResponse_v3(0, [(26, 0, 5, {})], 0, {}).encode()[:-1]
    if features is None:
        return _ApiVersionsResponse_v3.decode(BytesIO(head + b"\x00"))
    active = _FEATURES.encode([(name, level, 1, {}) for name, level in features.items()])
    size = UnsignedVarInt32.encode(len(active))
    return _ApiVersionsResponse_v3.decode(
        BytesIO(head + b"\x02" + b"\x01\x08" + bytes(8) + b"\x02" + size + active)
    )


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"metadata.version": 27, "transaction.version": 2}, True),
        ({"transaction.version": 3}, True),
        ({"transaction.version": 1}, False),
        ({"metadata.version": 27}, False),
        ({}, False),
        (None, False),
    ],
)
def test_the_second_version_is_used_only_where_it_is_active(
    features: dict[str, int] | None, *, expected: bool
) -> None:
    assert has_second_version(answer_with(features)) is expected
