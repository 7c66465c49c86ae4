"""Campaigns whose response makes an MQL without the threshold of points (policy key ``stages.mql.or_responds_to``).

In: an event. Out: whether it is a response, and the lead with the day of it. A form of the campaign is a response, and
so are the activities that the policy names. Opening a mail or viewing a page is not. It bypasses no gate: the day is
kept until the lead's facts pass every gate.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from workers.accounts.state.lead import LeadRow
    from workers.policy.model import Policy


class Campaigns:
    """The policy's campaigns whose response makes an MQL, precompiled."""

    def __init__(self, policy: Policy) -> None:
        self._named = policy.stages.mql.or_responds_to
        self.has_any = self._named is not None
        self.is_response = lru_cache(maxsize=5_000)(self._is_response)

    def _is_response(self, activity: str | None, campaign: str | None) -> bool:
        """Whether an event is a response to one of the campaigns. ``activity`` None: the event is a form."""
        named = self._named
        if named is None or campaign is None or named.pattern.match(campaign) is None:
            return False
        return activity is None or activity in named.by


def record_response(lead: LeadRow, day: int) -> LeadRow:
    """Return the lead with a response on ``day``. The earliest response of a cycle counts.

    After the cycle has ended a response gives only its points: new points or a raised hand bring the lead back.
    """
    if lead.verdict is not None or 0 < lead.responded_day <= day:
        return lead
    return replace(lead, responded_day=day)
