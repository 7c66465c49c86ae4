"""All conditions of a policy on leads, wherever they are written: in routes, by a name, and in tables of territories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.tables import read_table

if TYPE_CHECKING:
    from workers.policy.conditions import LeadConditions
    from workers.policy.model import Policy


def conditions_of(policy: Policy) -> list[LeadConditions]:
    """Return the conditions of the route lines, of ``conditions``, and of the lines of all tables."""
    lines = [line for text in policy.tables.values() for line in read_table(text).lines]
    return [
        *(line.territory for line in policy.routes if line.territory),
        *policy.conditions.values(),
        *(line.conditions for line in lines),
    ]
