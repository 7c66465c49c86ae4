"""A request at ``partner:<name>``: the partner takes what is theirs, and the policy says until when they answer.

In: a request, the policy. Out: an outcome; nothing is written here. Who works at a partner is the partner's business:
no turn, no room, no absence.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest
from workers.desks.desk_terms import Terms
from workers.desks.request_outcome import Outcome, State

PARTNER_PREFIX = "partner:"


def decide_at_partner(terms: Terms, request: DeskRequest, now_ms: int) -> Outcome:
    """Decide a request at a partner; one that the policy does not know any more cannot take it."""
    deadline = terms.partner_deadline(request.desk.removeprefix(PARTNER_PREFIX), now_ms)
    if deadline is None:
        return Outcome(State.UNAVAILABLE)
    return Outcome(State.ASSIGNED, deadline=deadline)
