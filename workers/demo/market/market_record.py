"""One record that another system would write into an input topic."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class MarketRecord(NamedTuple):
    """``timestamp_ms`` is the arrival, milliseconds UTC. A value of bytes is rubbish, as it came; None deletes."""

    topic: str
    key: str | None
    timestamp_ms: int
    value: dict[str, Any] | bytes | None


def record_at(
    topic: str, key: str | None, at: datetime, value: dict[str, Any] | bytes | None
) -> MarketRecord:
    """Return the record of what arrived ``at``."""
    return MarketRecord(topic, key, int(at.timestamp() * 1_000), value)
