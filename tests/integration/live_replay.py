"""A live run compared with the replay of its own logs: every output of accounts and desks to the byte."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from schemas.topics import DEAD_LETTERS, DESK_LEDGER, LEAD_ALERTS, LEAD_ROUTING, LEAD_SCORES, LEAD_STAGES
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.replay.recorded_logs import Difference, differences, replay_logs
from workers.replay.topic_roles import COMPACTED

if TYPE_CHECKING:
    from tape import Tape

    from workers.engine.api import Config, Record

COMPARED = frozenset(
    topic.name for topic in (LEAD_SCORES, LEAD_STAGES, LEAD_ROUTING, LEAD_ALERTS, DESK_LEDGER, DEAD_LETTERS)
)
_REPLAYED = frozenset({"accounts", "desks"})


def differences_of(tape: Tape, key: bytes, config: Config) -> tuple[list[Difference], Counter[str]]:
    """Return the differences between the live run and the replay, and the number of compared outputs by topic.

    Compared are key, value, headers, timestamp and partition. Records of a log that were not decided yet are left out,
    and so are the dead letters of agents with other sources than their own log. The broker may have compacted
    lead.scores before it was read: an earlier score of a lead may be missing, the last one must be there.
    """
    recorded = [record for record in tape.decided() if _is_replayed(record)]
    outputs = replay_logs(make_specs(key, tape.partitions), recorded, tape.partitions, config, dead_letter)
    counts = Counter(emit.topic for task in outputs for emit in task.emits if emit.topic in COMPARED)
    return differences(outputs, recorded, COMPARED, COMPACTED), counts


def _is_replayed(record: Record) -> bool:
    """Return whether a record belongs to the replay. Dead letters of other agents do not; the directory deletes them."""
    return record.topic != DEAD_LETTERS.name or json.loads(record.value or b"{}").get("agent") in _REPLAYED
