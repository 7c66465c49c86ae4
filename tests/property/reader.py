"""What a reader of the results believes after each record: who has whom, in which stage, with how many points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas.outputs import LeadRouting, LeadScore, LeadStage
from schemas.vocabulary import Action


class Reader(NamedTuple):
    """What a reader of the results believes."""

    held: tuple[tuple[str, str, str, str], ...] = ()
    """(handoff_id, lead_id, account_key, assignee) of what is open."""
    stages: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[str, int], ...] = ()


def believes(reader: Reader, said: Sequence[Any]) -> Reader:
    """What a reader believes after these results; never two reps for a person, or for an account key."""
    held = {one[0]: one for one in reader.held}
    stages, totals = dict(reader.stages), dict(reader.totals)
    for one in said:
        if isinstance(one, LeadRouting) and one.action is Action.WITHDRAWN:
            del held[one.handoff_id]
        elif isinstance(one, LeadRouting):
            assert one.assignee is not None
            held[one.handoff_id] = (one.handoff_id, one.lead_id, one.account_key, one.assignee.id)
            mine = {found[2:] for found in held.values() if found[1] == one.lead_id}
            assert len(mine) == 1, f"{one.lead_id} has two owners or two accounts: {mine}"
            reps = {found[3] for found in held.values() if found[2] == one.account_key}
            assert len(reps) == 1, f"{one.account_key} has two owners: {reps}"
        elif isinstance(one, LeadStage):
            stages[one.lead_id] = one.to_stage.value
        elif isinstance(one, LeadScore):
            totals[one.lead_id] = one.explanation.total
    return Reader(tuple(sorted(held.values())), tuple(sorted(stages.items())), tuple(sorted(totals.items())))
