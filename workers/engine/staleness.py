"""Decides whether a local copy of the rows may be used, or must be deleted and rebuilt from its changelog.

In: the copy's own metadata and the state of the changelog at the broker. Out: a reason to rebuild, or None.
A copy must not be older than the tombstones in its changelog: it would keep rows that were deleted long ago. An old copy
once brought back an erased person and a cancelled timer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

TOPIC_ID_MARK = "#"
"""Separates the topic's id from the rest of a changelog's identity. Copies of earlier releases have no id."""


def changelog_identity(topic: str, partition: int, cluster_id: str, topic_id: str) -> str:
    """Return the identity of a changelog, which its local copies hold."""
    return f"{topic}-{partition}@{cluster_id}{TOPIC_ID_MARK}{topic_id}"


class LocalMeta(msgspec.Struct, frozen=True, array_like=True):
    """The metadata of a local copy. It is written together with the rows."""

    changelog: str
    """Identity of the changelog that the copy follows: topic, partition, cluster id and, after a #, the topic's id."""
    next_offset: int | None
    """The first offset of the changelog that may be missing from the copy. None: unknown."""
    written_at_ms: int
    """Wall time of the last write. Milliseconds UTC."""


@dataclass(frozen=True, slots=True)
class ChangelogState:
    """The state of the changelog partition, as the broker reports it."""

    identity: str
    beginning: int
    """The first offset that the partition still has."""
    end: int
    """The offset after the last record. It counts transaction markers too."""
    delete_retention_ms: int
    """The topic's ``delete.retention.ms``: how long a tombstone can be read at least. Milliseconds."""


class StaleCopy(StrEnum):
    """Why a local copy must not be used."""

    OTHER_CHANGELOG = "other_changelog"
    RECREATED_CHANGELOG = "recreated_changelog"
    """The topic has the same name in the same cluster, but another id: it was deleted and created again."""
    UNKNOWN_POSITION = "unknown_position"
    OUTSIDE_CHANGELOG = "outside_changelog"
    TOO_OLD = "too_old"


def stale_copy(meta: LocalMeta | None, changelog: ChangelogState, now_ms: int) -> StaleCopy | None:
    """Return why the copy must be deleted and rebuilt, or None if it may be used.

    An empty copy has no ``meta``. ``now_ms`` is wall time. A copy may be half as old as the retention; the other half
    is left for the restore. A copy future-dated by more than that was written by a wrong clock, and counts as too old.
    """
    if meta is None:
        return None
    if meta.changelog != changelog.identity:
        place, _, topic_id = meta.changelog.partition(TOPIC_ID_MARK)
        place_now, _, id_now = changelog.identity.partition(TOPIC_ID_MARK)
        is_recreated = place == place_now and topic_id and id_now
        return StaleCopy.RECREATED_CHANGELOG if is_recreated else StaleCopy.OTHER_CHANGELOG
    if meta.next_offset is None:
        return StaleCopy.UNKNOWN_POSITION
    if not changelog.beginning <= meta.next_offset <= changelog.end:
        return StaleCopy.OUTSIDE_CHANGELOG
    if abs(now_ms - meta.written_at_ms) * 2 > changelog.delete_retention_ms:
        return StaleCopy.TOO_OLD
    return None
