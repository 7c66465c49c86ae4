"""The hop of one source: its records become events of the contract, in the input topics of `visitors` and `directory`.

In: records of the source's topic. Out: events with the record's own time of arrival. It has no rows: the same record gives the
same events, so an event that is sent twice has the same id. A record that is not one of the source becomes a dead letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import BaseHop, Emit, RefusedError
from workers.sources.record_mapping import map_value
from workers.sources.record_shapes import NoRecordError

if TYPE_CHECKING:
    from workers.engine.api import Clock, Cursor, Headers, Record, Timer
    from workers.engine.rows import Rows
    from workers.sources.mapping_model import Mapping
    from workers.sources.record_mapping import MappedEvent

IMPORTED: Final = "imported"
"""The header of past events (docs/history.md). It is copied to the events of a record."""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """The events of one Kafka record of a source."""

    events: tuple[MappedEvent, ...] = ()
    refused: tuple[str, ...] = ()
    """Why events of some of its records cannot be made."""
    unread: tuple[tuple[str, str], ...] = field(default=())


class SourceHop(BaseHop):
    """The hop of the agent of one source."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping

    def parse(self, record: Record) -> MappedRecord:
        """Map a record. A record without a value, as a deletion in the source's own topic, has no events.

        Raises RefusedError if the value is not a record of the source.
        """
        if not record.value:
            return MappedRecord()
        try:
            outcomes = map_value(self._mapping, record.value, record.timestamp_ms)
        except NoRecordError as error:
            raise RefusedError(error.reason, error.detail) from None
        return MappedRecord(
            tuple(event for outcome in outcomes for event in outcome.events),
            tuple(text for outcome in outcomes for text in outcome.refused),
            tuple(place for outcome in outcomes for place in outcome.unread),
        )

    def key_of(self, event: MappedRecord) -> str | None:
        """Return None: every partition may map a record."""
        del event
        return None

    def unread_of(self, event: MappedRecord) -> tuple[tuple[str, str], ...]:
        """Return (topic, field) of each value that the mapping could not read."""
        return event.unread

    def handle(self, event: MappedRecord, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Return the events. Raises RefusedError, with the events that could be made, if some could not."""
        del rows, clock
        headers = tuple(header for header in record.headers if header[0] == IMPORTED)
        emits = [_emit_of(one, record.timestamp_ms, headers) for one in event.events]
        if event.refused:
            detail = f"{self._mapping.source}: {event.refused[0]}"
            if len(event.refused) > 1:
                detail += f"; and {len(event.refused) - 1} more"
            raise RefusedError(DeadLetterReason.BREAKS_CONTRACT, detail, tuple(emits))
        return emits

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Return no outputs: a source sets no timer."""
        del timer, rows, clock
        return []

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Return no outputs: a source has no long work."""
        del cursor, rows, clock
        return [], None


def _emit_of(event: MappedEvent, arrival_ms: int, headers: Headers) -> Emit:
    key = None if event.key is None else event.key.encode()
    spread = None if event.key is not None or event.value is None else event.value["event_id"].encode()
    return Emit(event.topic, key, event.encode(), spread, headers=headers, timestamp_ms=arrival_ms)
