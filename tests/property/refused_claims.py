"""Claims of an account's leads that are refused now, in the form in which their alerts name them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hops.accounts.market import Market
from workers.accounts.case import Case, LeadInHand
from workers.accounts.evaluation.rep_claims import find_obstacle
from workers.accounts.rulebook.terms import Terms


def refused_claims(market: Market, key: str, terms: Terms, now_ms: int) -> Iterator[str]:
    """Yield each claim that still has an obstacle, as "lead_id [claiming rep] reason holder"."""
    case = Case(terms, market.accounts.decider.rows, now_ms, key, "")
    for claim in case.account.refused:
        obstacle = find_obstacle(LeadInHand(case, claim.lead_id), claim.rep_id, claim.at_ms)
        if obstacle is not None:
            yield f"{claim.lead_id} {[claim.rep_id]} {obstacle.why} {obstacle.rep_id or obstacle.desk}"
