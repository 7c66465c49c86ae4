"""The part of the outputs that must be equal in two runs of the same events in any order: scores, stages, owners."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.topics import LEAD_ROUTING, LEAD_SCORES, LEAD_STAGES

CHOSEN_AS_OWNER = frozenset({"account_owner", "opportunity_owner"})
_EXPLAINED = ("fit", "behaviour", "total", "grade", "points", "gates", "points_missing")


class Outcome(NamedTuple):
    """The end of a run, by lead and by account."""

    scores: dict[str, Any]
    """The last score of each lead, by lead_id."""
    stages: dict[str, str]
    """The stage of each lead, by lead_id."""
    handed: dict[str, set[tuple[str, str]]]
    """The (lead_id, kind) of the leads that were handed over, by account."""
    owners: dict[str, set[str]]
    """The owners who got hand-offs of their own account. Later reassignments depend on the order of the log."""


def outcome(results: Iterable[tuple[str, bytes | None]]) -> Outcome:
    """Return the outcome of (topic, value) pairs, which keep the order of each partition."""
    made = Outcome({}, {}, defaultdict(set), defaultdict(set))
    for topic, value in results:
        if topic == LEAD_SCORES.name:
            event = json.loads(value or b"{}")
            why = event["explanation"]
            made.scores[event["lead_id"]] = [event["stage"], *(why[name] for name in _EXPLAINED)]
        elif topic == LEAD_STAGES.name:
            event = json.loads(value or b"{}")
            made.stages[event["lead_id"]] = event["to_stage"]
        elif topic == LEAD_ROUTING.name:
            event = json.loads(value or b"{}")
            account = event["account_key"]
            if event["action"] == "assigned":
                made.handed[account].add((event["lead_id"], event["kind"]))
            assignee = event.get("assignee") or {}
            if event.get("how_chosen") in CHOSEN_AS_OWNER:
                made.owners[account].add(assignee["id"])
            elif assignee.get(
                "deputy_for"
            ):  # whether an owner is absent at the decision depends on the time of the desk's log
                made.owners[account].add(assignee["deputy_for"])
    return made
