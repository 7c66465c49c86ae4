"""A live run held against the replay of its own logs: every output of accounts and desks to the byte."""

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
    """Return what is not the same live and replayed, and how many outputs of each topic were compared.

    Key, value, headers and stamp of each output, and its partition. What a log holds that was not decided yet is left
    out, and so are the dead letters of agents that have other sources than their own log. A broker may have compacted
    lead.scores before it was read: an earlier score of a lead may be missing then, the last one may not.
    """
    recorded = [record for record in tape.decided() if _is_replayed(record)]
    said = replay_logs(make_specs(key, tape.partitions), recorded, tape.partitions, config, dead_letter)
    counts = Counter(emit.topic for task in said for emit in task.emits if emit.topic in COMPARED)
    return differences(said, recorded, COMPARED, COMPACTED), counts


def _is_replayed(record: Record) -> bool:
    """Dead letters are deleted by the directory, which is none of the two."""
    return record.topic != DEAD_LETTERS.name or json.loads(record.value or b"{}").get("agent") in _REPLAYED
