"""Decide a request at a partner, ``partner:<name>``: it is assigned at once, with the agreed response time.

Input: a request, the policy. Output: an outcome; nothing is written. The partner chooses its own people. So there is
no turn, no capacity and no absence here.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest
from workers.desks.desk_terms import Terms
from workers.desks.request_outcome import Outcome, State

PARTNER_PREFIX = "partner:"


def decide_at_partner(terms: Terms, request: DeskRequest, now_ms: int) -> Outcome:
    """Decide a request at a partner. A partner that is no longer in the policy is unavailable."""
    deadline = terms.partner_deadline(request.desk.removeprefix(PARTNER_PREFIX), request, now_ms)
    if deadline is None:
        return Outcome(State.UNAVAILABLE)
    return Outcome(State.ASSIGNED, deadline=deadline)
