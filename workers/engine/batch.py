"""The values of one batch: its limits, what it commits, and the engine's own rows.

A batch is the records that one task decides together and commits in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from workers.engine.quarantine import QuarantineLimits
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.engine.api import Emit


class OffsetRow(Row, frozen=True):
    """The next offset of one source, and the only truth about what was handled. One row per source."""

    prefix: ClassVar[str] = "~offset"
    next_offset: int
    topic_id: str = ""
    """Id of the topic to which the offset belongs, 32 hexadecimal digits. Empty: not known, as in a replay."""


class StreamTimeRow(Row, frozen=True):
    """The stream time: the largest stamp of a handled record or tick. Milliseconds UTC. One row."""

    prefix: ClassVar[str] = "~time"
    now_ms: int = 0


class RowTooLargeError(Exception):
    """A changed row is too large for the changelog."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one record, one output and the dead letters of one partition."""

    max_record_bytes: int = 1_000_000
    max_output_bytes: int = 900_000
    quarantine: QuarantineLimits = field(default_factory=QuarantineLimits)


@dataclass(slots=True)
class InputCounts:
    """Fields and records of one batch that could not be used, for the metrics."""

    unread: list[tuple[str, str]] = field(default_factory=list)
    """(topic, field) of each field that could not be read."""
    outdated: list[str] = field(default_factory=list)
    """Topic of each record that is older than what is known."""

    def clear(self) -> None:
        """Forget the counts, because their batch is committed."""
        self.unread.clear()
        self.outdated.clear()


@dataclass(frozen=True, slots=True)
class Decided:
    """The outputs and changed rows that a batch commits, together or not at all. A row of None is a deletion."""

    outputs: list[Emit]
    changes: dict[bytes, bytes | None]
    largest_row_bytes: int = 0
    """Size of the largest changed row, its key included."""


def largest_row(changes: dict[bytes, bytes | None], max_bytes: int) -> int:
    """Return the size of the largest changed row, its key included. Raises RowTooLargeError if one exceeds ``max_bytes``."""
    largest = 0
    for key, value in changes.items():
        if value is not None and (size := len(value) + len(key)) > largest:
            largest = size
            if size > max_bytes:
                raise RowTooLargeError(key.split(b"\x00", 1)[0].decode())
    return largest
