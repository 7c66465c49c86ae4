"""What a batch is bounded by, what it commits, and the engine's own rows that every batch writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from workers.engine.quarantine import QuarantineLimits
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.api import Emit


class OffsetRow(Row, frozen=True):
    """The next offset of one source: the only truth about what was handled. One row a source."""

    prefix: ClassVar[str] = "~offset"
    next_offset: int


class StreamTimeRow(Row, frozen=True):
    """The largest stamp of a handled record. One row."""

    prefix: ClassVar[str] = "~time"
    now_ms: int = 0


class RowTooLargeError(Exception):
    """A changed row would not fit into the changelog."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what one partition takes and makes."""

    max_record_bytes: int = 1_000_000
    max_output_bytes: int = 900_000
    quarantine: QuarantineLimits = field(default_factory=QuarantineLimits)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch commits: outputs and changed rows, together or not at all."""

    outputs: list[Emit]
    changes: dict[bytes, bytes | None]
