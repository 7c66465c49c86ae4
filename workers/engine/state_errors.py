"""The errors of a worker that cannot read or write its own state. They are never the fault of a record.

A decision that meets one of them is not a dead letter: the task drops the batch, closes, and opens again from its rows.
"""

from __future__ import annotations


class StateError(Exception):
    """The state of a partition cannot be read or written. Raised by the store and the rows, handled by the task."""


class StoreFailedError(StateError):
    """The local copy fails for a reason outside its files: a full disk, or no open files left. The copy stays as it is."""


class StoreDamagedError(StateError):
    """The files of the local copy are damaged. The copy must be deleted and is then rebuilt from the changelog."""


class RowUnreadableError(StateError):
    """A stored row cannot be decoded, usually because a newer version wrote it. A rebuild of the copy would not help."""

    def __init__(self, prefix: str, type_name: str, reason: str) -> None:
        super().__init__(
            f"a stored row of the type {type_name} (prefix {prefix!r}) cannot be read: {reason}. "
            "A newer version may have written it; run that version or a later one"
        )


class RecordDamagedError(RowUnreadableError):
    """A record of a source is damaged in its topic. Like an unreadable row, it stops the partition."""

    def __init__(self, topic: str, partition: int, offset: int, detail: str) -> None:
        Exception.__init__(
            self,
            f"{topic}/{partition}: the record at offset {offset} cannot be read: {detail}. "
            f"Restore the topic, or pass the record with `lead-router dlq skip {topic}/{partition}/{offset}`",
        )
