"""The line of a table of territories that fits a lead: the narrowest whose conditions all hold.

In: a table of the policy, and the known facts. Out: the line, or that none fits. It asks no desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import RouteMiss
from workers.accounts.routing.territories import LeadProfile, UnmetCondition, find_unmet
from workers.policy.tables import TableLine, read_table

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy


def find_line(
    policy: Policy, name: str, company: Company | None, lead: LeadProfile
) -> TableLine | UnmetCondition:
    """Return the line that decides. Without one: whether another fact, or one that is unknown now, could lead to one."""
    is_open = False
    for line in read_table(policy.tables[name]).lines:
        miss = find_unmet(line.conditions, company, lead, policy.currency)
        if miss is None:
            return line
        is_open |= miss.why is RouteMiss.FACT_UNKNOWN
    why = RouteMiss.FACT_UNKNOWN if is_open else RouteMiss.ELSEWHERE
    return UnmetCondition("territory", why, f"a line of {name}")
