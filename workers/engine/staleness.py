"""May a local copy of the rows be gone on with, or must it be deleted and rebuilt from its changelog?

In: what the copy knows of itself and what the broker knows of the changelog. Out: a reason to rebuild, or None. A copy
that slept through the removal of tombstones would keep rows that were deleted long ago: an old copy brought an erased
person and a cancelled timer back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class LocalMeta(msgspec.Struct, frozen=True, array_like=True):
    """What a local copy knows of itself, written together with its rows."""

    changelog: str
    """Identity of the changelog that it follows: topic and partition, cluster id, topic id where known."""
    next_offset: int | None
    """The first offset of the changelog that the copy may lack; None: it was never told."""
    written_at_ms: int
    """Wall time of the last write, ms UTC."""


@dataclass(frozen=True, slots=True)
class ChangelogState:
    """What the broker says of the changelog partition."""

    identity: str
    beginning: int
    """The first offset still there."""
    end: int
    """The offset behind the last record (read_committed readers count transaction markers too)."""
    delete_retention_ms: int
    """The topic's ``delete.retention.ms``: how long a tombstone is surely still to be read."""


class StaleCopy(StrEnum):
    """Why a local copy must not be gone on with."""

    OTHER_CHANGELOG = "other_changelog"
    UNKNOWN_POSITION = "unknown_position"
    OUTSIDE_CHANGELOG = "outside_changelog"
    TOO_OLD = "too_old"


def stale_copy(meta: LocalMeta | None, changelog: ChangelogState, now_ms: int) -> StaleCopy | None:
    """Return why the copy must be deleted and rebuilt, or None where it may be gone on with.

    ``meta`` None is a copy that holds nothing yet; ``now_ms`` is wall time. Half of the retention is left for the
    restore itself. A copy dated further ahead than that was written by a clock that cannot be trusted: too old as well.
    """
    if meta is None:
        return None
    if meta.changelog != changelog.identity:
        return StaleCopy.OTHER_CHANGELOG
    if meta.next_offset is None:
        return StaleCopy.UNKNOWN_POSITION
    if not changelog.beginning <= meta.next_offset <= changelog.end:
        return StaleCopy.OUTSIDE_CHANGELOG
    if abs(now_ms - meta.written_at_ms) * 2 > changelog.delete_retention_ms:
        return StaleCopy.TOO_OLD
    return None
