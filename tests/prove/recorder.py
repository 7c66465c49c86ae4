"""Records a long run as a subscriber with read_committed sees it, without keeping its inputs.

Kept are the internal logs that a replay needs, and all results. Of the rows it keeps the offsets and
cursors, which show whether a record is handled, and it counts the outcomes of visits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.integration.tape import Tape
from tests.prove.bad_records import SourceTopic
from tests.prove.outside_checks import RESULTS, key_of
from tests.prove.visit_outcomes import VisitOutcomes
from workers.demo.findings import EDGE
from workers.engine.api import AgentSpec, Record
from workers.engine.batch import OffsetRow
from workers.engine.control import is_control
from workers.engine.rows import SEP
from workers.engine.timers import CursorRow

_INPUTS = frozenset(SourceTopic)
_PROGRESS_ROWS = frozenset({OffsetRow.prefix.encode(), CursorRow.prefix.encode()})


class Recorder(Tape):
    """A tape that keeps no inputs and no rows, so that a run of a million events fits into memory."""

    def __init__(self, bootstrap: str, app_id: str, specs: Iterable[AgentSpec], partitions: int) -> None:
        super().__init__(bootstrap, app_id, specs, partitions)
        self.outcomes = VisitOutcomes()
        self._inputs = [
            (spec.name, topic, partition)
            for spec in self._specs
            for topic in spec.sources
            if topic in _INPUTS
            for partition in range(partitions)
        ]

    @property
    def handled(self) -> int:
        """The number of input records whose outcome is committed."""
        return sum(
            self._decided.get((agent, partition, topic), 0) for agent, topic, partition in self._inputs
        )

    def values(self) -> dict[str, list[bytes]]:
        """Return the values of each result topic. Tombstones are left out."""
        return {
            topic: [record.value for record in self.records[topic] if record.value is not None]
            for topic in sorted(RESULTS)
        }

    def dead_visits(self, bad_names: frozenset[str]) -> int:
        """Return the number of visits that became dead letters. Bad records of the run itself are not visits."""
        letters = (json.loads(value) for value in self.values()["dead.letters"])
        return sum(letter["topic"] in EDGE and key_of(letter) not in bad_names for letter in letters)

    def _take(self, raw: Any) -> None:
        if raw.topic in _INPUTS:
            self._next[raw.topic, raw.partition] = raw.offset + 1
            return
        super()._take(raw)
        record: Record = self.records[raw.topic][-1]
        if raw.topic == "lead.events" and record.value is not None and not is_control(record):
            self.outcomes.add_lead_event(record.value)

    def _take_row(self, agent: str, partition: int, key: bytes, value: bytes | None) -> None:
        if agent == "visitors":
            self.outcomes.add_visitor_row(partition, key, value)
        if key.partition(SEP)[0] in _PROGRESS_ROWS:
            super()._take_row(agent, partition, key, value)
