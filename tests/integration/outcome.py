"""What two runs of the same events must agree on, whatever their order was: scores, stages, owners by right."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.topics import LEAD_ROUTING, LEAD_SCORES, LEAD_STAGES

BY_RIGHT = frozenset({"account_owner", "opportunity_owner"})
_EXPLAINED = ("fit", "behaviour", "total", "grade", "points", "gates", "points_missing")


class Outcome(NamedTuple):
    """The end of a run, by lead and by account."""

    scores: dict[str, Any]
    """The last score of each lead."""
    stages: dict[str, str]
    """The stage of each lead."""
    handed: dict[str, set[tuple[str, str]]]
    """Who of each account was handed over, and as what."""
    owners: dict[str, set[str]]
    """Who was given the hand-offs of an account by right; to whom they go when nobody answers follows the log."""


def outcome(results: Iterable[tuple[str, bytes | None]]) -> Outcome:
    """Fold (topic, value) in the order of each partition."""
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
            if event.get("how_chosen") in BY_RIGHT:
                made.owners[account].add(assignee["id"])
            elif assignee.get("deputy_for"):  # who is away when the desk decides hangs on its log's time
                made.owners[account].add(assignee["deputy_for"])
    return made
