"""One record of an input topic, as another system would write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class MarketRecord(NamedTuple):
    """One generated record.

    ``timestamp_ms`` is the time of arrival in milliseconds UTC. A value of bytes is invalid input, written unchanged.
    The value None deletes the key.
    """

    topic: str
    key: str | None
    timestamp_ms: int
    value: dict[str, Any] | bytes | None


def record_at(
    topic: str, key: str | None, at: datetime, value: dict[str, Any] | bytes | None
) -> MarketRecord:
    """Return a record that arrives ``at`` this time."""
    return MarketRecord(topic, key, int(at.timestamp() * 1_000), value)
