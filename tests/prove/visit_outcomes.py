"""The outcome of every visit of a long run: none may be lost, whatever the rows forget later.

In: the facts of `lead.events`, the changes of the rows of `visitors`, and the dead letters. Out: the number of visits with a
known outcome. The demo counts the rows that are left at the end; here history expires, so every event id that was ever stored
counts, and the largest count of each day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import msgspec

from workers.engine.rows import SEP, decode
from workers.visitors.rows import CountRow, HistoryRow

_FACTS = frozenset({"lead_activity", "lead_form", "lead_chat"})
_COUNT, _HISTORY = CountRow.prefix.encode(), HistoryRow.prefix.encode()


class _LeadEvent(msgspec.Struct, frozen=True):
    type: str
    event_id: str = ""
    is_activity: bool = False


_lead_event = msgspec.json.Decoder(_LeadEvent).decode


@dataclass(slots=True)
class VisitOutcomes:
    """The visits with a known outcome, by event id, and the visits that are only counted."""

    _known: set[str] = field(default_factory=set)
    _counted: Counter[tuple[int, bytes]] = field(default_factory=Counter)

    def add_lead_event(self, value: bytes) -> None:
        """Add a record of `lead.events` that is not the engine's own."""
        event = _lead_event(value)
        if event.type in _FACTS or (event.type == "lead_consent" and event.is_activity):
            self._known.add(event.event_id)

    def add_visitor_row(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Add a change of a row of `visitors`."""
        prefix, _, rest = key.partition(SEP)
        if value is None:
            return
        if prefix == _HISTORY:
            self._known.add(rest.rsplit(SEP, 1)[1].decode())
        elif prefix == _COUNT:
            row = decode(CountRow, value)
            self._counted[partition, key] = row.nobody + row.no_visits + row.repeated

    def accounted(self, dead_visits: int) -> int:
        """Return the number of visits with an outcome. ``dead_visits`` of them are dead letters."""
        return len(self._known) + self._counted.total() + dead_visits
