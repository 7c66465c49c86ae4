"""Campaigns whose response is an MQL at once: who comes to the bank's round table need not read ten papers first.

In: an event. Out: the lead with the day of its response, kept until its facts let every gate pass: gates hold. Opening
a mail or looking at a page is no response; a form of the campaign is, and what the policy names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from workers.accounts.state.lead import LeadRow
    from workers.policy.model import Policy


class Campaigns:
    """The policy's campaigns, made ready once."""

    def __init__(self, policy: Policy) -> None:
        self._named = policy.stages.mql.or_responds_to
        self.are_any = self._named is not None
        self.is_response = lru_cache(maxsize=5_000)(self._is_response)

    def _is_response(self, activity: str | None, campaign: str | None) -> bool:
        """Whether this is a response; ``activity`` None is a form."""
        named = self._named
        if named is None or campaign is None or named.pattern.match(campaign) is None:
            return False
        return activity is None or activity in named.by


def responded(lead: LeadRow, day: int) -> LeadRow:
    """Return the lead as having responded on ``day``; of several responses in a cycle the first counts.

    After a no a response is nothing but its points: a lead comes back by new points or by a raised hand.
    """
    if lead.verdict is not None or 0 < lead.responded_day <= day:
        return lead
    return replace(lead, responded_day=day)
