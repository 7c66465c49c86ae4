"""A reader of the results: its view of holders, stages and points after each record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas.outputs import LeadRouting, LeadScore, LeadStage
from schemas.vocabulary import Action


class Reader(NamedTuple):
    """The state of all accounts, as a reader of the results derives it."""

    held: tuple[tuple[str, str, str, str], ...] = ()
    """(handoff_id, lead_id, account_key, assignee) of each open hand-off."""
    stages: tuple[tuple[str, str], ...] = ()
    """(lead_id, stage) of each lead."""
    totals: tuple[tuple[str, int], ...] = ()
    """(lead_id, points) of each lead."""


def with_results(reader: Reader, events: Sequence[Any]) -> Reader:
    """Return the reader after these results. Asserts that no lead and no account key has two reps."""
    held = {one[0]: one for one in reader.held}
    stages, totals = dict(reader.stages), dict(reader.totals)
    for one in events:
        if isinstance(one, LeadRouting) and one.action is Action.WITHDRAWN:
            del held[one.handoff_id]
        elif isinstance(one, LeadRouting):
            assert one.assignee is not None
            held[one.handoff_id] = (one.handoff_id, one.lead_id, one.account_key, one.assignee.id)
            accounts_and_reps = {found[2:] for found in held.values() if found[1] == one.lead_id}
            assert len(accounts_and_reps) == 1, (
                f"{one.lead_id} has two owners or two accounts: {accounts_and_reps}"
            )
            reps = {found[3] for found in held.values() if found[2] == one.account_key}
            assert len(reps) == 1, f"{one.account_key} has two owners: {reps}"
        elif isinstance(one, LeadStage):
            stages[one.lead_id] = one.to_stage.value
        elif isinstance(one, LeadScore):
            totals[one.lead_id] = one.explanation.total
    return Reader(tuple(sorted(held.values())), tuple(sorted(stages.items())), tuple(sorted(totals.items())))
